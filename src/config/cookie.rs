//! The session's cookie: a name that promises nothing that isn't so, and attributes that fit it.

use url::Url;

use super::fault::Problem;
use super::password::Passwords;
use super::reader::Reader;
use crate::cookie::{SameSite, is_within};
use crate::iron::IronKeyring;
use crate::session_cookie::{Sealing, SessionCookie};

/// 400 days, the most a browser keeps a cookie (RFC 6265bis §5.5).
const LONGEST_MAX_AGE: u64 = 34_560_000;

/// Reads how the session's cookie is called, set and sealed.
pub(super) fn session_cookie(
    reader: &mut Reader<'_>,
    redirect_uri: Option<&Url>,
    passwords: Option<&Passwords>,
) -> SessionCookie {
    let same_site = same_site(reader);
    let over_https = redirect_uri.is_none_or(|uri| uri.scheme() == "https");
    let domain = reader.optional("WORKOS_COOKIE_DOMAIN");
    let domain = domain.map(|domain| domain.trim_start_matches('.').to_ascii_lowercase());
    if domain
        .as_deref()
        .is_some_and(|domain| !covers(domain, redirect_uri))
    {
        reader.fault(
            "WORKOS_COOKIE_DOMAIN",
            Problem::Expected("the redirect URI's host or a domain above it, like example.com"),
        );
    }
    let secure = over_https || same_site == SameSite::None;
    let name = reader.parsed(
        "WORKOS_COOKIE_NAME",
        "wos-session".to_owned(),
        "a cookie name without `authkit-`, which the gateway's other cookies have; `__Host-` goes \
         only with https and without WORKOS_COOKIE_DOMAIN, `__Secure-` only with https",
        |name| is_cookie_name(name, secure, domain.is_some()).then(|| name.to_owned()),
    );
    let max_age = reader.parsed(
        "WORKOS_COOKIE_MAX_AGE",
        LONGEST_MAX_AGE,
        "a number of seconds from 60 to 34560000 (400 days, the most browsers keep)",
        |text| {
            text.parse()
                .ok()
                .filter(|age| (60..=LONGEST_MAX_AGE).contains(age))
        },
    );
    let sealing = reader.parsed(
        "COOKIE_SEAL",
        Sealing::Gcm,
        "gcm or iron",
        |text| match text {
            "gcm" => Some(Sealing::Gcm),
            "iron" => Some(Sealing::Iron),
            _ => None,
        },
    );
    let accepts_iron = reader.boolean("ACCEPT_IRON", true);
    if sealing == Sealing::Iron && !accepts_iron {
        let expected = "true: COOKIE_SEAL = \"iron\" writes what it would refuse to read";
        reader.fault("ACCEPT_IRON", Problem::Expected(expected));
    }
    let iron = passwords.map_or_else(
        || IronKeyring::new("", None),
        |passwords| IronKeyring::new(&passwords.current, passwords.previous.as_deref()),
    );
    SessionCookie {
        name,
        domain,
        max_age,
        same_site,
        secure,
        sealing,
        accepts_iron,
        iron,
    }
}

fn same_site(reader: &mut Reader<'_>) -> SameSite {
    let text = reader.aliased("WORKOS_COOKIE_SAMESITE", "WORKOS_COOKIE_SAME_SITE");
    match text.as_deref().map(str::to_ascii_lowercase).as_deref() {
        None | Some("lax") => SameSite::Lax,
        Some("none") => SameSite::None,
        Some("strict") => SameSite::Strict,
        Some(_) => {
            let expected = Problem::Expected("one of lax, strict, none");
            reader.fault("WORKOS_COOKIE_SAMESITE", expected);
            SameSite::Lax
        }
    }
}

/// The callback is a navigation from WorkOS' site, so a strict flow cookie would never be there.
pub(super) fn flow_same_site(session: SameSite) -> SameSite {
    match session {
        SameSite::Lax | SameSite::Strict => SameSite::Lax,
        SameSite::None => SameSite::None,
    }
}

fn covers(domain: &str, redirect_uri: Option<&Url>) -> bool {
    let Some(host) = redirect_uri.and_then(Url::host_str) else {
        return true;
    };
    is_within(domain, host) && (host == domain || domain.contains('.'))
}

/// A token of RFC 9110 §5.6.2, whose prefix promises nothing that isn't so (RFC 6265bis §4.1.3).
fn is_cookie_name(name: &str, secure: bool, shared: bool) -> bool {
    let token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    let lower = name.to_ascii_lowercase();
    let host = !lower.starts_with("__host-") || (secure && !shared);
    let https = !lower.starts_with("__secure-") || secure;
    name.bytes().all(token) && name.len() <= 64 && host && https && !lower.contains("authkit-")
}
