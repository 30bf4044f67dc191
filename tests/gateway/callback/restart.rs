//! A callback that finishes nothing begins the sign-in once more, and not twice.

use std::collections::HashMap;

use super::{Coming, RESTARTS};
use crate::support::{ADA, Ask, Browser, SITE, Seen, Site};

#[test]
fn a_restart_is_a_plain_sign_in_that_counts_itself() {
    let site = Site::new(&[]);
    let plain = Browser::default().go(&site, "/login").query();
    let restarted = Browser::default().go(&site, "/callback?code=x").query();
    assert!(plain["state"].starts_with("0."));
    assert!(restarted["state"].starts_with("1."));
    let fixed = |query: &HashMap<String, String>| {
        let mut query = query.clone();
        query.retain(|name, _| !["state", "code_challenge"].contains(&name.as_str()));
        query
    };
    assert_eq!(fixed(&restarted), fixed(&plain));
}

#[test]
fn an_expired_sign_in_still_ends_where_it_was_to_end() {
    let rows = [
        ("/deep?x=1", "/deep?x=1"),
        ("/login?return_to=/deep%23part", "/deep#part"),
        ("/login?return_to=/deep&state=abc", "/deep?state=abc"),
    ];
    for (target, landing) in rows {
        let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
        let mut browser = Browser::default();
        let sent = browser.go(&site, target);
        site.world.pass(600);
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let landed = browser.sign_in(&site, &callback, ADA);
        assert_eq!(landed.verdict(), format!("303 to {SITE}{landing}"));
        assert_eq!(site.world.workos.exchanges(), 1, "only of the code in time");
    }
}

#[test]
fn a_stateless_arrival_keeps_what_it_is_about() {
    let rows: [(&str, &[(&str, &str)]); 9] = [
        ("code=x", &[]),
        ("invitation_token=inv_1", &[("invitation_token", "inv_1")]),
        (
            "code=x&organization_id=org_1&invitation_token=a%26b",
            &[("organization_id", "org_1"), ("invitation_token", "a&b")],
        ),
        ("organization_id=org_1&organization_id=org_2", &[]),
        ("invitation_token=", &[]),
        ("invitation_token=a%0d%0ab", &[]),
        (
            "prompt=none&login_hint=x&screen_hint=sign-up&max_age=0",
            &[],
        ),
        ("provider=GoogleOAuth&connection_id=x&domain_hint=y", &[]),
        ("redirect_uri=https://evil.example&client_id=x", &[]),
    ];
    let site = Site::new(&[]);
    let plain = Browser::default().go(&site, "/login").query();
    for (arrival, expected) in rows {
        let sent = Browser::default().go(&site, &format!("/callback?{arrival}"));
        assert_eq!(
            seen(&sent),
            (RESTARTS.0.to_owned(), RESTARTS.1),
            "{arrival}"
        );
        let query = sent.query();
        for (name, value) in expected {
            assert_eq!(query.get(*name).map(String::as_str), Some(*value));
        }
        assert_eq!(query.len(), plain.len() + expected.len(), "{arrival}");
        assert_eq!(query["provider"], "authkit", "{arrival}");
        assert_eq!(query["client_id"], plain["client_id"], "{arrival}");
    }
}

#[test]
fn a_restarted_sign_in_ends_at_the_landing_path() {
    let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/callback?code=x&invitation_token=inv_1", ADA);
    assert_eq!(landed.verdict(), format!("303 to {SITE}/home"));
    assert!(browser.flows().is_empty());
    assert_eq!(browser.go(&site, "/home").verdict(), "forwarded as true");
}

#[test]
fn a_browser_without_cookies_ends_on_a_page() {
    for start in ["/deep", "/login", "/callback", "/callback?code=x&state=y"] {
        let site = Site::new(&[]);
        let mut target = start.to_owned();
        let mut sent = 0;
        let end = loop {
            // Nobody keeps the cookies.
            let outcome = site.decide(&Ask::navigation(&target));
            if outcome.verdict() != "302 to AuthKit" {
                break outcome;
            }
            sent += 1;
            assert!(sent <= 2, "{start}: it goes on for ever");
            target = site.world.workos.sign_in(outcome.location(), ADA);
        };
        assert_eq!(seen(&end), ("400".to_owned(), "sign_in_unknown"), "{start}");
        assert!(end.body().contains("cookies are switched off"), "{start}");
        assert!(end.body().contains("href=\"/login\""), "{start}");
        assert!(end.cookies().is_empty(), "{start}");
        assert_eq!(site.world.workos.exchanges(), 0, "{start}");
    }
}

#[test]
fn a_restart_that_expires_ends_on_a_page() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let sent = browser.go(&site, "/callback?code=x");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    site.world.pass(600);
    let outcome = browser.go(&site, &callback);
    assert_eq!(seen(&outcome), ("400".to_owned(), "sign_in_expired"));
}

#[test]
fn only_a_page_that_somebody_looks_at_restarts() {
    type Change = fn(Ask) -> Ask;
    let rows: [(&str, &str, Change, &str); 15] = [
        ("refused", "error=access_denied", |ask| ask, "400"),
        ("an error with a code", "error=x&code=y", |ask| ask, "400"),
        ("an empty error", "error=&code=y", |ask| ask, "400"),
        ("two errors", "error=x&error=y", |ask| ask, "400"),
        ("two codes", "code=x&code=y", |ask| ask, "400"),
        ("two states", "code=x&state=y&state=z", |ask| ask, "400"),
        ("two issuers", "code=x&iss=y&iss=z", |ask| ask, "400"),
        (
            "another issuer",
            "code=x&iss=https://evil.example",
            |ask| ask,
            "400",
        ),
        (
            "fetch",
            "code=x",
            |ask| ask.with("sec-fetch-mode", "cors"),
            "400",
        ),
        (
            "XHR",
            "code=x",
            |ask| ask.with("x-requested-with", "x"),
            "400",
        ),
        (
            "data",
            "code=x",
            |ask| ask.with("accept", "application/json"),
            "400",
        ),
        ("anything", "code=x", |ask| ask.with("accept", "*/*"), "400"),
        (
            "a socket",
            "code=x",
            |ask| ask.with("upgrade", "websocket"),
            "400",
        ),
        (
            "prefetch",
            "code=x",
            |ask| ask.with("sec-purpose", "prefetch"),
            "204",
        ),
        ("HEAD", "code=x", |ask| ask.method("HEAD"), "204"),
    ];
    for (name, query, change, verdict) in rows {
        let site = Site::new(&[]);
        let ask = change(Ask::navigation(&format!("/callback?{query}")));
        let outcome = site.decide(&ask);
        assert_eq!(outcome.verdict(), verdict, "{name}");
        assert!(outcome.cookies().is_empty(), "{name}: no sign-in begins");
    }
}

#[test]
fn an_expired_sign_in_that_was_refused_says_so() {
    let coming = Coming::back();
    let ask = coming.with("error=access_denied&state=STATE");
    coming.site.world.pass(600);
    let outcome = coming.site.decide(&coming.browser.dress(&ask));
    assert_eq!(seen(&outcome), ("400".to_owned(), "sign_in_expired"));
}

fn seen(outcome: &authkit_gateway::decision::Outcome) -> (String, &'static str) {
    (outcome.verdict(), outcome.note.reason)
}
