//! Says why a path is refused with 400, in words fit for a log: nothing of the path is in them.

use std::error::Error;
use std::fmt;

/// Why a path is refused with 400.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MalformedPath {
    /// A control character, sent raw or encoded.
    ControlCharacter,
    /// `.` or `..` that only decoding, trimming or dropping parameters shows.
    HiddenDotSegment,
    /// A `%` without two hexadecimal digits.
    MalformedEscape,
    /// The path does not begin with `/`.
    NotAbsolute,
    /// Escapes that are not UTF-8, or overlong.
    NotUtf8,
    /// A character that may only stand there encoded: a backslash, `#`, `?`, a space.
    RawCharacter,
    /// More readings than are worth judging.
    TooManyViews,
}

impl fmt::Display for MalformedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::ControlCharacter => "the path has a control character, raw or encoded",
            Self::HiddenDotSegment => {
                "the path has a `.` or `..` segment that only shows when it is decoded or trimmed"
            }
            Self::MalformedEscape => "the path has a `%` without two hexadecimal digits",
            Self::NotAbsolute => "the path does not begin with `/`",
            Self::NotUtf8 => "the path has escapes that are not UTF-8",
            Self::RawCharacter => "the path has a character that must be encoded",
            Self::TooManyViews => "the path can be read in too many ways",
        })
    }
}

impl Error for MalformedPath {}
