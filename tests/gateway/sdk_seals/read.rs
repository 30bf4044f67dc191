//! They are read, unless that is switched off, and believed only once they are verified.

use serde_json::{Value, json};

use authkit_gateway::seal::Purpose;

use super::{browser, left_by_sdk, moved, sealed_with};
use crate::support::{
    ADA, Ask, BOB, Browser, Fault, LIFETIME, OTHER_PASSWORD, PASSWORD, SESSION, Seen, Site,
    Unsigned, iron, opened,
};

#[test]
fn a_session_of_an_sdk_is_a_session() {
    let site = Site::new(&[]);
    let payload = left_by_sdk(&site);
    let text = iron(&site, &payload);
    for text in [text.as_str(), text.trim_end_matches("~2")] {
        let mut browser = Browser::default();
        browser.plant(SESSION, text);
        for round in 0..3 {
            let page = browser.go(&site, "/");
            assert_eq!(page.verdict(), "forwarded as true", "{round}");
            assert_eq!(page.field("x-authkit-user-id"), Some(ADA.id));
            assert_eq!(page.field("x-authkit-email"), Some(ADA.email));
            assert!(page.cookies().is_empty(), "it is the SDK's to change");
        }
        assert_eq!(browser.session(), text);
    }
    assert_eq!(site.world.workos.refreshes(), 0);
}

#[test]
fn it_can_be_switched_off() {
    let site = Site::new(&[("ACCEPT_IRON", "false")]);
    let mut browser = browser(&site, &left_by_sdk(&site));
    let outcome = browser.go(&site, "/");
    assert_eq!(outcome.verdict(), "302 to AuthKit");
    assert_eq!(outcome.note.reason, "unreadable_session");
    assert_eq!(browser.send(&site, &Ask::script("/")).verdict(), "401");
    assert!(site.world.workos.calls.borrow().is_empty());
}

#[test]
fn what_is_in_it_must_be_good() {
    let now = Site::new(&[]).now().0;
    let token = |twist: fn(&mut Unsigned)| {
        let mut token = Unsigned::new(ADA.id, "session_sdk", None, "key_1", now);
        twist(&mut token);
        sealed_with(&token)
    };
    let rows: [(&str, Value); 7] = [
        ("signature", token(|token| token.key = "key_9".into())),
        (
            "no algorithm",
            token(|token| token.header["alg"] = "none".into()),
        ),
        (
            "another user",
            token(|token| token.claims["sub"] = BOB.id.into()),
        ),
        (
            "another issuer",
            token(|token| token.claims["iss"] = "x".into()),
        ),
        (
            "no user",
            json!({ "accessToken": "a", "refreshToken": "b" }),
        ),
        (
            "a sign-in under way",
            json!({ "codeVerifier": "x", "returnPathname": "/" }),
        ),
        ("no object", json!("text")),
    ];
    for (name, payload) in rows {
        let site = Site::new(&[]);
        let outcome = browser(&site, &payload).go(&site, "/");
        assert_eq!(outcome.verdict(), "302 to AuthKit", "{name}");
        assert_eq!(site.world.workos.refreshes(), 0, "{name}");
    }
}

#[test]
fn a_key_that_may_yet_be_published_is_waited_for() {
    let site = Site::new(&[]);
    let mut token = Unsigned::new(ADA.id, "session_sdk", None, "key_1", site.now().0);
    token.header["kid"] = "key_9".into();
    let mut browser = browser(&site, &sealed_with(&token));
    assert_eq!(browser.go(&site, "/").verdict(), "503");
    site.world.pass(31);
    let outcome = browser.go(&site, "/");
    assert_eq!(outcome.verdict(), "302 to AuthKit");
    assert_eq!(outcome.note.reason, "unknown_key");
}

#[test]
fn a_seal_vouches_for_nothing_itself() {
    let site = Site::new(&[]);
    let payload = left_by_sdk(&site);
    site.world.workos.keys.always(Fault::Network);
    let mut browser = browser(&site, &payload);
    let page = browser.go(&site, "/");
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("503", "keys_unavailable")
    );
    let told = browser.send(&site, &Ask::script("/auth/session"));
    assert_eq!(told.verdict(), "503");
    let mut vouched = left_by_sdk(&site);
    vouched["unverified"] = false.into();
    browser.plant(SESSION, &iron(&site, &vouched));
    assert_eq!(
        browser.go(&site, "/").verdict(),
        "503",
        "whatever it says of itself"
    );
    assert_eq!(site.world.workos.refreshes(), 0, "and nothing is exchanged");
    site.world.workos.keys.end();
    site.world.pass(31);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
}

#[test]
fn it_moves_to_our_own_seal_when_it_is_refreshed() {
    for (mut ask, age) in [
        (Ask::navigation("/"), LIFETIME),
        (Ask::script("/auth/refresh").method("POST"), 0),
    ] {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        moved(&site, &mut browser);
        assert!(browser.go(&site, "/").cookies().is_empty());
        site.world.pass(age);
        ask = ask.without("cookie");
        browser.send(&site, &ask);
        assert!(
            browser.session().starts_with("v1."),
            "{}",
            browser.session()
        );
        let session = opened(&site, Purpose::Session, SESSION, browser.session());
        assert_eq!(session["user"]["id"], ADA.id);
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
        assert_eq!(site.world.workos.refreshes(), 1);
    }
}

#[test]
fn a_seal_of_the_previous_password_is_made_again_as_ours() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    moved(&site, &mut browser);
    site.restart_with(&[
        ("WORKOS_COOKIE_PASSWORD", OTHER_PASSWORD),
        ("WORKOS_COOKIE_PASSWORD_PREVIOUS", PASSWORD),
    ]);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert!(browser.session().starts_with("v1."));
    assert!(browser.go(&site, "/").cookies().is_empty());
}

#[test]
fn two_users_in_two_kinds_of_seals_are_nobody() {
    let site = Site::new(&[]);
    let bob = Browser::signed_in(&site, BOB).session().to_owned();
    let ada = iron(&site, &left_by_sdk(&site));
    let mut browser = Browser::default();
    browser.plant(SESSION, &format!("{bob}; {SESSION}={ada}"));
    let outcome = browser.go(&site, "/");
    assert_eq!(outcome.note.reason, "conflicting_sessions");
}

#[test]
fn signing_out_ends_the_sdks_session_too() {
    let site = Site::new(&[]);
    let mut browser = browser(&site, &left_by_sdk(&site));
    let text = browser.session().to_owned();
    let outcome = browser.send(&site, &Ask::form("/logout"));
    assert!(outcome.location().contains("session_id=session_sdk"));
    assert_eq!(browser.cookie(SESSION), None);
    browser.plant(SESSION, &text);
    assert_eq!(browser.go(&site, "/").note.reason, "signed_out");
}
