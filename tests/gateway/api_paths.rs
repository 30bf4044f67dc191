//! `API_PATHS`: nobody is led anywhere from there, and everything is said in JSON.

use authkit_gateway::decision::{Body, Decision, Outcome};
use serde_json::Value;

use crate::support::{ADA, Ask, Browser, Fault, LIFETIME, SESSION, Seen, Site};

const API: (&str, &str) = ("API_PATHS", "/api/:path*, /trpc");

fn kinds(path: &str) -> [Ask; 5] {
    [
        Ask::navigation(path),
        Ask::bare(path).with("accept", "text/html"),
        Ask::navigation(path).method("HEAD"),
        Ask::form(path),
        Ask::script(path),
    ]
}

#[track_caller]
fn check(outcome: &Outcome, status: &str, error: &str) {
    assert_eq!(outcome.verdict(), status);
    let Decision::Answer(answer) = &outcome.decision else {
        panic!("{}", outcome.verdict());
    };
    assert!(matches!(answer.body, Body::Json(_)), "{:?}", answer.body);
    let body: Value = serde_json::from_str(outcome.body()).expect("JSON");
    assert_eq!(body["error"], error);
}

#[test]
fn a_stranger_gets_401_whatever_they_came_as() {
    let site = Site::new(&[API]);
    for path in [
        "/api",
        "/api/x?y=1",
        "/trpc",
        "/API/x",
        "/api%2fx",
        "//api/x",
        "/%61pi/x",
    ] {
        for ask in kinds(path) {
            let outcome = site.decide(&ask);
            check(&outcome, "401", "unauthenticated");
            assert!(outcome.cookies().is_empty(), "no sign-in begins: {ask:?}");
        }
    }
}

#[test]
fn a_frameworks_data_of_such_a_path_is_one_too() {
    let site = Site::new(&[API, ("FRAMEWORK", "nextjs")]);
    for path in ["/api/x", "/api/x.rsc", "/_next/data/B/api/x.json"] {
        let outcome = site.decide(&Ask::navigation(path));
        check(&outcome, "401", "unauthenticated");
    }
    let page = site.decide(&Ask::navigation("/_next/data/B/x.json"));
    assert_eq!(page.verdict(), "302 to AuthKit");
}

#[test]
fn elsewhere_a_page_is_led_to_sign_in() {
    let site = Site::new(&[API]);
    for path in ["/", "/apis", "/x/api", "/trpc/x"] {
        assert_eq!(
            site.decide(&Ask::navigation(path)).verdict(),
            "302 to AuthKit",
            "{path}"
        );
    }
    let mut browser = Browser::default();
    assert_eq!(browser.go(&site, "/login").verdict(), "302 to AuthKit");
}

#[test]
fn an_outage_is_503() {
    let site = Site::new(&[API]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    site.world.workos.tokens.always(Fault::Network);
    for ask in kinds("/api/x") {
        let outcome = browser.send(&site, &ask);
        check(&outcome, "503", "temporarily_unavailable");
        assert!(outcome.field("retry-after").is_some(), "{ask:?}");
    }
}

#[test]
fn what_is_missing_is_403() {
    let site = Site::new(&[API, ("RULES", "/api/:path* role:admin")]);
    let mut browser = Browser::signed_in(&site, ADA);
    for ask in kinds("/api/x") {
        check(&browser.send(&site, &ask), "403", "forbidden");
    }
}

#[test]
fn an_old_sign_in_is_401_and_no_redirect() {
    let site = Site::new(&[API, ("RULES", "/api/:path* max_age:60")]);
    let mut browser = Browser::signed_in(&site, ADA);
    for ask in kinds("/api/x") {
        let outcome = browser.send(&site, &ask);
        check(&outcome, "401", "insufficient_user_authentication");
        let challenge = outcome.field("www-authenticate").expect("a challenge");
        assert!(challenge.contains("max_age=\"60\""), "{challenge}");
    }
}

#[test]
fn a_site_that_wants_somebody_signed_in_leads_nobody_either() {
    let site = Site::new(&[API, ("UNAUTHENTICATED_PATHS", "/api/:path*")]);
    for ask in kinds("/api/x") {
        let Decision::Forward(forward) = site.decide(&ask).decision else {
            panic!("the path is public");
        };
        let head = ask.head();
        let instead = site
            .gateway
            .ensure_signed_in(forward.told, &head, &site.world);
        check(&instead.expect("it was told"), "401", "unauthenticated");
    }
}

#[test]
fn a_browser_that_keeps_no_session_is_told_in_json_too() {
    let site = Site::new(&[API]);
    let mut browser = Browser::signed_in(&site, ADA);
    browser.forget(SESSION);
    check(&browser.go(&site, "/api/x"), "401", "unauthenticated");
}

#[test]
fn whoever_is_signed_in_passes_and_public_paths_stay_public() {
    let site = Site::new(&[
        API,
        ("MATCHER", "/api/:path*"),
        ("UNAUTHENTICATED_PATHS", "/api/open"),
    ]);
    let mut browser = Browser::signed_in(&site, ADA);
    for ask in kinds("/api/x") {
        assert_eq!(browser.send(&site, &ask).verdict(), "forwarded as true");
    }
    for ask in kinds("/api/open") {
        assert_eq!(site.decide(&ask).verdict(), "forwarded as false");
    }
    for ask in kinds("/trpc") {
        assert_eq!(
            site.decide(&ask).verdict(),
            "forwarded",
            "outside the matcher"
        );
    }
}
