//! What one decision leaves in the log: one line of JSON, with no token, cookie or e-mail in it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::json;

/// `LOG_LEVEL`: what is worth a line.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Every request.
    Debug,
    /// Whoever is turned away or sent to sign in, and what becomes of sessions.
    Info,
    /// What an operator may want to look into.
    Warn,
    /// What an operator must look into.
    Error,
    /// Nothing is.
    Off,
}

impl LogLevel {
    /// Reads `debug`, `info`, `warn`, `error` or `off`.
    pub fn parse(text: &str) -> Option<LogLevel> {
        match text.to_ascii_lowercase().as_str() {
            "debug" => Some(LogLevel::Debug),
            "info" => Some(LogLevel::Info),
            "warn" => Some(LogLevel::Warn),
            "error" => Some(LogLevel::Error),
            "off" => Some(LogLevel::Off),
            _ => None,
        }
    }
}

/// One decision, as the log has it.
#[derive(Debug, Serialize)]
pub struct Line<'a> {
    /// How much it matters.
    pub level: LogLevel,
    /// The request's id, which pages show too.
    pub request_id: &'a str,
    /// The request's method.
    pub method: &'a str,
    /// The request's path, without the query: that may carry codes.
    pub path: &'a str,
    /// Which route answered.
    pub route: &'static str,
    /// What was done: `forward`, `redirect`, `answer`.
    pub verdict: &'static str,
    /// The status, where the gateway answered itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why, in one word that can be searched for.
    pub reason: &'static str,
    /// What went wrong underneath, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<&'a str>,
    /// Whose seal the session had, where that isn't made any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub seal: Option<&'static str>,
    /// What became of a refresh, where there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh: Option<&'static str>,
    /// The session, hashed: lines of one session can be found, the session can't.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub session: Option<&'a str>,
    /// How long the gateway and the origin took, in milliseconds.
    pub ms: u64,
}

impl Line<'_> {
    /// Returns the line.
    pub fn text(&self) -> String {
        json::written(self)
    }
}

/// Returns a session id as the log may show it.
pub fn hashed(session_id: &str) -> String {
    let digest = Sha256::digest(session_id.as_bytes());
    let mut text = URL_SAFE_NO_PAD.encode(digest);
    text.truncate(12);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_read_in_any_case_of_letters() {
        let rows = [
            ("debug", Some(LogLevel::Debug)),
            ("Info", Some(LogLevel::Info)),
            ("WARN", Some(LogLevel::Warn)),
            ("error", Some(LogLevel::Error)),
            ("off", Some(LogLevel::Off)),
            ("", None),
            ("trace", None),
        ];
        for (text, level) in rows {
            assert_eq!(LogLevel::parse(text), level, "{text}");
        }
    }

    #[test]
    fn a_line_says_what_there_is_to_say() {
        let line = Line {
            level: LogLevel::Info,
            request_id: "1",
            method: "GET",
            path: "/a\n\"b",
            route: "protected",
            verdict: "forward",
            status: None,
            reason: "signed_in",
            detail: None,
            seal: None,
            refresh: None,
            session: Some("abc"),
            ms: 3,
        };
        let expected = concat!(
            r#"{"level":"info","request_id":"1","method":"GET","path":"/a\n\"b","route":"protected","#,
            r#""verdict":"forward","reason":"signed_in","session":"abc","ms":3}"#
        );
        assert_eq!(line.text(), expected);
    }
}
