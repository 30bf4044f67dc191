//! The exchange comes to new tokens.

use super::expired;
use serde_json::json;

use crate::support::{Ask, Call, Fault, LIFETIME, Rotation, Seen, jwk};

#[test]
fn new_tokens_serve_the_request_that_asked_for_them() {
    for rotation in [Rotation::None, Rotation::Replayed, Rotation::Strict] {
        let (site, mut browser) = expired();
        site.world.workos.rotation.set(rotation);
        for round in 1..=4 {
            let before = browser.session().to_owned();
            let page = browser.go(&site, "/");
            assert_eq!(page.verdict(), "forwarded as true", "{rotation:?}");
            assert_eq!(page.note.refresh, Some("renewed"), "{rotation:?}");
            assert_eq!(page.field("x-authkit-organization-id"), Some("org_acme"));
            assert_ne!(browser.session(), before);
            assert!(browser.go(&site, "/").cookies().is_empty());
            assert_eq!(site.world.workos.refreshes(), round, "{rotation:?}");
            site.world.pass(LIFETIME);
        }
    }
}

#[test]
fn every_route_that_asks_who_is_there_keeps_the_new_tokens() {
    let rows = [
        Ask::navigation("/"),
        Ask::script("/"),
        Ask::prefetch("/"),
        Ask::form("/"),
        Ask::bare("/").method("HEAD"),
        Ask::script("/auth/session"),
        Ask::script("/auth/session").method("POST"),
        Ask::navigation("/login"),
        Ask::navigation("/login?prompt=login"),
        Ask::prefetch("/login"),
        Ask::prefetch("/login?prompt=login"),
        Ask::script("/signup?prompt=login"),
        Ask::form("/login"),
        Ask::navigation("/callback?code=x&state=0.00112233445566778899aabbccddeeff"),
    ];
    for ask in rows {
        let (mut site, mut browser) = expired();
        site.world.workos.rotation.set(Rotation::Strict);
        let outcome = browser.send(&site, &ask);
        site.restart();
        let page = browser.go(&site, "/");
        assert_eq!(
            page.verdict(),
            "forwarded as true",
            "{} {ask:?}",
            outcome.verdict()
        );
    }
}

#[test]
fn a_lost_reply_is_asked_for_again_with_the_same_token() {
    let (site, mut browser) = expired();
    site.world.workos.tokens.once(Fault::LostReply);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    let calls = site.world.workos.calls.borrow();
    let refreshes: Vec<&Call> = calls
        .iter()
        .filter(|call| matches!(call, Call::Refresh(_)))
        .collect();
    assert!(
        matches!(refreshes.as_slice(), [one, other] if one == other),
        "{refreshes:?}"
    );
}

#[test]
fn tokens_that_cant_be_verified_yet_are_kept_for_later() {
    let (site, mut browser) = expired();
    site.world.workos.rotation.set(Rotation::Strict);
    site.world.workos.key_names.borrow_mut().push("key_2");
    site.world.workos.keys.always(Fault::Network);
    let before = browser.session().to_owned();
    let outcome = browser.go(&site, "/");
    assert_eq!(
        (outcome.verdict().as_str(), outcome.note.reason),
        ("503", "keys_unavailable")
    );
    assert_ne!(browser.session(), before, "the old refresh token is spent");
    assert_eq!(
        browser.go(&site, "/").verdict(),
        "503",
        "an unverified seal vouches for nothing"
    );
    site.world.workos.keys.end();
    site.world.pass(31);
    for _ in 0..2 {
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true");
        assert!(
            page.cookies().is_empty(),
            "what is sealed again without an exchange may be spent"
        );
    }
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn tokens_whose_key_is_published_late_are_kept_for_later() {
    let (site, mut browser) = expired();
    site.world.workos.rotation.set(Rotation::Strict);
    site.world.workos.key_names.borrow_mut().push("key_2");
    let published = json!({ "keys": [jwk("key_1")] }).to_string().leak();
    site.world.workos.keys.always(Fault::Answer(200, published));
    for _ in 0..5 {
        let page = browser.go(&site, "/");
        assert_eq!(
            (page.verdict().as_str(), page.note.reason),
            ("503", "keys_unavailable")
        );
        site.world.pass(20);
    }
    site.world.workos.keys.end();
    site.world.pass(31);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true", "{:?}", page.note);
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn a_session_that_moved_to_another_id_goes_on() {
    let (site, mut browser) = expired();
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        token.claims["sid"] = "session_moved".into()
    }));
    let page = browser.go(&site, "/");
    assert_eq!(page.field("x-authkit-session-id"), Some("session_moved"));
}

#[test]
fn without_randomness_nothing_is_exchanged() {
    let (site, mut browser) = expired();
    site.world.randomness.set(0);
    let outcome = browser.go(&site, "/");
    assert_eq!(outcome.verdict(), "503");
    assert_eq!(site.world.workos.refreshes(), 0);
    site.world.randomness.set(u32::MAX);
    site.world.pass(3);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
}
