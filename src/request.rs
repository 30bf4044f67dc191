//! The head of a request, as far as the gateway looks at it. Bodies are never read.
//!
//! 1. The URL is parsed once; the string judged is the string forwarded.
//! 2. Header fields are lent: a `Cookie` field has kilobytes.

use std::borrow::Cow;

use url::{Host, Position, Url};

use crate::return_path::ReturnPath;

/// The header fields of a request, or of the origin's answer.
pub trait Fields {
    /// Returns the field's value; several lines are joined as the platform joins them.
    fn get(&self, name: &str) -> Option<Cow<'_, str>>;
}

/// A request's head.
#[derive(Clone, Copy)]
pub struct RequestHead<'a> {
    /// The method, as it was sent.
    pub method: &'a str,
    /// The WHATWG serialization of the request's URL.
    pub url: &'a Url,
    /// The path as it stood before that serialization.
    pub raw_path: &'a str,
    /// The header fields.
    pub fields: &'a dyn Fields,
    /// A random name for this request, for pages and the log.
    pub id: &'a str,
    /// Whether a page is never worth more than data here (`API_PATHS`, a bearer token).
    pub wants_data: bool,
}

impl<'a> RequestHead<'a> {
    /// Returns the host name, lower-cased and without the port; cookies know no ports.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns the path and query: where the visitor wanted to go.
    pub fn target(&self) -> &str {
        &self.url[Position::BeforePath..]
    }

    /// Returns the path a visitor comes back to from a page of ours: never one that would lead to
    /// another host, as a target with two slashes at its beginning would.
    pub fn return_path(&self) -> ReturnPath {
        ReturnPath::of_request(self.target()).unwrap_or_else(ReturnPath::root)
    }

    /// Returns whether this is a GET or HEAD: a request that asks for nothing to be done
    /// ([RFC 9110 §9.2.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.2.1)).
    pub fn is_read(&self) -> bool {
        matches!(self.method, "GET" | "HEAD")
    }

    /// Returns whether a person is going to this page now, so that it makes sense to send them
    /// elsewhere: not a script's request, not a part of a page, not a speculation.
    ///
    /// Fetch metadata decide where the browser sends them; elsewhere `Accept` does.
    pub fn is_navigation(&self) -> bool {
        if self.wants_data || !self.is_read() || self.is_speculation() || self.is_script() {
            return false;
        }
        match self.field("sec-fetch-mode").as_deref() {
            Some("navigate") => matches!(
                self.field("sec-fetch-dest").as_deref(),
                None | Some("document" | "iframe" | "frame")
            ),
            Some(_) => false,
            None => self.prefers_html(),
        }
    }

    /// Returns whether a page of this very origin sends the request: fetch metadata say so, `Origin`
    /// does where they are missing, and without either nothing does.
    pub fn is_same_origin(&self) -> bool {
        match self.field("sec-fetch-site") {
            Some(site) => site == "same-origin",
            None => {
                let origin = self.field("origin");
                origin.is_some_and(|origin| origin == self.url.origin().ascii_serialization())
            }
        }
    }

    /// Returns whether a page's form was sent: somebody waits for a page.
    pub fn is_form(&self) -> bool {
        let navigates = self
            .field("sec-fetch-mode")
            .is_none_or(|mode| mode == "navigate");
        self.method == "POST" && navigates && self.prefers_html()
    }

    /// Returns whether a page is worth more than JSON to this client.
    pub fn prefers_html(&self) -> bool {
        let prefers = |accept: Cow<'_, str>| accept.contains("text/html");
        !self.wants_data && self.field("accept").is_some_and(prefers)
    }

    /// Returns whether this asks for a WebSocket (RFC 6455 §4.1): only a GET does.
    pub fn is_upgrade(&self) -> bool {
        let asks = |value: Cow<'_, str>| value.eq_ignore_ascii_case("websocket");
        self.method == "GET" && self.field("upgrade").is_some_and(asks)
    }

    /// Returns whether a browser asks what another origin's script may ask for
    /// ([Fetch, CORS-preflight](https://fetch.spec.whatwg.org/#cors-preflight-fetch)).
    pub fn is_preflight(&self) -> bool {
        self.method == "OPTIONS"
            && self.field("origin").is_some()
            && self.field("access-control-request-method").is_some()
    }

    /// Returns the token of a `Bearer` credential (RFC 6750 §2.1).
    pub fn bearer(&self) -> Option<String> {
        let credentials = self.field("authorization")?;
        let (scheme, token) = credentials.split_once(' ')?;
        scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim_matches(' ').to_owned())
    }

    /// Returns a field's value.
    pub fn field(&self, name: &str) -> Option<Cow<'a, str>> {
        self.fields.get(name)
    }

    /// Returns the values of a query parameter, form-decoded.
    pub fn query(&self, name: &str) -> Query {
        let mut values = self.url.query_pairs().filter(|(key, _)| key == name);
        match (values.next(), values.next()) {
            (None, _) => Query::Absent,
            (Some((_, value)), None) => Query::Once(value.into_owned()),
            (Some(_), Some(_)) => Query::Repeated,
        }
    }

    /// Returns whether the answer may take a browser elsewhere: what is plainly a script's request
    /// or a speculation isn't served by that.
    pub fn may_navigate(&self) -> bool {
        let mode = self.field("sec-fetch-mode");
        mode.is_none_or(|mode| mode == "navigate") && !self.is_speculation() && !self.is_script()
    }

    /// Returns whether a browser loads a page that nobody may ever look at.
    pub fn is_speculation(&self) -> bool {
        ["sec-purpose", "purpose", "x-moz"]
            .into_iter()
            .filter_map(|name| self.field(name))
            .any(|value| value.to_ascii_lowercase().contains("pre"))
            || self.field("next-router-prefetch").is_some()
    }

    fn is_script(&self) -> bool {
        ["x-requested-with", "rsc", "service-worker"]
            .into_iter()
            .any(|name| self.field(name).is_some())
            || self.is_upgrade()
    }
}

