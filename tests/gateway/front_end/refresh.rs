//! `POST /auth/refresh`: the session with new tokens, whether the old ones have run out or not.

use serde_json::json;

use super::{json, post, senders};
use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, SESSION, Seen, Site};

const PATH: &str = "/auth/refresh";

#[test]
fn only_a_page_of_this_origin_refreshes() {
    for (name, ask, may) in senders(PATH) {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), if may { "200" } else { "403" }, "{name}");
        assert_eq!(site.world.workos.refreshes(), usize::from(may), "{name}");
        assert_eq!(outcome.cookies().is_empty(), !may, "{name}");
        if !may {
            assert_eq!(json(&outcome)["error"], "cross_site_request", "{name}");
        }
    }
    for method in ["GET", "HEAD", "PUT", "post", "OPTIONS"] {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        let outcome = browser.send(&site, &post(PATH).method(method));
        assert_eq!(outcome.verdict(), "405", "{method}");
        assert_eq!(outcome.field("allow"), Some("POST"), "{method}");
        assert_eq!(site.world.workos.refreshes(), 0, "{method}");
    }
}

#[test]
fn a_fresh_session_is_refreshed_too() {
    for age in [0, 10, LIFETIME - 1, LIFETIME, LIFETIME * 9] {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, BOB);
        browser.go(&site, "/");
        site.world.pass(age);
        let before = browser.session().to_owned();
        let outcome = browser.send(&site, &post(PATH));
        assert_eq!(outcome.verdict(), "200", "{age}");
        assert_eq!(outcome.note.refresh, Some("renewed"), "{age}");
        let told = json(&outcome);
        assert_eq!(told["user"]["id"], BOB.id, "{age}");
        assert_eq!(told["organizationId"], "org_acme", "the same one");
        assert_eq!(told["expiresAt"], site.now().0 + LIFETIME, "{age}");
        assert_eq!(
            outcome.field("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert!(!outcome.body().contains("eyJ"), "{age}: no token");
        assert_ne!(browser.session(), before, "the cookie is on the answer");
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
        assert_eq!(site.world.workos.refreshes(), 1, "{age}");
    }
}

#[test]
fn each_call_after_another_is_an_exchange_of_its_own() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    for round in 1..=3 {
        assert_eq!(browser.send(&site, &post(PATH)).verdict(), "200");
        assert_eq!(site.world.workos.refreshes(), round);
    }
}

#[test]
fn who_isnt_signed_in_is_told_where_to() {
    let ended = Fault::Answer(400, r#"{"error":"invalid_grant"}"#);
    let step_up = Fault::Answer(403, r#"{"error":"sso_required"}"#);
    let rows = [
        ("nobody", None, None),
        ("unreadable", Some("v1.unreadable"), None),
        ("ended", None, Some(ended)),
        ("step-up", None, Some(step_up)),
    ];
    for (name, planted, fault) in rows {
        let site = Site::new(&[]);
        let mut browser = Browser::default();
        if let Some(fault) = fault {
            browser = Browser::signed_in(&site, ADA);
            site.world.workos.tokens.always(fault);
        }
        planted
            .into_iter()
            .for_each(|text| browser.plant(SESSION, text));
        let before = browser.cookie(SESSION).map(str::to_owned);
        let outcome = browser.send(&site, &post(PATH));
        assert_eq!(outcome.verdict(), "401", "{name}");
        let told = json(&outcome);
        assert_eq!(told["error"], "unauthenticated", "{name}");
        assert_eq!(
            told["sign_in_url"], "https://app.example.com/login",
            "{name}"
        );
        assert_eq!(
            outcome.field("x-authkit-gateway"),
            Some("intercepted"),
            "{name}"
        );
        assert_eq!(browser.cookie(SESSION).map(str::to_owned), before, "{name}");
    }
}

#[test]
fn an_outage_is_said_to_be_one_and_signs_nobody_out() {
    let faults = [
        Fault::Network,
        Fault::Timeout,
        Fault::Answer(500, ""),
        Fault::Answer(401, r#"{"error":"invalid_client"}"#),
        Fault::Later(429, "{}"),
    ];
    for fault in faults {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.workos.tokens.always(fault.clone());
        let began = site.world.milliseconds();
        let outcome = browser.send(&site, &post(PATH));
        assert_eq!(outcome.verdict(), "503", "{fault:?}");
        assert!(site.world.milliseconds() - began <= 9_000, "{fault:?}");
        let waits = if matches!(fault, Fault::Later(..)) {
            "7"
        } else {
            "6"
        };
        assert_eq!(outcome.field("retry-after"), Some(waits), "{fault:?}");
        assert_eq!(
            json(&outcome)["error"],
            "temporarily_unavailable",
            "{fault:?}"
        );
        let page = browser.go(&site, "/");
        assert_eq!(
            page.verdict(),
            "forwarded as true",
            "the token is still good"
        );
    }
}

#[test]
fn a_session_that_was_signed_out_stays_so() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let session = browser.session().to_owned();
    browser.send(&site, &Ask::form("/logout"));
    for target in [PATH, "/auth/switch-organization?organization_id=org_acme"] {
        browser.plant(SESSION, &session);
        let outcome = browser.send(&site, &post(target));
        assert!(!outcome.verdict().starts_with("200"), "{target}");
        assert!(outcome.cookies().is_empty(), "{target}");
        assert_eq!(site.world.workos.refreshes(), 0, "{target}");
    }
    let told = browser.send(&site, &Ask::script("/auth/session"));
    assert_eq!(json(&told), json!({ "user": null }));
}

#[test]
fn tokens_that_cant_be_verified_yet_are_kept_for_later() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.workos.rotation.set(Rotation::Strict);
    site.world.workos.key_names.borrow_mut().push("key_2");
    site.world.workos.keys.always(Fault::Network);
    let before = browser.session().to_owned();
    let outcome = browser.send(&site, &post(PATH));
    assert_eq!(outcome.verdict(), "503");
    assert_ne!(browser.session(), before, "the old refresh token is spent");
    site.world.workos.keys.end();
    site.world.pass(31);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert_eq!(site.world.workos.refreshes(), 1);
}
