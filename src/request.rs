//! The head of a request, as far as the gateway looks at it. Bodies are never read.
//!
//! 1. The URL is parsed once; the string judged is the string forwarded.
//! 2. Header fields are read when they are needed: each costs a crossing into JavaScript.

use url::{Host, Position, Url};

/// The header fields of a request, or of the origin's answer.
pub trait Fields {
    /// Returns the field's value; several lines are joined as the platform joins them.
    fn get(&self, name: &str) -> Option<String>;
}

/// A request's head.
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
}

impl RequestHead<'_> {
    /// Returns the host name, lower-cased and without the port; cookies know no ports.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Returns the path and query: where the visitor wanted to go.
    pub fn target(&self) -> &str {
        &self.url[Position::BeforePath..]
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
        if !self.is_read() || self.is_speculation() || self.is_script() {
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

    /// Returns whether a page is worth more than JSON to this client.
    pub fn prefers_html(&self) -> bool {
        self.field("accept")
            .is_some_and(|accept| accept.contains("text/html"))
    }

    /// Returns whether this asks for a WebSocket (RFC 6455 §4.1).
    pub fn is_upgrade(&self) -> bool {
        self.field("upgrade")
            .is_some_and(|value| value.eq_ignore_ascii_case("websocket"))
    }

    /// Returns a field's value.
    pub fn field(&self, name: &str) -> Option<String> {
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
