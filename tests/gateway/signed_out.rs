//! Who has signed out stays signed out.

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::seal::{Place, Purpose};
use sha2::{Digest, Sha256};

use crate::support::{ADA, Ask, Browser, LIFETIME, SESSION, Seen, Site};

const MARKER: &str = "__Host-authkit-signed-out";

/// A browser that has signed out, and after that got the answer to an earlier request, with the
/// session's new cookie.
fn overtaken() -> (Site, Browser) {
    let site = Site::new(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    let late = site.decide(&browser.dress(&Ask::script("/data")));
    browser.send(&site, &Ask::form("/logout"));
    browser.keep(&late);
    assert!(
        browser.cookie(SESSION).is_some(),
        "the late answer brings it back"
    );
    (site, browser)
}

#[test]
fn a_late_refresh_brings_no_session_back() {
    for ask in [
        Ask::navigation("/"),
        Ask::script("/data"),
        Ask::script("/auth/session"),
        Ask::script("/auth/refresh").method("POST"),
        Ask::script("/auth/switch-organization?organization_id=org_acme").method("POST"),
        Ask::form("/auth/switch-organization?organization_id=org_acme"),
        Ask::script("/auth/token"),
    ] {
        let (mut site, mut browser) = overtaken();
        for _ in 0..2 {
            let outcome = browser.send(&site, &ask);
            assert_eq!(outcome.field("x-authkit-user-id"), None, "{ask:?}");
            assert!(!outcome.body().contains(ADA.id), "{ask:?}");
            assert!(
                outcome.cookie(SESSION).is_none(),
                "{ask:?}: a removal that is late would take the next session along"
            );
            site.restart();
        }
        assert_eq!(site.world.workos.refreshes(), 1, "{ask:?}");
    }
}

#[test]
fn what_the_isolate_remembers_of_it_counts_no_more() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    let session = browser.session().to_owned();
    browser.send(&site, &Ask::form("/logout"));
    browser.plant(SESSION, &session);
    assert_eq!(browser.go(&site, "/").note.reason, "signed_out");
}

#[test]
fn signing_out_twice_ends_it_no_less() {
    let (site, mut browser) = overtaken();
    let late = browser.session().to_owned();
    browser.forget(SESSION);
    browser.send(&site, &Ask::form("/logout"));
    browser.plant(SESSION, &late);
    assert_eq!(browser.go(&site, "/").note.reason, "signed_out");
}

#[test]
fn signing_in_again_is_not_held_up() {
    let (site, mut browser) = overtaken();
    let late = browser.session().to_owned();
    let landed = browser.sign_in(&site, "/deep", ADA);
    assert_eq!(landed.note.reason, "signed_in");
    assert_eq!(browser.go(&site, "/deep").verdict(), "forwarded as true");
    let cookies = landed.cookies().iter().map(SetCookie::as_str);
    let mark = cookies.filter(|text| text.starts_with(MARKER));
    let marks: Vec<&str> = mark.collect();
    assert!(
        matches!(marks.as_slice(), [mark] if mark.contains("; Max-Age=60;")),
        "it fades: {marks:?}"
    );
    browser.plant(SESSION, &late);
    let page = browser.go(&site, "/deep");
    assert_eq!(
        page.note.reason, "signed_out",
        "later still than the sign-in"
    );
}

#[test]
fn another_session_is_not_touched() {
    let (site, browser) = overtaken();
    let mut other = Browser::signed_in(&site, ADA);
    other.plant(MARKER, browser.cookie(MARKER).expect("a marker"));
    assert_eq!(other.go(&site, "/").verdict(), "forwarded as true");
}

#[test]
fn the_marker_lives_as_long_as_a_session_and_belongs_to_the_host() {
    let site = Site::new(&[("WORKOS_COOKIE_DOMAIN", "example.com")]);
    let outcome = Browser::signed_in(&site, ADA).send(&site, &Ask::form("/logout"));
    let marker = outcome
        .cookies()
        .iter()
        .find(|cookie| cookie.name() == MARKER);
    let text = marker.map(SetCookie::as_str).expect("a marker");
    let end = "; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax";
    assert!(text.ends_with(end), "{text}");
}

#[test]
fn without_randomness_there_is_no_marker_and_still_a_sign_out() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.randomness.set(0);
    browser.send(&site, &Ask::form("/logout"));
    assert_eq!(browser.cookie(SESSION), None);
    assert_eq!(browser.cookie(MARKER), None);
}

#[test]
fn a_marker_names_the_session_and_nothing_else() {
    let site = Site::new(&[("ALLOWED_HOSTS", "www.example.com")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let session = browser.session().to_owned();
    let page = browser.go(&site, "/");
    let sid = page.field("x-authkit-session-id").expect("a session");
    browser.send(&site, &Ask::form("/logout"));
    let text = browser.cookie(MARKER).expect("a marker").to_owned();
    let place = |purpose, host| Place {
        purpose,
        cookie: MARKER,
        host,
    };
    let keyring = &site.gateway.config.keyring;
    let opens = |place| keyring.open(&text, place).ok();
    let marked = opens(place(Purpose::SignedOut, "app.example.com")).expect("ours");
    assert_eq!(marked.plaintext, Sha256::digest(sid).as_slice());
    assert!(opens(place(Purpose::SignedOut, "www.example.com")).is_none());
    for purpose in [Purpose::Flow, Purpose::Pending, Purpose::Session] {
        assert!(
            opens(place(purpose, "app.example.com")).is_none(),
            "{purpose:?}"
        );
    }
    let forged = ["v1.planted".to_owned(), "1".to_owned(), format!("{text}A")];
    for planted in forged {
        let mut victim = Browser::default();
        victim.plant(SESSION, &session);
        victim.plant(MARKER, &planted);
        assert_eq!(
            victim.go(&site, "/").verdict(),
            "forwarded as true",
            "{planted}"
        );
    }
}
