//! Says what is wrong with a pattern, where, and the cure. Characters count from one.

use std::error::Error;
use std::fmt;

/// Why a pattern was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PatternError {
    /// Two parameters with nothing between them.
    AdjacentParameters {
        /// The second one's place.
        at: usize,
    },
    /// A `(` inside an expression that captures.
    CapturingGroup {
        /// Its place.
        at: usize,
    },
    /// No text at all.
    Empty,
    /// `()`.
    EmptyGroup {
        /// Its place.
        at: usize,
    },
    /// Something that may be empty, repeated without end.
    EmptyRepetition {
        /// The place of the repetition sign.
        at: usize,
    },
    /// A `:` without a name.
    MissingName {
        /// Its place.
        at: usize,
    },
    /// The pattern does not begin with `/`.
    NoLeadingSlash,
    /// The compiled pattern would take too much room, or is nested too deeply.
    TooLarge,
    /// A `(` that is not closed.
    UnbalancedGroup {
        /// Its place.
        at: usize,
    },
    /// A character, or the end, where the syntax has no place for it.
    Unexpected {
        /// Its place.
        at: usize,
        /// The character; none at the end.
        found: Option<char>,
    },
    /// `*` or `+` on a parameter without a prefix or suffix to repeat.
    UnrepeatableParameter {
        /// The parameter's place.
        at: usize,
    },
    /// Part of a regular expression that this engine leaves out.
    Unsupported {
        /// Its place.
        at: usize,
    },
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::AdjacentParameters { at } => {
                write!(
                    f,
                    "at character {at}: a parameter directly follows another; put text between them"
                )
            }
            Self::CapturingGroup { at } => {
                write!(
                    f,
                    "at character {at}: groups inside `(…)` may not capture; write `(?:…)`, or `\\(` for the character"
                )
            }
            Self::Empty => f.write_str("it is empty; write a path such as `/` or `/admin/:path*`"),
            Self::EmptyGroup { at } => {
                write!(
                    f,
                    "at character {at}: `()` has no expression; write `(.*)`, or `\\(\\)` for the characters"
                )
            }
            Self::EmptyRepetition { at } => {
                write!(
                    f,
                    "at character {at}: what is repeated here may be empty; make each turn match something"
                )
            }
            Self::MissingName { at } => {
                write!(
                    f,
                    "at character {at}: `:` has no name; write `:path`, or `\\:` for the character"
                )
            }
            Self::NoLeadingSlash => {
                f.write_str("at character 1: it does not begin with `/`; put one in front")
            }
            Self::TooLarge => {
                f.write_str("it is too large; use smaller repetition counts, or several patterns")
            }
            Self::UnbalancedGroup { at } => {
                write!(
                    f,
                    "at character {at}: `(` is not closed; add `)`, or write `\\(` for the character"
                )
            }
            Self::Unexpected {
                at,
                found: Some(found),
            } => {
                write!(
                    f,
                    "at character {at}: `{found}` has no meaning here; write `\\{found}` for the character"
                )
            }
            Self::Unexpected { at, found: None } => {
                write!(
                    f,
                    "at character {at}: it ends too early; close what is open, or take it away"
                )
            }
            Self::UnrepeatableParameter { at } => {
                write!(
                    f,
                    "at character {at}: only a parameter after `/` or `.` repeats; write `/:name*` or `{{…}}*`"
                )
            }
            Self::Unsupported { at } => {
                write!(
                    f,
                    "at character {at}: this part of regular expressions is not available; use literals, classes, \
                     `(?:…)`, `(?=…)`, `(?!…)`, `|` and counts"
                )
            }
        }
    }
}

impl Error for PatternError {}
