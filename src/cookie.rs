//! The only place where a `Set-Cookie` value is written and a `Cookie` field is taken apart.
//!
//! 1. Reading: octets, split at `;`, trimmed of space and tab alone; no quotes, no decoding, no
//!    `$Version` ([RFC 6265bis §5.6](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis)).
//! 2. Removal repeats everything that made the cookie: name, path, domain, `Secure`.

use std::fmt;

/// `SameSite` (RFC 6265bis §4.1.2.7).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SameSite {
    /// Sent on top-level navigations from other sites.
    Lax,
    /// Always sent.
    None,
    /// Never sent when another site began the request.
    Strict,
}

/// What a cookie is set with besides its name and value. `Path=/` and `HttpOnly` always are.
#[derive(Clone, Copy, Debug)]
pub struct Attributes<'a> {
    /// `Domain`; `None` makes the cookie the host's alone.
    pub domain: Option<&'a str>,
    /// `Max-Age`, in seconds.
    pub max_age: u64,
    /// `SameSite`.
    pub same_site: SameSite,
    /// `Secure`.
    pub secure: bool,
}

/// The value of one `Set-Cookie` field.
#[derive(Clone, Eq, PartialEq)]
pub struct SetCookie(String);

impl SetCookie {
    /// Returns the field value that sets the cookie.
    pub fn set(name: &str, value: &str, attributes: Attributes<'_>) -> SetCookie {
        let same_site = match attributes.same_site {
            SameSite::Lax => "Lax",
            SameSite::None => "None",
            SameSite::Strict => "Strict",
        };
        let domain = attributes.domain.map(|domain| format!("; Domain={domain}"));
        let secure = if attributes.secure { "; Secure" } else { "" };
        SetCookie(format!(
            "{name}={value}; Path=/{}; Max-Age={}; HttpOnly{secure}; SameSite={same_site}",
            domain.unwrap_or_default(),
            attributes.max_age,
        ))
    }

    /// Returns the field value that removes the cookie these attributes had set.
    pub fn remove(name: &str, attributes: Attributes<'_>) -> SetCookie {
        SetCookie::set(
            name,
            "",
            Attributes {
                max_age: 0,
                ..attributes
            },
        )
    }

    /// Returns the text to send.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the `name=value` a browser will send back; `None` for a removal.
    pub fn pair(&self) -> Option<&str> {
        let pair = self.0.split(';').next()?;
        (!pair.ends_with('=')).then_some(pair)
    }

    /// Returns the cookie's name.
    pub fn name(&self) -> &str {
        name_of(&self.0)
    }
}

impl fmt::Debug for SetCookie {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SetCookie({}=…)", self.name())
    }
}

/// Returns the name a `Set-Cookie` value sets.
pub fn name_of(set_cookie: &str) -> &str {
    let pair = set_cookie.split(';').next().unwrap_or_default();
    trim(pair.split('=').next().unwrap_or_default())
}

/// Returns the name and value of each cookie in a `Cookie` field, in their order.
pub fn pairs(field: &str) -> impl Iterator<Item = (&str, &str)> {
    field
        .split(';')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (trim(name), trim(value)))
        .filter(|(name, _)| !name.is_empty())
}

/// Returns the pairs of a `Cookie` field but for the cookies whose name `ours` says yes to.
pub fn without(field: &str, mut ours: impl FnMut(&str) -> bool) -> Vec<&str> {
    let pairs = field.split(';').map(trim).filter(|pair| !pair.is_empty());
    pairs
        .filter(|pair| !ours(trim(pair.split('=').next().unwrap_or_default())))
        .collect()
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}

/// Returns whether a cookie for `domain` is sent to `host`
/// ([RFC 6265bis §5.1.3](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#section-5.1.3)).
pub(crate) fn is_within(domain: &str, host: &str) -> bool {
    let rest = host.strip_suffix(domain);
    rest.is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: Attributes<'_> = Attributes {
        domain: Some("example.com"),
        max_age: 600,
        same_site: SameSite::None,
        secure: true,
    };

    #[test]
    fn sets_and_removes_with_the_same_attributes() {
        let set = SetCookie::set("a", "b", SHARED);
        let removal = SetCookie::remove("a", SHARED);
        assert_eq!(
            set.as_str(),
            "a=b; Path=/; Domain=example.com; Max-Age=600; HttpOnly; Secure; SameSite=None"
        );
        assert_eq!(
            removal.as_str(),
            "a=; Path=/; Domain=example.com; Max-Age=0; HttpOnly; Secure; SameSite=None"
        );
        assert_eq!(removal.name(), "a");
    }

    #[test]
    fn reads_octets_between_semicolons() {
        let rows: [(&str, &[(&str, &str)]); 8] = [
            ("a=1; b=2", &[("a", "1"), ("b", "2")]),
            ("a=1;b=\"x;y\"", &[("a", "1"), ("b", "\"x")]),
            ("\ta = 1 ;", &[("a", "1")]),
            ("=nameless; novalue; ; =", &[]),
            ("a=1, b=2", &[("a", "1, b=2")]),
            ("\u{a0}a=1", &[("\u{a0}a", "1")]),
            ("a\u{2000}=1", &[("a\u{2000}", "1")]),
            ("$Version=1; a=b=c", &[("$Version", "1"), ("a", "b=c")]),
        ];
        for (field, expected) in rows {
            assert_eq!(pairs(field).collect::<Vec<_>>(), expected, "{field}");
        }
    }

    #[test]
    fn removes_ours_and_keeps_the_rest_in_order() {
        let rows = [
            ("a=1; x=9; b=2", "a=1; b=2"),
            ("a=1; ; c=\"x y\";x=1", "a=1; c=\"x y\""),
            ("x=1; x=2", ""),
            ("xx=1; novalue", "xx=1; novalue"),
            ("x", ""),
        ];
        for (field, expected) in rows {
            let kept = without(field, |name| name == "x");
            assert_eq!(kept.join("; "), expected, "{field}");
        }
    }
}
