//! What a coordinator keeps: results, for who holds the old token, and tombstones.

use serde_json::Value;

use authkit_gateway::seal::{Keyring, Place, Purpose};

use super::coordinated;
use crate::support::{
    Ask, BOB, Browser, Call, LIFETIME, PASSWORD, Rotation, SESSION, Seen, Site, opened,
};

/// Everything that is kept, by name: the text, and for how many seconds.
fn kept(site: &Site) -> Vec<(String, String, u64)> {
    let mut all = Vec::new();
    for desk in site.world.shared.desks() {
        for (name, (text, seconds)) in desk.kept.borrow().iter() {
            all.push((name.clone(), text.clone(), *seconds));
        }
    }
    all
}

fn open(password: &str, name: &str, text: &str) -> Option<Value> {
    let place = Place {
        purpose: Purpose::Coordinator,
        cookie: name,
        host: "",
    };
    let opened = Keyring::new(password, None).open(text, place).ok()?;
    serde_json::from_slice(&opened.plaintext).ok()
}

/// The refresh token that WorkOS was asked to exchange last.
fn exchanged(site: &Site) -> String {
    match site.world.workos.calls.borrow().last() {
        Some(Call::Refresh(token)) => token.clone(),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_client_that_left_finds_its_tokens_when_it_returns() {
    for away in [1, 26, 31, 110] {
        let (mut site, mut browser) = coordinated();
        browser.clone().go(&site, "/");
        site.restart();
        site.world.pass(away);
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "after {away} s");
        assert_eq!(page.note.refresh, Some("renewed"), "after {away} s");
        assert!(page.cookie(SESSION).is_some(), "after {away} s");
        assert_eq!(site.world.workos.refreshes(), 1, "after {away} s");
    }
}

#[test]
fn a_result_that_has_run_out_meanwhile_is_not_taken_for_a_mistake_of_ours() {
    let (mut site, browser) = coordinated();
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        let issued_at = token.claims["iat"].as_u64().expect("a time");
        token.claims["exp"] = (issued_at + 60).into();
    }));
    browser.clone().go(&site, "/");
    site.restart();
    site.world.pass(90);
    let page = browser.clone().go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true", "{}", page.note.reason);
}

#[test]
fn a_token_that_does_not_rotate_is_exchanged_again_when_it_has_run_out() {
    let (mut site, mut browser) = coordinated();
    site.world.workos.rotation.set(Rotation::None);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, _| {
        let issued_at = token.claims["iat"].as_u64().expect("a time");
        token.claims["exp"] = (issued_at + 60).into();
    }));
    for _ in 0..3 {
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{}", page.note.reason);
        site.restart();
        site.world.pass(61);
    }
}

#[test]
fn a_result_is_kept_for_two_minutes_sealed_by_the_old_token() {
    let (site, mut browser) = coordinated();
    browser.go(&site, "/");
    let old = exchanged(&site);
    let session = opened(&site, Purpose::Session, SESSION, browser.session());
    let all = kept(&site);
    let [(name, text, seconds)] = all.as_slice() else {
        panic!("{all:?}");
    };
    assert_eq!(*seconds, 120);
    assert_eq!(name.len(), 64);
    let new = session["refreshToken"].as_str().expect("a token");
    let access = session["accessToken"].as_str().expect("a token");
    for secret in [old.as_str(), new, access, BOB.email, BOB.id] {
        assert!(!text.contains(secret) && !name.contains(secret));
    }
    assert!(text.starts_with("v1."));
    for password in [new, access, PASSWORD, "refresh_token_1"] {
        assert_eq!(open(password, name, text), None);
    }
    assert_eq!(open(&old, "another name", text), None);
    let answer = open(&old, name, text).expect("who holds the token can read it");
    assert_eq!(answer["status"], 200);
}

#[test]
fn what_was_changed_in_the_storage_counts_as_nothing() {
    for change in [
        |_: &str| "{\"status\":200}".to_owned(),
        |text: &str| format!("{text}A"),
        |_: &str| String::new(),
    ] {
        let (mut site, browser) = coordinated();
        site.world.workos.rotation.set(Rotation::Replayed);
        browser.clone().go(&site, "/");
        for desk in site.world.shared.desks() {
            for kept in desk.kept.borrow_mut().values_mut() {
                kept.0 = change(&kept.0);
            }
        }
        site.restart();
        assert_eq!(
            browser.clone().go(&site, "/").verdict(),
            "forwarded as true"
        );
        assert_eq!(site.world.workos.refreshes(), 2);
    }
}

#[test]
fn a_session_that_was_signed_out_of_is_refreshed_nowhere() {
    for early in [0, LIFETIME - 20] {
        let site = Site::bound(&[], &["REFRESH_COORDINATOR"]);
        site.world.shared.has_coordinators.set(true);
        let browser = Browser::signed_in(&site, BOB);
        let mut site = site;
        site.world.pass(early);
        // Another browser, or a thief, has the same cookie, and no mark.
        let other = browser.clone();
        browser.clone().send(&site, &Ask::form("/logout"));
        let all = kept(&site);
        assert_eq!(all, [("signed-out".to_owned(), String::new(), 86_400)]);
        for age in [0, LIFETIME - early] {
            site.restart();
            site.world.pass(age);
            let page = other.clone().go(&site, "/");
            let expected = match age {
                0 => ("forwarded as true", "signed_in"),
                _ => ("302 to AuthKit", "session_ended"),
            };
            assert_eq!((page.verdict().as_str(), page.note.reason), expected);
            assert!(page.cookie(SESSION).is_none());
            for path in [
                "/auth/refresh",
                "/auth/switch-organization?organization_id=o",
            ] {
                let told = other.clone().send(&site, &Ask::script(path).method("POST"));
                assert!(["401", "403"].contains(&told.verdict().as_str()), "{path}");
            }
        }
        assert_eq!(site.world.workos.refreshes(), 0, "{early}");
    }
}

#[test]
fn a_result_from_before_the_sign_out_is_not_given_after_it() {
    let (mut site, browser) = coordinated();
    let other = browser.clone();
    let mut browser = browser;
    browser.go(&site, "/");
    browser.send(&site, &Ask::form("/logout"));
    site.restart();
    let page = other.clone().go(&site, "/");
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("302 to AuthKit", "session_ended")
    );
    assert_eq!(site.world.workos.refreshes(), 1);
}
