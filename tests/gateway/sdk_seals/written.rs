//! `COOKIE_SEAL=iron`: they are written, for the site's own SDK to read.

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::log::LogLevel;

use crate::support::{
    ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, SESSION, Seen, Site, arriving, iron_opened,
    value,
};

const IRON: (&str, &str) = ("COOKIE_SEAL", "iron");

#[test]
fn what_is_written_opens_with_the_sdks_keyring() {
    let site = Site::new(&[IRON]);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/login", BOB);
    let text = browser.session().to_owned();
    assert!(
        text.starts_with("Fe26.2*1*") && text.ends_with("~2"),
        "{text}"
    );
    let session = iron_opened(&site, &text);
    assert_eq!(session["user"]["id"], BOB.id);
    assert_eq!(session["user"]["emailVerified"], true);
    assert!(session["accessToken"].is_string() && session["refreshToken"].is_string());
    assert!(session.get("unverified").is_none());
    let mut cookies = landed.cookies().iter();
    let cookie = cookies.find(|cookie| cookie.name() == SESSION);
    let end = "; Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax";
    assert!(cookie.is_some_and(|cookie| cookie.as_str().ends_with(end)));
    assert!(browser.go(&site, "/").cookies().is_empty());
}

#[test]
fn a_refresh_writes_another_and_the_origin_sees_the_new_one() {
    let site = Site::new(&[IRON, ("FORWARD_SESSION_COOKIE", "true")]);
    let mut browser = Browser::signed_in(&site, BOB);
    for _ in 0..3 {
        let before = browser.session().to_owned();
        site.world.pass(LIFETIME);
        let ask = browser.dress(&Ask::navigation("/").with("x-kept", "1"));
        let outcome = site.decide(&ask);
        browser.keep(&outcome);
        assert_ne!(browser.session(), before);
        let lines = arriving(&site, &ask, &outcome);
        let cookie = format!("{SESSION}={}", browser.session());
        assert_eq!(value(&lines, "cookie"), Some(&*cookie));
        assert_eq!(iron_opened(&site, browser.session())["user"]["id"], BOB.id);
    }
}

#[test]
fn too_large_is_an_error_and_never_cut() {
    let site = Site::new(&[IRON]);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        token.claims["padding"] = "p".repeat(3000).into()
    }));
    let mut browser = Browser::default();
    let outcome = browser.sign_in(&site, "/login", ADA);
    assert_eq!(outcome.verdict(), "500");
    assert_eq!(outcome.note.reason, "session_too_large");
    assert_eq!(outcome.note.level, LogLevel::Error);
    let detail = outcome.note.detail.as_deref().unwrap_or_default();
    assert!(detail.contains("COOKIE_SEAL=iron"), "{detail}");
    let ours = |cookie: &SetCookie| cookie.name().starts_with(SESSION);
    assert!(!outcome.cookies().iter().any(ours));
    let gcm = Site::new(&[]);
    *gcm.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        token.claims["padding"] = "p".repeat(3000).into()
    }));
    let landed = Browser::default().sign_in(&gcm, "/login", ADA);
    assert_eq!(landed.note.reason, "signed_in", "ours is cut");
}

#[test]
fn a_refresh_that_comes_to_too_much_is_loud_and_signs_nobody_out() {
    let site = Site::new(&[IRON]);
    let mut browser = Browser::signed_in(&site, ADA);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        token.claims["padding"] = "p".repeat(3000).into()
    }));
    site.world.pass(LIFETIME);
    let outcome = browser.go(&site, "/");
    assert_eq!(outcome.verdict(), "503");
    assert_eq!(outcome.note.level, LogLevel::Error);
    assert!(browser.cookie(SESSION).is_some());
}

#[test]
fn tokens_that_cant_be_verified_yet_are_kept_and_not_acted_on() {
    let site = Site::new(&[IRON]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    site.world.workos.rotation.set(Rotation::Strict);
    site.world.workos.key_names.borrow_mut().push("key_2");
    site.world.workos.keys.always(Fault::Network);
    let before = browser.session().to_owned();
    for _ in 0..2 {
        let outcome = browser.go(&site, "/");
        assert_eq!(outcome.verdict(), "503");
        assert_eq!(outcome.note.reason, "keys_unavailable");
    }
    assert_ne!(browser.session(), before, "the old refresh token is spent");
    site.world.workos.keys.end();
    site.world.pass(31);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert!(
        page.cookies().is_empty(),
        "a seal of the SDKs' says no more than it did"
    );
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn sessions_move_when_they_are_refreshed() {
    let mut site = Site::new(&[]);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        token.claims["padding"] = "p".repeat(3000).into()
    }));
    let mut browser = Browser::signed_in(&site, ADA);
    assert_eq!(browser.cookie(SESSION), None, "it is in pieces");
    *site.world.workos.twist.borrow_mut() = None;
    site.restart_with(&[IRON]);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    site.world.pass(LIFETIME);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert!(browser.session().starts_with("Fe26.2*"));
    assert_eq!(browser.names(SESSION), [SESSION], "the pieces are gone");
    site.restart_with(&[("COOKIE_SEAL", "gcm")]);
    assert!(browser.go(&site, "/").cookies().is_empty());
    site.world.pass(LIFETIME);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert!(browser.session().starts_with("v1."));
}

#[test]
fn a_cookie_domain_and_another_name_hold_for_it() {
    let site = Site::new(&[
        IRON,
        ("WORKOS_COOKIE_NAME", "s"),
        ("WORKOS_COOKIE_DOMAIN", "example.com"),
    ]);
    let landed = Browser::default().sign_in(&site, "/login", ADA);
    let mut cookies = landed.cookies().iter();
    let cookie = cookies.find(|cookie| cookie.name() == "s");
    let text = cookie.map(SetCookie::as_str).expect("a session");
    assert!(
        text.starts_with("s=Fe26.2*") && text.contains("; Domain=example.com;"),
        "{text}"
    );
}
