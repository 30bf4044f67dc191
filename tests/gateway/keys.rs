//! The keys tokens are signed with: fetched seldom, rotated, missing.

use crate::support::{
    ADA, Ask, Browser, Fault, LIFETIME, SESSION, Seen, Site, Unsigned, forged, step,
};

#[test]
fn keys_are_fetched_once_an_hour() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    for _ in 0..11 {
        site.world.pass(LIFETIME);
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    }
    assert_eq!(site.world.workos.key_fetches(), 1);
    site.world.pass(LIFETIME);
    browser.go(&site, "/");
    assert_eq!(site.world.workos.key_fetches(), 2);
}

#[test]
fn in_a_cold_outage_a_seal_vouches_until_the_token_ends() {
    for fault in [
        Fault::Network,
        Fault::Timeout,
        Fault::Answer(503, ""),
        Fault::Answer(200, "no"),
    ] {
        let mut site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        site.restart();
        site.world.workos.keys.always(fault.clone());
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{fault:?}");
        assert_eq!(
            site.world.workos.refreshes(),
            0,
            "{fault:?}: no reason to refresh"
        );
        site.world.pass(LIFETIME);
        let late = browser.go(&site, "/");
        assert_eq!(
            (late.verdict().as_str(), late.note.refresh),
            ("503", Some("unverifiable"))
        );
        assert_eq!(
            site.world.workos.refreshes(),
            0,
            "{fault:?}: what can't be verified isn't worth a refresh token"
        );
    }
}

#[test]
fn what_a_seal_vouched_for_is_verified_once_there_are_keys() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.restart();
    site.world.workos.keys.once(Fault::Network);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    *site.world.workos.key_names.borrow_mut() = vec!["key_2"];
    site.world.pass(31);
    let page = browser.go(&site, "/");
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("302 to AuthKit", "unknown_key")
    );
}

#[test]
fn in_a_cold_outage_keys_are_asked_for_every_two_seconds() {
    let mut site = Site::new(&[]);
    let rows = [(0, 1), (0, 1), (1, 1), (1, 2), (0, 2), (3, 3)];
    let browsers = rows.map(|_| Browser::signed_in(&site, ADA));
    site.restart();
    site.world.workos.keys.always(Fault::Answer(500, ""));
    let before = site.world.workos.key_fetches();
    for ((seconds, expected), mut browser) in rows.into_iter().zip(browsers) {
        site.world.pass(seconds);
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
        assert_eq!(
            site.world.workos.key_fetches() - before,
            expected,
            "{seconds}"
        );
    }
}

#[test]
fn in_a_warm_outage_the_last_good_keys_serve() {
    for fault in [
        Fault::Network,
        Fault::Answer(200, r#"{"keys":[]}"#),
        Fault::Answer(404, "{}"),
    ] {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.workos.keys.always(fault.clone());
        site.world.pass(3600);
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{fault:?}");
        assert_eq!(page.note.refresh, Some("renewed"), "{fault:?}");
    }
}

#[test]
fn nobody_waits_long_for_keys_while_there_are_good_ones() {
    let site = Site::new(&[]);
    Browser::signed_in(&site, ADA);
    site.world.pass(3500);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.workos.keys.always(Fault::Timeout);
    site.world.pass(200);
    let began = site.now();
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert_eq!(site.now().since(began), 1);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert_eq!(site.now().since(began), 1, "and not again at once");
}

#[test]
fn a_check_that_cant_be_made_says_nothing_against_a_session() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.restart();
    site.world.verifier_works.set(false);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert!(page.cookies().is_empty());
}

#[test]
fn a_rotated_key_is_fetched_when_it_is_met() {
    let site = Site::new(&[]);
    let mut old = Browser::signed_in(&site, ADA);
    site.world.pass(60);
    site.world.workos.key_names.borrow_mut().push("key_2");
    Browser::signed_in(&site, ADA);
    assert_eq!(site.world.workos.key_fetches(), 2);
    assert_eq!(
        old.go(&site, "/").verdict(),
        "forwarded as true",
        "the old key is still good"
    );
    Browser::signed_in(&site, ADA);
    assert_eq!(site.world.workos.key_fetches(), 2);
}

#[test]
fn a_withdrawn_key_is_believed_no_more() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(31);
    *site.world.workos.key_names.borrow_mut() = vec!["key_2"];
    site.restart();
    let page = browser.go(&site, "/");
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("302 to AuthKit", "unknown_key")
    );
    assert!(page.cookie(SESSION).is_none(), "it isn't deleted");
}

#[test]
fn made_up_key_names_fetch_nothing_again_and_again() {
    let site = Site::new(&[]);
    Browser::signed_in(&site, ADA);
    let before = site.world.workos.key_fetches();
    for round in 0..40 {
        site.world.pass(1);
        let key = format!("made_up_{round}");
        let token = Unsigned::new(ADA.id, "session_1", None, &key, site.now().0);
        let cookie = format!("{SESSION}={}", forged(&site, ADA.id, &token));
        site.decide(&Ask::navigation("/").with("cookie", &cookie));
    }
    assert!(site.world.workos.key_fetches() - before <= 2);
}

#[test]
fn weak_and_foreign_keys_are_passed_over() {
    let weak = r#"{"keys":[
        {"kty":"RSA","kid":"key_1","n":"AQAB","e":"AQAB"},
        {"kty":"oct","kid":"key_1","k":"c2VjcmV0"},
        {"kty":"unheard of","kid":"key_1"}, 7, null]}"#;
    let site = Site::new(&[]);
    site.world.workos.keys.always(Fault::Answer(200, weak));
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&site, "/login", ADA).verdict(), "502");
    assert_eq!(browser.cookie(SESSION), None);
}

#[test]
fn a_fetch_whose_request_is_gone_is_taken_over() {
    let mut site = Site::new(&[]);
    let other = Browser::signed_in(&site, ADA).dress(&Ask::navigation("/"));
    site.restart();
    let fetched = site.world.workos.key_fetches();
    let head = other.head();
    let mut leader = Box::pin(site.gateway.decide(&head, &site.world));
    while site.world.workos.key_fetches() == fetched {
        assert!(step(&mut leader).is_none(), "it waits for the keys");
    }
    drop(leader);
    let landed = Browser::default().sign_in(&site, "/login", ADA);
    assert_eq!(landed.note.reason, "signed_in");
}
