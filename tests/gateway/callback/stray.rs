//! Callbacks that meet a session.

use super::Coming;
use crate::support::{ADA, BOB, Browser, SITE, Seen, Site};

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
