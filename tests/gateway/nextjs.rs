//! `AUTHKIT_NEXTJS`: what an app with authkit-nextjs finds in a request.

use serde_json::Value;

use authkit_gateway::seal::Purpose;

use crate::support::{
    ADA, Ask, Browser, SESSION, Seen, Site, arriving, iron_opened, opened, value,
};

const ON: (&str, &str) = ("AUTHKIT_NEXTJS", "true");
const NAMES: [&str; 5] = [
    "x-workos-middleware",
    "x-workos-session",
    "x-url",
    "x-redirect-uri",
    "x-sign-up-paths",
];

#[test]
fn a_session_comes_sealed_as_the_sdk_seals_it() {
    for seal in ["gcm", "iron"] {
        let site = Site::new(&[ON, ("COOKIE_SEAL", seal)]);
        let browser = Browser::signed_in(&site, ADA);
        let ask = browser.dress(&Ask::navigation("/deep?x=1"));
        let lines = arriving(&site, &ask, &site.decide(&ask));
        assert_eq!(value(&lines, "x-workos-middleware"), Some("true"), "{seal}");
        let url = "https://app.example.com/deep?x=1";
        assert_eq!(value(&lines, "x-url"), Some(url), "{seal}");
        let redirect_uri = "https://app.example.com/callback";
        assert_eq!(
            value(&lines, "x-redirect-uri"),
            Some(redirect_uri),
            "{seal}"
        );
        assert_eq!(value(&lines, "x-sign-up-paths"), None, "{seal}");
        let text = value(&lines, "x-workos-session").expect("a session");
        assert!(
            text.starts_with("Fe26.2*1*") && text.ends_with("~2"),
            "{text}"
        );
        let session = match seal {
            "gcm" => opened(&site, Purpose::Session, SESSION, browser.session()),
            _ => iron_opened(&site, browser.session()),
        };
        assert_eq!(iron_opened(&site, text), session, "{seal}");
        assert_eq!(value(&lines, "cookie"), None, "{seal}: not forwarded");
    }
}

#[test]
fn a_refresh_gives_the_new_session() {
    let site = Site::new(&[ON]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(crate::support::LIFETIME);
    let page = browser.go(&site, "/");
    let sealed = page.field("x-workos-session").expect("a session");
    let session = opened(&site, Purpose::Session, SESSION, browser.session());
    assert_eq!(iron_opened(&site, sealed), session);
}

#[test]
fn nobody_comes_without_a_session() {
    let public = ("UNAUTHENTICATED_PATHS", "/open");
    let site = Site::new(&[ON, public, ("SIGN_UP_PATHS", "/trial/:path*, /join")]);
    let page = site.decide(&Ask::navigation("/open"));
    assert_eq!(page.verdict(), "forwarded as false");
    assert_eq!(page.field("x-workos-middleware"), Some("true"));
    assert_eq!(page.field("x-workos-session"), None);
    assert_eq!(page.field("x-url"), Some("https://app.example.com/open"));
    assert_eq!(page.field("x-sign-up-paths"), Some("/trial/:path*,/join"));
}

#[test]
fn the_names_are_the_gateways_alone() {
    let variables = [ON, ("MATCHER", "/app"), ("MIDDLEWARE_AUTH", "false")];
    for path in ["/app", "/elsewhere"] {
        for name in NAMES {
            for spelling in [name.to_owned(), name.to_uppercase(), name.replace('-', "_")] {
                let site = Site::new(&variables);
                let ask = Ask::navigation(path).with(&spelling, "evil");
                let lines = arriving(&site, &ask, &site.decide(&ask));
                let said = lines.iter().any(|line| line.1 == "evil");
                assert!(!said, "{path} {spelling}");
            }
        }
        let site = Site::new(&variables);
        let ask = Ask::navigation(path);
        let lines = arriving(&site, &ask, &site.decide(&ask));
        let middleware = value(&lines, "x-workos-middleware");
        assert_eq!(middleware, (path == "/app").then_some("true"), "{path}");
    }
}

#[test]
fn switched_off_nothing_is_added_and_other_sites_names_pass() {
    let site = Site::new(&[("MIDDLEWARE_AUTH", "false")]);
    let ask = Browser::signed_in(&site, ADA).dress(&Ask::navigation("/"));
    let lines = arriving(&site, &ask, &site.decide(&ask));
    for name in NAMES {
        assert_eq!(value(&lines, name), None, "{name}");
        let ask = ask.clone().with(name, "theirs");
        let lines = arriving(&site, &ask, &site.decide(&ask));
        let passes = !name.starts_with("x-workos-");
        assert_eq!(value(&lines, name), passes.then_some("theirs"), "{name}");
    }
}

#[test]
fn a_preview_names_its_own_redirect_uri() {
    let site = Site::new(&[
        ON,
        ("ALLOWED_HOSTS", "*.preview.example.com"),
        ("MIDDLEWARE_AUTH", "false"),
    ]);
    let page = site.decide(&Ask::navigation("https://a.preview.example.com/x"));
    let redirect_uri = "https://a.preview.example.com/callback";
    assert_eq!(page.field("x-redirect-uri"), Some(redirect_uri));
    assert_eq!(page.field("x-url"), Some("https://a.preview.example.com/x"));
}

#[test]
fn what_is_sealed_is_nothing_of_ours() {
    let site = Site::new(&[ON]);
    let page = Browser::signed_in(&site, ADA).go(&site, "/");
    let sealed = page.field("x-workos-session").expect("a session");
    let Value::Object(session) = iron_opened(&site, sealed) else {
        panic!("no object");
    };
    let names: Vec<&str> = session.keys().map(String::as_str).collect();
    assert_eq!(names, ["accessToken", "refreshToken", "user"]);
}
