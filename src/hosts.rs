//! Decides which hosts are served, and where a sign-in begun on each comes back to.
//!
//! 1. The redirect URI's own host is always served; of loopback, every name is.
//! 2. `ALLOWED_HOSTS` adds hosts, `*.` standing for one or more labels; there the redirect URI
//!    follows the request, so that the cookies of a sign-in are where its callback arrives.
//! 3. No other host ever gets anything: a name in a request is a stranger's word (RFC 9110 §7.4).

use std::borrow::Cow;

use url::{Position, Url};

use crate::request::is_loopback;

/// The hosts that are served.
#[derive(Debug)]
pub struct Hosts {
    redirect_uri: Url,
    allowed: Vec<HostPattern>,
}

/// One entry of `ALLOWED_HOSTS`.
#[derive(Debug, Eq, PartialEq)]
pub struct HostPattern {
    /// Lower-cased; begins with `.` where the entry began with `*.`.
    name: String,
    port: Option<u16>,
}

impl HostPattern {
    /// Reads `app.example.com`, `app.example.com:8443` or `*.preview.example.com`.
    pub fn parse(text: &str) -> Option<HostPattern> {
        let (wildcard, rest) = match text.strip_prefix("*.") {
            Some(rest) => (".", rest),
            None => ("", text),
        };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte);
        if rest.starts_with('.') || !rest.bytes().all(plain) {
            return None;
        }
        let url = Url::parse(&format!("https://{rest}/")).ok()?;
        let name = url
            .host_str()
            .filter(|name| name.eq_ignore_ascii_case(host_part(rest)))?;
        // `*.com` would serve half the world.
        let narrow = wildcard.is_empty() || name.contains('.');
        narrow.then(|| HostPattern {
            name: format!("{wildcard}{name}"),
            port: url.port(),
        })
    }

    fn admits(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else {
            return false;
        };
        let named = match self.name.strip_prefix('.') {
            Some(_) => host.len() > self.name.len() && host.ends_with(&self.name),
            None => host == self.name,
        };
        named && url.port() == self.port
    }
}

fn host_part(text: &str) -> &str {
    text.split(':').next().unwrap_or_default()
}

/// Where a request for a served host stands.
#[derive(Debug)]
pub struct Home<'a> {
    /// The redirect URI of sign-ins that begin here.
    pub redirect_uri: Cow<'a, Url>,
    /// Whether the request came to the very host of that URI, where its cookies are.
    pub is_here: bool,
}

impl Home<'_> {
    /// Returns `path` as an absolute URL on the site.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.redirect_uri.origin().ascii_serialization())
    }
}

impl Hosts {
    /// Returns the rule for a redirect URI and the further hosts that are allowed.
    pub fn new(redirect_uri: Url, allowed: Vec<HostPattern>) -> Hosts {
        Hosts {
            redirect_uri,
            allowed,
        }
    }

    /// Returns the path on which sign-ins come back.
    pub fn callback_path(&self) -> &str {
        self.redirect_uri.path()
    }

    /// Returns where a request to `url` stands; `None` where its host isn't served.
    pub fn home(&self, url: &Url) -> Option<Home<'_>> {
        let own = (url.host_str(), url.port())
            == (self.redirect_uri.host_str(), self.redirect_uri.port());
        if own {
            return Some(Home {
                redirect_uri: Cow::Borrowed(&self.redirect_uri),
                is_here: true,
            });
        }
        if self.allowed.iter().any(|pattern| pattern.admits(url)) {
            let (scheme, path) = (self.redirect_uri.scheme(), self.redirect_uri.path());
            let host = &url[Position::BeforeHost..Position::AfterPort];
            let redirect_uri = Url::parse(&format!("{scheme}://{host}{path}")).ok()?;
            return Some(Home {
                redirect_uri: Cow::Owned(redirect_uri),
                is_here: true,
            });
        }
        let loopback = |url: &Url| url.host_str().is_some_and(is_loopback);
        let alias = loopback(url) && loopback(&self.redirect_uri);
        alias.then_some(Home {
            redirect_uri: Cow::Borrowed(&self.redirect_uri),
            is_here: false,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn home(redirect_uri: &str, allowed: &[&str], url: &str) -> Option<(String, bool)> {
        let patterns = allowed
            .iter()
            .map(|text| HostPattern::parse(text).expect("a host"));
        let hosts = Hosts::new(Url::parse(redirect_uri).expect("a URL"), patterns.collect());
        let home = hosts.home(&Url::parse(url).expect("a URL"))?;
        Some((home.redirect_uri.to_string(), home.is_here))
    }

    #[test]
    fn only_known_hosts_are_served() {
        let uri = "https://app.example.com/callback";
        type Row<'a> = (&'a str, &'a [&'a str], &'a str, Option<(&'a str, bool)>);
        let rows: [Row<'_>; 12] = [
            ("own", &[], "https://APP.example.com/x", Some((uri, true))),
            (
                "default port",
                &[],
                "http://app.example.com:80/",
                Some((uri, true)),
            ),
            ("other port", &[], "https://app.example.com:8443/", None),
            ("other", &[], "https://evil.com/", None),
            ("suffix", &[], "https://app.example.com.evil.com/", None),
            ("trailing dot", &[], "https://app.example.com./", None),
            ("loopback isn't home", &[], "http://localhost/", None),
            (
                "listed",
                &["www.example.com"],
                "https://www.example.com/",
                Some(("https://www.example.com/callback", true)),
            ),
            (
                "pattern",
                &["*.p.example.com"],
                "https://a.b.p.example.com/",
                Some(("https://a.b.p.example.com/callback", true)),
            ),
            (
                "pattern's own name",
                &["*.p.example.com"],
                "https://p.example.com/",
                None,
            ),
            (
                "pattern without a label",
                &["*.p.example.com"],
                "https://.p.example.com/",
                None,
            ),
            (
                "pattern's look-alike",
                &["*.p.example.com"],
                "https://xp.example.com/",
                None,
            ),
        ];
        for (name, allowed, url, expected) in rows {
            let expected = expected.map(|(uri, here)| (uri.to_owned(), here));
            assert_eq!(home(uri, allowed, url), expected, "{name}");
        }
    }

    #[test]
    fn loopback_names_are_interchangeable() {
        let uri = "http://localhost:8787/callback";
        for url in ["http://127.0.0.1:8787/", "http://[::1]:8787/"] {
            assert_eq!(home(uri, &[], url), Some((uri.to_owned(), false)), "{url}");
        }
        assert_eq!(home(uri, &[], "http://app.example.com/"), None);
    }

    #[test]
    fn patterns_are_host_names() {
        for text in [
            "",
            "*",
            "*.com",
            "https://a.b",
            "a.b/c",
            "a b",
            "a.*.b",
            "*.*.b.c",
            "user@a.b",
        ] {
            assert_eq!(HostPattern::parse(text), None, "{text}");
        }
    }
}
