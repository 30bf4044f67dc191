//! Callbacks that meet a session.

use authkit_gateway::decision::Outcome;

use super::Coming;
use crate::support::{ADA, BOB, Browser, Fault, SITE, Seen, Site};

#[test]
fn who_is_signed_in_goes_on_from_a_stray_callback() {
    let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
    let home = format!("302 to {SITE}/home");
    let attack = Browser::default().go(&site, "/login");
    let planted = site.world.workos.sign_in(attack.location(), BOB);
    let mut browser = Browser::default();
    let sent = browser.go(&site, "/deep");
    let own = site.world.workos.sign_in(sent.location(), ADA);
    browser.go(&site, &own);
    let (session, exchanges) = (browser.session().to_owned(), site.world.workos.exchanges());
    let rows = [
        ("the back button", own.as_str()),
        ("another's code", planted.as_str()),
        ("no state", "/callback?code=x"),
        ("nothing", "/callback"),
        ("two states", "/callback?code=x&state=a&state=b"),
    ];
    for (name, target) in rows {
        assert_eq!(browser.go(&site, target).verdict(), home, "{name}");
        assert_eq!(browser.session(), session, "{name}");
    }
    assert_eq!(site.world.workos.exchanges(), exchanges);
}

#[test]
fn a_sign_in_of_this_browser_replaces_its_session() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let landed = browser.sign_in(&site, "/login?prompt=login", BOB);
    assert_eq!(landed.note.reason, "signed_in");
    let page = browser.go(&site, "/");
    assert_eq!(page.field("x-authkit-user-id"), Some(BOB.id));
}

#[test]
fn a_callback_sent_twice_at_once_leaves_the_visitor_signed_in() {
    for seed in 0..8 {
        let coming = Coming::back();
        let ask = coming.browser.dress(&coming.plain());
        let mut outcomes = coming.site.decide_all(&[ask.clone(), ask], seed);
        outcomes.sort_by_key(Seen::verdict);
        let reasons = [outcomes[0].note.reason, outcomes[1].note.reason];
        assert_eq!(reasons, ["signed_in", "code_refused"], "{seed}");
        for order in [[0, 1], [1, 0]] {
            let mut browser = coming.browser.clone();
            for index in order {
                browser.keep(&outcomes[index]);
            }
            assert_eq!(
                browser.go(&coming.site, "/").verdict(),
                "forwarded as true",
                "{seed}"
            );
        }
    }
}

/// Comes back to the callback of a second sign-in while the first one's session is good.
fn second_sign_in(query: &str, fault: Option<Fault>) -> (Site, Browser, Outcome) {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let sent = browser.go(&site, "/login?prompt=login&return_to=/deep");
    let state = sent.query()["state"].clone();
    let mut callback = site.world.workos.sign_in(sent.location(), ADA);
    if !query.is_empty() {
        callback = format!("/callback?state={state}&{query}");
    }
    fault
        .into_iter()
        .for_each(|fault| site.world.workos.tokens.once(fault));
    let outcome = browser.go(&site, &callback);
    (site, browser, outcome)
}

#[test]
fn a_valid_session_wins_over_a_failed_callback() {
    let used_up = Fault::Answer(400, r#"{"error":"invalid_grant"}"#);
    let rows = [
        ("cancelled", "error=access_denied", None),
        ("refused", "error=server_error", None),
        ("used up", "", Some(used_up)),
    ];
    for (name, query, fault) in rows {
        let (site, mut browser, outcome) = second_sign_in(query, fault);
        assert_eq!(outcome.verdict(), format!("302 to {SITE}/deep"), "{name}");
        assert!(browser.flows().is_empty(), "{name}");
        assert_eq!(browser.go(&site, "/deep").verdict(), "forwarded as true");
    }
}

#[test]
fn a_valid_session_goes_on_to_where_an_expired_sign_in_was_to_end() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let sent = browser.go(&site, "/deep");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    site.world.pass(600);
    browser.sign_in(&site, "/login", ADA);
    let outcome = browser.go(&site, &callback);
    assert_eq!(outcome.verdict(), format!("302 to {SITE}/deep"));
    assert_eq!(outcome.note.reason, "already_signed_in");
}
