//! What is changed in the origin's answer before the visitor gets it.
//!
//! 1. `x-authkit-*` is between the gateway and the origin: it never reaches the browser.
//! 2. The origin may not set the gateway's cookies; one that is given the session's may set that one,
//!    and has made it of ours: then its own is the newer, or the end of it.
//! 3. An answer to a request that said something about the visitor is at least `private` and
//!    varies by cookie; with a cookie of ours nobody stores it, and what speaks to CDNs goes.
//! 4. A `Location` that names the origin's own host names ours instead.
//! 5. Of an answer to a preflight only what it says of origins and methods comes back: nobody has been
//!    judged, and an origin may answer OPTIONS with what it answers GET with.
//! 6. Everything else is the origin's, untouched.

use url::{Position, Url};

use crate::config::{Config, Origin};
use crate::cookie::name_of;
use crate::decision::{Edit, Forward, Told};
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
pub fn edits<'a>(
    forward: &'a Forward,
    fields: &dyn Fields,
    names: impl Iterator<Item = &'a str>,
    set_cookies: &[&'a str],
    site: &Url,
    config: &Config,
) -> Vec<Edit<'a>> {
    // 1.
    let internal = names.filter(|name| name.starts_with("x-authkit-"));
    let mut edits: Vec<Edit<'_>> = internal.map(Edit::removal).collect();
    edits.extend(cookies(forward, set_cookies, config));
    edits.extend(caching(forward, fields));
    let location = location(fields, site, config);
    edits.extend(location.map(|url| Edit::Set("location".into(), url.into())));
    edits
}

/// Returns what comes back of an answer to a preflight besides its status; `names` are those in its
/// header.
pub fn of_preflight<'a>(
    fields: &'a dyn Fields,
    names: impl Iterator<Item = &'a str>,
) -> Vec<Edit<'a>> {
    // 5.
    let comes_back = |name: &&str| {
        name.starts_with("access-control-") || matches!(*name, "allow" | "cache-control" | "vary")
    };
    let names = names.filter(comes_back);
    names
        .filter_map(|name| Some(Edit::Set(name.into(), fields.get(name)?)))
        .collect()
}

fn cookies<'a>(forward: &'a Forward, set_cookies: &[&'a str], config: &Config) -> Vec<Edit<'a>> {
    // 2.
    let shares = config.forwarding.session_cookie;
    let intrudes = |cookie: &&&str| {
        let name = name_of(cookie);
        config.is_own_cookie(name) && !(shares && config.session_cookie.is_ours(name))
    };
    let append = |cookie: &'a str| Edit::Append("set-cookie", cookie.into());
    let mut edits = Vec::new();
    if set_cookies.iter().any(|cookie| intrudes(&cookie)) {
        edits.push(Edit::removal("set-cookie"));
        let kept = set_cookies.iter().filter(|cookie| !intrudes(cookie));
        edits.extend(kept.copied().map(append));
    }
    let replaced = |name: &str| shares && set_cookies.iter().any(|cookie| name_of(cookie) == name);
    let ours = forward
        .cookies
        .iter()
        .filter(|cookie| !replaced(cookie.name()));
    edits.extend(ours.map(|cookie| append(cookie.as_str())));
    edits
}

fn caching(forward: &Forward, fields: &dyn Fields) -> Vec<Edit<'static>> {
    // 3.
    if forward.told == Told::Nothing && forward.cookies.is_empty() {
        return Vec::new();
    }
    let told = fields.get("cache-control").unwrap_or_default();
    let speaks = |name: &&str| fields.get(name).is_some();
    let mut edits: Vec<Edit<'_>> = CDN.into_iter().filter(speaks).map(Edit::removal).collect();
    if !forward.cookies.is_empty() {
        edits.push(Edit::setting("cache-control", "private, no-store"));
    } else if !is_private(&told) {
        edits.push(Edit::Set("cache-control".into(), privately(&told).into()));
    }
    if !varies_by_cookie(&fields.get("vary").unwrap_or_default()) {
        edits.push(Edit::Append("vary", "Cookie".into()));
    }
    edits
}

fn is_private(cache_control: &str) -> bool {
    directives(cache_control).any(|(name, value)| {
        // `private="field"` leaves the rest of the answer to shared caches.
        is("no-store", name) || (is("private", name) && value.is_none())
    })
}

/// Keeps what the origin said of the browser's own cache; says `no-cache` where it said nothing,
/// since caches guess then (RFC 9111 §4.2.2).
fn privately(cache_control: &str) -> String {
    let kept: Vec<String> = directives(cache_control)
        .filter(|(name, _)| {
            !["private", "public", "s-maxage"]
                .iter()
                .any(|own| is(own, name))
        })
        .map(|(name, value)| match value {
            Some(value) => format!("{name}={value}"),
            None => name.to_owned(),
        })
        .collect();
    match kept.is_empty() {
        true => "private, no-cache".to_owned(),
        false => format!("private, {}", kept.join(", ")),
    }
}

