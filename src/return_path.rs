//! Decides where a visitor may be sent back to: a path on this site, or else its root.
//!
//! 1. No `\`, controls, spaces, nor any of `"<>^{|}` and the backtick; beyond ASCII only letters and
//!    digits, which are percent-encoded; then at most 2,048 bytes.
//! 2. The path, in each of its [views](crate::path), begins with one `/`, has no `\` and no dot
//!    segment, and its first segment is no URL scheme; its escapes are well-formed.
//! 3. In query and fragment, escapes are not looked into.
//! 4. Nothing is mended: what is accepted is kept as it was given, what is not is refused.
//! 5. Whether it leads to an endpoint of the gateway is for the caller to ask.
//!
//! [RFC 9700 §4.11](https://www.rfc-editor.org/rfc/rfc9700#section-4.11)

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::path::PathViews;

const LONGEST: usize = 2048;

/// Rule 1.
const REFUSED: &str = "\\\"<>^{|}`";

/// What a browser leaves bare in a URL, and rule 1 refuses.
const BARE: &AsciiSet = &CONTROLS
    .add(b'\\')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Rule 2.
const SCHEMES: [&str; 11] = [
    "blob:",
    "data:",
    "file:",
    "ftp:",
    "http:",
    "https:",
    "javascript:",
    "mailto:",
    "vbscript:",
    "ws:",
    "wss:",
];

/// A path, with query and fragment, on this site.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReturnPath(String);

impl ReturnPath {
    /// Takes a parameter's value after form decoding; none if rule 1 or 2 refuses it.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let is_allowed = |one: char| {
            if one.is_ascii() {
                one.is_ascii_graphic() && !REFUSED.contains(one)
            } else {
                one.is_alphanumeric()
            }
        };
        let return_path = Self(utf8_percent_encode(text, CONTROLS).to_string());
        if return_path.0.len() > LONGEST || !text.chars().all(is_allowed) {
            return None;
        }
        return_path
            .views()?
            .iter()
            .all(|view| stays_here(view.text))
            .then_some(return_path)
    }

    /// Takes the path and query of a request's own URL, encoding what browsers leave bare there and
    /// rule 1 refuses.
    #[must_use]
    pub fn of_request(path_and_query: &str) -> Option<Self> {
        Self::parse(&utf8_percent_encode(path_and_query, BARE).to_string())
    }

    /// The site's root.
    #[must_use]
    pub fn root() -> Self {
        Self("/".to_owned())
    }

    /// The path with query and fragment, all ASCII.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same path with a further query parameter, before the fragment; without it where that
    /// would be too long.
    #[must_use]
    pub fn with_parameter(&self, name: &str, value: &str) -> Self {
        let (path, fragment) = match self.0.split_once('#') {
            Some((path, fragment)) => (path, format!("#{fragment}")),
            None => (self.0.as_str(), String::new()),
        };
        let separator = if path.contains('?') { '&' } else { '?' };
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let pair = query.append_pair(name, value).finish();
        let longer = format!("{path}{separator}{pair}{fragment}");
        match longer.len() > LONGEST {
            true => self.clone(),
            false => Self(longer),
        }
    }

    /// Whether some view of its path is the given one.
    #[must_use]
    pub fn leads_to(&self, path: &str) -> bool {
        self.views()
            .is_none_or(|views| views.iter().any(|view| view.text == path))
    }

    fn views(&self) -> Option<PathViews> {
        let path = self.0.split(['?', '#']).next()?;
        PathViews::of(path, path).ok()
    }
}

/// Rule 2, for one view.
fn stays_here(view: &str) -> bool {
    let is_scheme = |path: &str| SCHEMES.iter().any(|scheme| path.starts_with(scheme));
    view.strip_prefix('/')
        .is_some_and(|path| !path.starts_with('/') && !is_scheme(path))
        && !view.contains('\\')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_on_this_site_are_kept_as_they_are() {
        for text in [
            "/",
            "/a/b?x=1&y=%2F#z",
            "/a//b",
            "/files/a%2Fb",
            "/p/100%25",
            "/?q=%0A%zz//..",
            "/x:y",
        ] {
            check(text, Some(text));
        }
        check("/日本", Some("/%E6%97%A5%E6%9C%AC"));
    }

    #[test]
    fn ways_off_this_site_are_refused() {
        for text in [
            "",
            "x",
            "//x",
            "/\\x",
            "/%2fx",
            "/%5cx",
            "/%255cx",
            "/./x",
            "/a/..",
            "/%252e%252e/x",
            "/http:x",
        ] {
            check(text, None);
        }
        for text in [
            "/HTTPS:/x",
            "/%6a%61vascript:x",
            "/a b",
            "/a\tb",
            "/a%00",
            "/%",
            "/%ff",
            "/\u{2044}x",
            "/;/x",
            "/x?`",
        ] {
            check(text, None);
        }
    }

    #[test]
    fn length_is_bounded() {
        assert!(ReturnPath::parse(&format!("/{}", "a".repeat(2047))).is_some());
        assert!(ReturnPath::parse(&format!("/{}", "a".repeat(2048))).is_none());
    }

    #[test]
    fn a_parameter_is_added_where_there_is_room_for_it() {
        let path = |length: usize| format!("/{}", "a".repeat(length - 1));
        let rows = [
            ("/a", "/a?n=v".to_owned()),
            ("/a?b", "/a?b&n=v".to_owned()),
            ("/a#?b", "/a?n=v#?b".to_owned()),
            (&path(2044), format!("{}?n=v", path(2044))),
            (&path(2045), path(2045)),
        ];
        for (text, expected) in rows {
            let own = ReturnPath::parse(text).expect("a return path");
            assert_eq!(own.with_parameter("n", "v").as_str(), expected, "{text}");
        }
    }

    #[test]
    fn a_requests_own_address_survives() {
        let own = ReturnPath::of_request(r"/a|b?filter={a:[1]}&path=C:\x").expect("an own address");
        assert_eq!(own.as_str(), "/a%7Cb?filter=%7Ba:[1]%7D&path=C:%5Cx");
        assert_eq!(ReturnPath::of_request("//x"), None);
    }

    #[test]
    fn endpoints_are_recognized_in_every_view() {
        for text in ["/login", "/LOGIN?x", "/%6cogin#x", "/login;x"] {
            assert!(
                ReturnPath::parse(text)
                    .expect("a return path")
                    .leads_to("/login"),
                "{text}"
            );
        }
        assert!(!ReturnPath::root().leads_to("/login"));
        assert!(
            !ReturnPath::parse("/login.html")
                .expect("a return path")
                .leads_to("/login")
        );
    }

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(
            ReturnPath::parse(text).as_ref().map(ReturnPath::as_str),
            expected,
            "{text:?}"
        );
    }
}