/// A query parameter. One that is repeated is never guessed at
/// ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).
#[derive(Debug, Eq, PartialEq)]
pub enum Query {
    /// Not there.
    Absent,
    /// There once.
    Once(String),
    /// There more than once.
    Repeated,
}

impl Query {
    /// Returns the value where there is exactly one and it isn't empty.
    pub fn once(self) -> Option<String> {
        match self {
            Query::Once(value) if !value.is_empty() => Some(value),
            Query::Once(_) | Query::Absent | Query::Repeated => None,
        }
    }
}

/// Returns whether `host` names the machine itself.
pub fn is_loopback(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Err(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::{self, head};

    const PAGE: (&str, &str) = ("accept", "text/html,*/*;q=0.8");
    const NAVIGATES: (&str, &str) = ("sec-fetch-mode", "navigate");

    #[test]
    fn a_navigation_is_a_person_going_to_a_page() {
        let document = ("sec-fetch-dest", "document");
        type Header<'a> = &'a [(&'a str, &'a str)];
        let rows: [(&str, Header<'_>, bool); 16] = [
            ("browser", &[NAVIGATES, document, PAGE], true),
            (
                "frame",
                &[NAVIGATES, ("sec-fetch-dest", "iframe"), PAGE],
                true,
            ),
            ("older browser", &[PAGE], true),
            ("nothing said", &[], false),
            ("json", &[("accept", "application/json")], false),
            ("anything", &[("accept", "*/*")], false),
            ("fetch", &[("sec-fetch-mode", "cors"), PAGE], false),
            (
                "image",
                &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
                false,
            ),
            ("object", &[NAVIGATES, ("sec-fetch-dest", "object")], false),
            (
                "prefetch",
                &[NAVIGATES, document, ("sec-purpose", "prefetch")],
                false,
            ),
            (
                "prerender",
                &[NAVIGATES, ("sec-purpose", "prefetch;prerender")],
                false,
            ),
            ("old prefetch", &[PAGE, ("x-moz", "prefetch")], false),
            (
                "next's prefetch",
                &[PAGE, ("next-router-prefetch", "1")],
                false,
            ),
            ("next's data", &[PAGE, ("rsc", "1")], false),
            (
                "jquery",
                &[PAGE, ("x-requested-with", "XMLHttpRequest")],
                false,
            ),
            ("websocket", &[PAGE, ("upgrade", "WebSocket")], false),
        ];
        for (name, header, expected) in rows {
            let fields = scripted::Header(header);
            let get = head("https://app.example.com/", &fields);
            assert_eq!(get.is_navigation(), expected, "{name}");
            let post = RequestHead {
                method: "POST",
                ..get
            };
            assert!(!post.is_navigation(), "POST, {name}");
        }
    }

    #[test]
    fn a_form_is_a_post_that_a_page_comes_back_from() {
        type Header<'a> = &'a [(&'a str, &'a str)];
        let rows: [(&str, Header<'_>, bool); 5] = [
            ("POST", &[NAVIGATES, PAGE], true),
            ("POST", &[PAGE], true),
            ("POST", &[("sec-fetch-mode", "cors"), PAGE], false),
            ("POST", &[NAVIGATES, ("accept", "*/*")], false),
            ("PUT", &[NAVIGATES, PAGE], false),
        ];
        for (method, header, expected) in rows {
            let fields = scripted::Header(header);
            let get = head("https://app.example.com/", &fields);
            let form = RequestHead { method, ..get };
            assert_eq!(form.is_form(), expected, "{method} {header:?}");
        }
    }

    #[test]
    fn a_repeated_parameter_is_not_guessed_at() {
        let fields = scripted::Header(&[]);
        let head = head(
            "https://app.example.com/?a=1&b=2&b=3&c=&%64=x%20y+z&A=9",
            &fields,
        );
        let rows = [
            ("a", Query::Once("1".to_owned())),
            ("b", Query::Repeated),
            ("c", Query::Once(String::new())),
            ("d", Query::Once("x y z".to_owned())),
            ("e", Query::Absent),
        ];
        for (name, expected) in rows {
            assert_eq!(head.query(name), expected, "{name}");
        }
        assert_eq!(head.query("c").once(), None);
    }

    #[test]
    fn the_target_is_what_follows_the_host() {
        let fields = scripted::Header(&[]);
        for (url, target) in [
            ("https://app.example.com", "/"),
            ("http://localhost:8787/a?b=c%2Fd", "/a?b=c%2Fd"),
            ("https://app.example.com//evil.example/", "//evil.example/"),
        ] {
            assert_eq!(head(url, &fields).target(), target);
        }
    }

    #[test]
    fn loopback_names_the_machine_itself() {
        for host in [
            "localhost",
            "a.localhost",
            "127.0.0.1",
            "127.9.9.9",
            "[::1]",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "localhost.evil.example",
            "10.0.0.1",
            "[::2]",
            "example.com",
            "",
            "0.0.0.0",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
