//! The cookie that keeps a sign-in which waits for a choice.

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::seal::{Place, Purpose};

use super::{ACME, PENDING, choosing, selections};
use crate::support::{Ask, Browser, SESSION, SITE, Seen, Site, opened, resealed};

const EXPIRED: (&str, &str) = ("400", "sign_in_expired");

#[test]
fn it_is_sealed_and_the_hosts_alone() {
    let (site, browser, page) = choosing("/deep");
    let mut cookies = page.cookies().iter();
    let cookie = cookies.find(|cookie| cookie.name() == PENDING);
    let text = cookie.map(SetCookie::as_str).expect("it is set");
    assert!(text.starts_with("__Host-authkit-pending=v1."), "{text}");
    let end = "; Path=/; Max-Age=600; HttpOnly; Secure; SameSite=Lax";
    assert!(text.ends_with(end), "{text}");
    let sealed = browser.cookie(PENDING).expect("it is kept");
    let payload = opened(&site, Purpose::Pending, PENDING, sealed);
    assert_eq!(payload["landing"], "/deep");
    let token = payload["token"].as_str().expect("a token");
    assert!(token.starts_with("pending_token_"));
    assert!(!page.body().contains(token));
}

#[test]
fn it_opens_for_its_own_purpose_alone() {
    let (site, browser, _) = choosing("/deep");
    let sealed = browser.cookie(PENDING).expect("it is kept");
    let keyring = &site.gateway.config.keyring;
    let opens = |purpose, cookie, host| {
        let place = Place {
            purpose,
            cookie,
            host,
        };
        keyring.open(sealed, place).is_ok()
    };
    assert!(opens(Purpose::Pending, PENDING, "app.example.com"));
    assert!(!opens(Purpose::Pending, PENDING, "www.example.com"));
    assert!(!opens(Purpose::Pending, SESSION, "app.example.com"));
    for purpose in [Purpose::Flow, Purpose::Session, Purpose::SignedOut] {
        assert!(!opens(purpose, PENDING, "app.example.com"), "{purpose:?}");
    }
}

#[test]
fn what_isnt_ours_or_is_in_doubt_chooses_nothing() {
    let (site, browser, _) = choosing("/deep");
    let good = browser.cookie(PENDING).expect("it is kept").to_owned();
    let payload = opened(&site, Purpose::Pending, PENDING, &good);
    let as_flow = resealed(&site, Purpose::Flow, PENDING, &payload);
    let rows = [
        ("none", String::new()),
        ("another's purpose", as_flow),
        ("changed", format!("{good}A")),
        ("two of them", format!("{good}; {PENDING}={good}")),
        ("unsealed", payload.to_string().replace(';', "")),
    ];
    for (name, value) in rows {
        let mut browser = Browser::default();
        browser.plant(PENDING, &value);
        check(name, &site, &browser, EXPIRED);
    }
    let mut elsewhere = Browser::default();
    elsewhere.plant(PENDING, &good);
    let ask = Ask::form(&format!("https://www.example.com{ACME}"));
    let outcome = elsewhere.send(&site, &ask);
    assert_eq!(outcome.note.reason, "sign_in_expired", "another host");
    assert_eq!(selections(&site), 0);
}

#[test]
fn it_lasts_ten_minutes() {
    let landed = format!("303 to {SITE}/deep");
    for (seconds, expected) in [(599, (landed.as_str(), "signed_in")), (600, EXPIRED)] {
        let (site, browser, _) = choosing("/deep");
        site.world.pass(seconds);
        check(&seconds.to_string(), &site, &browser, expected);
        assert_eq!(selections(&site), usize::from(expected != EXPIRED));
    }
}

#[test]
fn a_sealed_landing_is_judged_once_more() {
    for evil in ["//evil.example", "https://evil.example/", "/a/../..", ""] {
        let (site, mut browser, _) = choosing("/deep");
        let sealed = browser.cookie(PENDING).expect("it is kept");
        let mut payload = opened(&site, Purpose::Pending, PENDING, sealed);
        payload["landing"] = evil.into();
        let sealed = resealed(&site, Purpose::Pending, PENDING, &payload);
        browser.plant(PENDING, &sealed);
        let landed = format!("303 to {SITE}/");
        check(evil, &site, &browser, (&landed, "signed_in"));
    }
}

#[test]
fn signing_out_removes_it() {
    let (site, mut browser, _) = choosing("/deep");
    browser.send(&site, &Ask::form("/logout"));
    assert_eq!(browser.cookie(PENDING), None);
}

#[track_caller]
fn check(name: &str, site: &Site, browser: &Browser, expected: (&str, &str)) {
    let outcome = site.decide(&browser.dress(&Ask::form(ACME)));
    let seen = (outcome.verdict(), outcome.note.reason);
    assert_eq!((seen.0.as_str(), seen.1), expected, "{name}");
}