fn is(directive: &str, name: &str) -> bool {
    name.eq_ignore_ascii_case(directive)
}

fn directives(cache_control: &str) -> impl Iterator<Item = (&str, Option<&str>)> {
    let parts = cache_control
        .split(',')
        .map(str::trim)
        .filter(|part| !part.is_empty());
    parts.map(|part| match part.split_once('=') {
        Some((name, value)) => (name.trim(), Some(value.trim())),
        None => (part, None),
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
    let target = origin.join(&location).ok().filter(|_| absolute)?;
    let site = site.origin().ascii_serialization();
    // Credentials in it are the origin's, not the visitor's.
    let rest = &target[Position::BeforePath..];
    (target.origin() == origin.origin()).then(|| format!("{site}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Edit::{Append, Remove, Set};
    use crate::scripted;

    const ORIGIN: (&str, &str) = ("ORIGIN", "http://origin.internal:3000");

    fn check(
        forward: &Forward,
        header: &[(&str, &str)],
        set_cookies: &[&str],
        expected: &[Edit<'_>],
    ) {
        check_with(&[ORIGIN], forward, header, set_cookies, expected);
    }

    fn check_with(
        variables: &[(&str, &str)],
        forward: &Forward,
        header: &[(&str, &str)],
        set_cookies: &[&str],
        expected: &[Edit<'_>],
    ) {
        let config = scripted::config(variables);
        let site = Url::parse("https://app.example.com/account").expect("a URL");
        let names = header.iter().map(|(name, _)| *name);
        let fields = scripted::Header(header);
        let edits = edits(forward, &fields, names, set_cookies, &site, &config);
        let edits: Vec<Edit<'_>> = edits
            .into_iter()
            .filter(|edit| !CDN.iter().any(|name| *edit == Remove((*name).into())))
            .collect();
        assert_eq!(edits, expected, "{header:?}");
    }

    #[test]
    fn of_an_answer_to_a_preflight_what_it_says_of_origins_and_methods_comes_back() {
        let kept = [
            ("access-control-allow-origin", "https://spa.example.com"),
            ("access-control-max-age", "60"),
            ("allow", "GET, POST"),
            ("cache-control", "no-store"),
            ("vary", "Origin"),
        ];
        let others = [
            ("content-type", "text/html"),
            ("content-length", "12"),
            ("location", "/secret"),
            ("set-cookie", "a=b"),
            ("x-total", "7"),
        ];
        let header = [&kept[..], &others].concat();
        let fields = scripted::Header(&header);
        let edits = of_preflight(&fields, header.iter().map(|(name, _)| *name));
        let expected = kept.map(|(name, value)| Set(name.into(), value.into()));
        assert_eq!(edits, expected);
    }

    fn personal() -> Forward {
        Forward {
            told: Told::Anonymous,
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
            let mut edits: Vec<Edit<'_>> = expected
                .map(|value| Set("cache-control".into(), value.into()))
                .into_iter()
                .collect();
            edits.push(Append("vary", "Cookie".into()));
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
            Append("set-cookie", attributes[0].as_str().into()),
            Set("cache-control".into(), "private, no-store".into()),
            Append("vary", "Cookie".into()),
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
            Remove("set-cookie".into()),
            Append("set-cookie", "a=1; Path=/".into()),
            Append("set-cookie", "b=2".into()),
        ];
        check(&Forward::default(), &[], &lines, &expected);
    }

    #[test]
    fn an_origin_that_has_the_session_has_the_last_word_on_it() {
        let variables = [ORIGIN, ("FORWARD_SESSION_COOKIE", "true")];
        let forward = Forward {
            cookies: scripted::config(&[]).session_cookie.remove(""),
            ..Forward::default()
        };
        let ours = forward.cookies[0].as_str().to_owned();
        let ours = || Append("set-cookie", ours.clone().into());
        let refused = || Remove("set-cookie".into());
        let rows = [
            (vec!["a=1"], vec![ours()]),
            (vec!["a=1", "wos-session=newer; Path=/"], vec![]),
            (
                vec!["__Host-authkit-flow-01234567=x"],
                vec![refused(), ours()],
            ),
        ];
        for (lines, mut expected) in rows {
            expected.push(Set("cache-control".into(), "private, no-store".into()));
            expected.push(Append("vary", "Cookie".into()));
            check_with(&variables, &forward, &[], &lines, &expected);
        }
    }

    #[test]
    fn what_is_between_gateway_and_origin_stays_there() {
        let header = [("x-authkit-user-id", "u"), ("x-other", "y")];
        check(
            &Forward::default(),
            &header,
            &[],
            &[Remove("x-authkit-user-id".into())],
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
            (
                "http://user:secret@origin.internal:3000/a",
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
            let expected: Vec<Edit<'_>> = expected
                .map(|url| Set("location".into(), url.into()))
                .into_iter()
                .collect();
            check(&Forward::default(), &[("location", told)], &[], &expected);
        }
    }
}
