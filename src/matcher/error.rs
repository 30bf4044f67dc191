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
    /// An expression that begins with `?`.
    BareGroup {
        /// The place of the `?`.
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

impl PatternError {
    /// Where it is wrong; none where it is wrong as a whole.
    fn place(self) -> Option<usize> {
        match self {
            Self::AdjacentParameters { at }
            | Self::BareGroup { at }
            | Self::CapturingGroup { at }
            | Self::EmptyGroup { at }
            | Self::EmptyRepetition { at }
            | Self::MissingName { at }
            | Self::UnbalancedGroup { at }
            | Self::Unexpected { at, .. }
            | Self::UnrepeatableParameter { at }
            | Self::Unsupported { at } => Some(at),
            Self::NoLeadingSlash => Some(1),
            Self::Empty | Self::TooLarge => None,
        }
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(at) = self.place() {
            write!(f, "at character {at}: ")?;
        }
        f.write_str(match self {
            Self::AdjacentParameters { .. } => {
                "a parameter directly follows another; put text between them"
            }
            Self::BareGroup { .. } => "an expression begins with `?`; write `((?:…))`",
            Self::CapturingGroup { .. } => {
                "groups inside `(…)` may not capture; write `(?:…)`, or `\\(` for the character"
            }
            Self::Empty => "it is empty; write a path such as `/` or `/admin/:path*`",
            Self::EmptyGroup { .. } => "`()` has no expression; write `(.*)`, or `\\(\\)`",
            Self::EmptyRepetition { .. } => {
                "what repeats may be empty; make each turn match some text"
            }
            Self::MissingName { .. } => {
                "`:` has no name; write `:path`, or `\\:` for the character"
            }
            Self::NoLeadingSlash => "it does not begin with `/`; put one in front",
            Self::TooLarge => "it is too large; use smaller counts, or several patterns",
            Self::UnbalancedGroup { .. } => {
                "`(` is not closed; add `)`, or write `\\(` for the character"
            }
            Self::Unexpected {
                found: Some(found), ..
            } => {
                return write!(
                    f,
                    "`{found}` has no meaning here; write `\\{found}` for the character"
                );
            }
            Self::Unexpected { found: None, .. } => {
                "it ends too early; close what is open, or take it away"
            }
            Self::UnrepeatableParameter { .. } => {
                "only a parameter behind `/` or `.` repeats; write `/:name*` or `{text:name}*`"
            }
            Self::Unsupported { .. } => {
                "this part of regular expressions is left out; there are literals, classes, \
                 `(?:…)`, `(?=…)`, `(?!…)`, `|`, `^`, `$`, `\\b` and counts"
            }
        })
    }
}

impl Error for PatternError {}
