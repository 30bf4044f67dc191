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
    let absolute = location.starts_with("//") || Url::parse(&location).is_ok();
    let mut target = origin.join(&location).ok().filter(|_| absolute)?;
    if target.origin() != origin.origin() {
        return None;
    }
    target.set_scheme(site.scheme()).ok()?;
    target.set_host(site.host_str()).ok()?;
    target.set_port(site.port()).ok()?;
    Some(target.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Edit::{Append, Remove, Set};
    use crate::scripted;

    fn check(forward: &Forward, header: &[(&str, &str)], set_cookies: &[&str], expected: &[Edit]) {
        let origin = [("ORIGIN", "http://origin.internal:3000")];
        let config = scripted::config(&origin);
        let site = Url::parse("https://app.example.com/account").expect("a URL");
        let names = header.iter().map(|(name, _)| (*name).to_owned());
        let set_cookies: Vec<String> = set_cookies.iter().map(ToString::to_string).collect();
        let fields = scripted::Header(header);
        let edits = edits(forward, &fields, names, &set_cookies, &site, &config);
        let edits: Vec<Edit> = edits
            .into_iter()
            .filter(|edit| !CDN.iter().any(|name| *edit == Remove((*name).into())))
            .collect();
        assert_eq!(edits, expected, "{header:?}");
    }

    fn personal() -> Forward {
        Forward {
            audience: Audience::Visitor,
            ..Forward::default()
        }
    }

    #[test]
    fn an_answer_for_anyone_passes_untouched() {
        let header = [("cache-control", "public, max-age=600"), ("vary", "accept")];
        check(&Forward::default(), &header, &["a=1"], &[]);
    }

    #[test]
    fn a_visitors_answer_is_at_least_private() {
        let rows = [
            ("", Some("private, no-cache")),
            ("public", Some("private, no-cache")),
            ("public, max-age=600", Some("private, max-age=600")),
            (
                "Public, s-maxage=9, max-age=5, immutable",
                Some("private, max-age=5, immutable"),
            ),
            (
                "private=\"set-cookie\", max-age=5",
                Some("private, max-age=5"),
            ),
            ("no-cache", Some("private, no-cache")),
            ("private, max-age=5", None),
            ("no-store", None),
        ];
        for (told, expected) in rows {
            let mut edits: Vec<Edit> = expected
                .map(|value| Set("cache-control", value.to_owned()))
                .into_iter()
                .collect();
            edits.push(Append("vary", "Cookie".to_owned()));
            check(&personal(), &[("cache-control", told)], &[], &edits);
        }
        let header = [("cache-control", "no-store"), ("vary", "accept, cookie")];
        check(&personal(), &header, &[], &[]);
    }

    #[test]
    fn nobody_stores_an_answer_with_our_cookie() {
        let attributes = scripted::config(&[]).session_cookie.remove("");
        let forward = Forward {
            cookies: attributes.clone(),
            ..Forward::default()
        };
        let expected = [
            Append("set-cookie", attributes[0].as_str().to_owned()),
            Set("cache-control", "private, no-store".to_owned()),
            Append("vary", "Cookie".to_owned()),
        ];
        check(
            &forward,
            &[("cache-control", "public, max-age=600")],
            &[],
            &expected,
        );
    }

    #[test]
    fn the_origin_sets_its_own_cookies_alone() {
        let lines = [
            "a=1; Path=/",
            "wos-session=evil",
            " __Host-authkit-flow-1=x",
            "b=2",
        ];
        let expected = [
            Remove("set-cookie".to_owned()),
            Append("set-cookie", "a=1; Path=/".to_owned()),
            Append("set-cookie", "b=2".to_owned()),
        ];
        check(&Forward::default(), &[], &lines, &expected);
    }

    #[test]
    fn what_is_between_gateway_and_origin_stays_there() {
        let header = [("x-authkit-user-id", "u"), ("x-other", "y")];
        check(
            &Forward::default(),
            &header,
            &[],
            &[Remove("x-authkit-user-id".to_owned())],
        );
    }

    #[test]
    fn a_location_names_the_site_where_it_named_the_origin() {
        let rows = [
            (
                "http://origin.internal:3000/a?b#c",
                Some("https://app.example.com/a?b#c"),
            ),
            (
                "//origin.internal:3000/a",
                Some("https://app.example.com/a"),
            ),
            ("https://origin.internal:3000/a", None),
            ("http://origin.internal/a", None),
            ("/a", None),
            ("a/b", None),
            ("/out?to=http://origin.internal:3000/", None),
            (
                "https://elsewhere.example/http://origin.internal:3000/",
                None,
            ),
        ];
        for (told, expected) in rows {
            let expected: Vec<Edit> = expected
                .map(|url| Set("location", url.to_owned()))
                .into_iter()
                .collect();
            check(&Forward::default(), &[("location", told)], &[], &expected);
        }
    }
}
