//! What is changed in the origin's answer before the visitor gets it.
//!
//! 1. `x-authkit-*` is between the gateway and the origin: it never reaches the browser.
//! 2. The origin may not set the gateway's cookies.
//! 3. An answer to a request that said something about the visitor is at least `private` and
//!    varies by cookie; with a cookie of ours nobody stores it, and what speaks to CDNs goes.
//! 4. A `Location` that names the origin's own host names ours instead.
//! 5. Everything else is the origin's, untouched.

use url::Url;

use crate::config::{Config, Origin};
use crate::cookie::name_of;
use crate::decision::{Audience, Edit, Forward};
use crate::request::Fields;

/// The fields by which an origin speaks to caches between it and the browser.
const CDN: [&str; 4] = [
    "cdn-cache-control",
    "cloudflare-cdn-cache-control",
    "surrogate-control",
    "surrogate-key",
];

/// Returns the changes to the origin's answer: `fields` are its header, `names` the names in it,
/// `set_cookies` the values of its `Set-Cookie` lines, `site` the URL of the request.
pub fn edits(
    forward: &Forward,
    fields: &dyn Fields,
    names: impl Iterator<Item = String>,
    set_cookies: &[String],
    site: &Url,
    config: &Config,
) -> Vec<Edit> {
    // 1.
    let internal = names.filter(|name| name.starts_with("x-authkit-"));
    let mut edits: Vec<Edit> = internal.map(Edit::Remove).collect();
    edits.extend(cookies(forward, set_cookies, config));
    edits.extend(caching(forward, fields));
    edits.extend(location(fields, site, config).map(|url| Edit::Set("location", url)));
    edits
}

fn cookies(forward: &Forward, set_cookies: &[String], config: &Config) -> Vec<Edit> {
    // 2.
    let own = |cookie: &String| config.is_own_cookie(name_of(cookie));
    let intrudes = !config.forwarding.session_cookie && set_cookies.iter().any(own);
    let mut edits = Vec::new();
    if intrudes {
        edits.push(Edit::Remove("set-cookie".to_owned()));
        let kept = set_cookies.iter().filter(|cookie| !own(cookie));
        edits.extend(kept.map(|cookie| Edit::Append("set-cookie", cookie.clone())));
    }
    let ours = forward.cookies.iter();
    edits.extend(ours.map(|cookie| Edit::Append("set-cookie", cookie.as_str().to_owned())));
    edits
}

fn caching(forward: &Forward, fields: &dyn Fields) -> Vec<Edit> {
    // 3.
    if forward.audience == Audience::Anyone && forward.cookies.is_empty() {
        return Vec::new();
    }
    let told = fields.get("cache-control").unwrap_or_default();
    let mut edits: Vec<Edit> = CDN
        .iter()
        .map(|name| Edit::Remove((*name).to_owned()))
        .collect();
    if !forward.cookies.is_empty() {
        edits.push(Edit::Set("cache-control", "private, no-store".to_owned()));
    } else if !is_private(&told) {
        edits.push(Edit::Set("cache-control", privately(&told)));
    }
    if !varies_by_cookie(&fields.get("vary").unwrap_or_default()) {
        edits.push(Edit::Append("vary", "Cookie".to_owned()));
    }
    edits
}

fn is_private(cache_control: &str) -> bool {
    directives(cache_control).any(|(name, value)| match name.as_str() {
        "no-store" => true,
        // `private="field"` leaves the rest of the answer to shared caches.
        "private" => value.is_none(),
        _ => false,
    })
}

/// Keeps what the origin said of the browser's own cache; says `no-cache` where it said nothing,
/// since caches guess then (RFC 9111 §4.2.2).
fn privately(cache_control: &str) -> String {
    let kept: Vec<String> = directives(cache_control)
        .filter(|(name, _)| !matches!(name.as_str(), "private" | "public" | "s-maxage"))
        .map(|(name, value)| value.map_or(name.clone(), |value| format!("{name}={value}")))
        .collect();
    match kept.is_empty() {
        true => "private, no-cache".to_owned(),
        false => format!("private, {}", kept.join(", ")),
    }
}

fn directives(cache_control: &str) -> impl Iterator<Item = (String, Option<&str>)> {
    let parts = cache_control
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.trim().to_ascii_lowercase(), Some(value.trim())),
        None => (part.to_ascii_lowercase(), None),
    })
}

fn varies_by_cookie(vary: &str) -> bool {
    vary.split(',')
        .map(str::trim)
        .any(|name| name == "*" || name.eq_ignore_ascii_case("cookie"))
}

fn location(fields: &dyn Fields, site: &Url, config: &Config) -> Option<String> {
    // 4.
    let Origin::Url(origin) = &config.origin else {
        return None;
    };
    let location = fields.get("location")?;
    let absolute = location.contains("://") || location.starts_with("//");
    let mut target = origin.join(&location).ok().filter(|_| absolute)?;
    if target.origin() != origin.origin() {
        return None;
    }
    target.set_scheme(site.scheme()).ok()?;
    target.set_host(site.host_str()).ok()?;
    target.set_port(site.port()).ok()?;
    Some(target.into())
}
