//! What can be wrong with a variable, in the operator's words: its name, what is wrong, the cure.
//! Never its value, which may be a secret; but a pattern, which is none, is named.

use std::fmt;

use crate::matcher::PatternError;
use crate::rule::RuleError;

/// One thing that is wrong with one variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fault {
    /// The variable's name.
    pub variable: &'static str,
    /// What is wrong with it.
    pub problem: Problem,
}

/// What is wrong with a variable.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Problem {
    /// The path is answered by two routes.
    Collides {
        /// The other route's variable or meaning.
        with: &'static str,
    },
    /// Two spellings of one variable disagree.
    Conflicts {
        /// The other spelling.
        with: &'static str,
    },
    /// The value means nothing we know; says what would.
    Expected(&'static str),
    /// An entry of a list isn't a pattern.
    Pattern {
        /// The entry.
        pattern: String,
        /// What is wrong with it.
        error: PatternError,
    },
    /// An entry of a list isn't a rule.
    Rule {
        /// The entry.
        line: String,
        /// What is wrong with it.
        error: RuleError,
    },
    /// It isn't set, and there is no default; says how to set it.
    Missing(&'static str),
    /// The password is shorter than AuthKit allows.
    TooShort {
        /// How many characters it has.
        length: usize,
    },
    /// The password is easily guessed.
    Weak,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let variable = self.variable;
        match &self.problem {
            Problem::Collides { with } => write!(
                f,
                "{variable} is a path that {with} has already; give each its own"
            ),
            Problem::Conflicts { with } => write!(
                f,
                "{variable} and {with} say different things; they are one setting, so keep one"
            ),
            Problem::Expected(what) => write!(f, "{variable} must be {what}"),
            Problem::Rule { line, error } => {
                write!(f, "{variable} has the rule `{line}`: {error}")
            }
            Problem::Pattern { pattern, error } => {
                write!(f, "{variable} has the pattern `{pattern}`: {error}")
            }
            Problem::Missing(cure) => write!(f, "{variable} is not set; {cure}"),
            Problem::TooShort { length } => write!(
                f,
                "{variable} has {length} characters; AuthKit needs at least 32: make one with \
                 `openssl rand -base64 32`"
            ),
            Problem::Weak => write!(
                f,
                "{variable} is easily guessed; make one with `openssl rand -base64 32`"
            ),
        }
    }
}
