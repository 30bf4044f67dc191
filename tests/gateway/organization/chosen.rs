//! What becomes of a choice.

use super::{ACME, PENDING, choosing, selections};
use crate::support::{ADA, Ask, Browser, Fault, SESSION, SITE, Seen};

#[test]
fn a_choice_finishes_the_sign_in_where_it_was_to_end() {
    let rows = [
        ("/deep?x=1", "/deep?x=1"),
        ("/login?return_to=/a%23b&state=mine", "/a?state=mine#b"),
        ("/login", "/"),
    ];
    for (path, landing) in rows {
        let (site, mut browser, _) = choosing(path);
        let landed = browser.send(&site, &Ask::form(ACME));
        assert_eq!(landed.verdict(), format!("303 to {SITE}{landing}"));
        assert_eq!(landed.note.reason, "signed_in");
        assert_eq!(browser.cookie(PENDING), None);
        let page = browser.go(&site, "/");
        assert_eq!(page.field("x-authkit-organization-id"), Some("org_acme"));
        assert_eq!(page.field("x-authkit-user-id"), Some(ADA.id));
        assert_eq!(selections(&site), 1);
    }
}

#[test]
fn only_our_own_page_chooses() {
    let bare = || Ask::bare(ACME).method("POST");
    let form = |target: &str| Ask::form(target);
    let rows = [
        (
            "same origin",
            bare().with("sec-fetch-site", "same-origin"),
            true,
        ),
        ("our origin", bare().with("origin", SITE), true),
        (
            "cross-site",
            form(ACME).with("sec-fetch-site", "cross-site"),
            false,
        ),
        (
            "same site",
            form(ACME).with("sec-fetch-site", "same-site"),
            false,
        ),
        ("typed in", form(ACME).with("sec-fetch-site", "none"), false),
        ("null", bare().with("origin", "null"), false),
        (
            "another",
            bare().with("origin", "https://evil.example"),
            false,
        ),
        ("nothing said", bare(), false),
        ("PUT", form(ACME).method("PUT"), false),
        ("none", form("/callback"), false),
        ("empty", form("/callback?organization_id="), false),
        (
            "two",
            form("/callback?organization_id=org_acme&organization_id=org_2"),
            false,
        ),
    ];
    for (name, ask, is_ours) in rows {
        let (site, mut browser, _) = choosing("/deep");
        let outcome = browser.send(&site, &ask);
        let expected = if is_ours {
            "303 to https://app.example.com/deep"
        } else {
            "405"
        };
        assert_eq!(outcome.verdict(), expected, "{name}");
        assert_eq!(selections(&site), usize::from(is_ours), "{name}");
        assert_eq!(browser.cookie(PENDING).is_none(), is_ours, "{name}");
        assert_eq!(browser.cookie(SESSION).is_some(), is_ours, "{name}");
    }
}

#[test]
fn a_get_chooses_nothing() {
    let (site, mut browser, _) = choosing("/deep");
    let outcome = browser.go(&site, ACME);
    assert_eq!(outcome.note.reason, "sign_in_restarts");
    assert_eq!(selections(&site), 0);
    assert_eq!(outcome.query()["organization_id"], "org_acme");
}

#[test]
fn an_organization_that_isnt_theirs_signs_nobody_in() {
    let (site, mut browser, _) = choosing("/deep");
    let refused = browser.send(&site, &Ask::form("/callback?organization_id=org_evil"));
    assert_eq!(refused.verdict(), "400");
    assert_eq!(refused.note.reason, "sign_in_refused");
    let detail = refused.note.detail.as_deref();
    assert_eq!(detail, Some("organization_membership_not_found"));
    assert!(!refused.body().contains("org_evil"), "nothing is repeated");
    assert_eq!(browser.cookie(SESSION), None);
    assert_eq!(browser.cookie(PENDING), None, "begin again");
}

#[test]
fn a_choice_is_good_while_workos_is_down() {
    let faults = [
        Fault::Network,
        Fault::Timeout,
        Fault::Answer(500, ""),
        Fault::Later(429, "{}"),
        Fault::Answer(401, r#"{"error":"invalid_client"}"#),
    ];
    for fault in faults {
        let (site, mut browser, _) = choosing("/deep");
        site.world.workos.tokens.once(fault.clone());
        let outcome = browser.send(&site, &Ask::form(ACME));
        assert_eq!(outcome.verdict(), "502", "{fault:?}");
        assert_eq!(browser.cookie(SESSION), None, "{fault:?}");
        assert!(browser.cookie(PENDING).is_some(), "{fault:?}");
        let landed = browser.send(&site, &Ask::form(ACME));
        assert_eq!(landed.verdict(), format!("303 to {SITE}/deep"), "{fault:?}");
    }
}

#[test]
fn a_button_pressed_twice_signs_in_once_and_blames_nobody() {
    let (site, mut browser, _) = choosing("/deep");
    let twice = browser.dress(&Ask::form(ACME));
    assert_eq!(
        browser.send(&site, &Ask::form(ACME)).note.reason,
        "signed_in"
    );
    let second = site.decide(&twice);
    assert_eq!(second.verdict(), "400");
    assert_eq!(second.note.reason, "code_refused");
    browser.keep(&second);
    assert_eq!(browser.go(&site, "/deep").verdict(), "forwarded as true");
}

#[test]
fn an_organization_that_asks_for_another_step_leads_to_it() {
    let (site, mut browser, _) = choosing("/deep");
    let sso = r#"{"error":"sso_required"}"#;
    site.world.workos.tokens.once(Fault::Answer(403, sso));
    let sent = browser.send(&site, &Ask::form(ACME));
    assert_eq!(sent.verdict(), "303 to AuthKit");
    assert_eq!(sent.note.reason, "step_up");
    assert_eq!(sent.query()["organization_id"], "org_acme");
    assert_eq!(browser.cookie(PENDING), None);
    site.world.workos.organizations.borrow_mut().clear();
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    let landed = browser.go(&site, &callback);
    assert_eq!(landed.verdict(), format!("303 to {SITE}/deep"));
}

#[test]
fn a_token_that_isnt_good_signs_nobody_in() {
    let (site, mut browser, _) = choosing("/deep");
    *site.world.workos.twist.borrow_mut() =
        Some(Box::new(|token, _| token.claims["sub"] = "user_eve".into()));
    let outcome = browser.send(&site, &Ask::form(ACME));
    assert_eq!(outcome.verdict(), "502");
    assert_eq!(browser.cookie(SESSION), None);
    assert_eq!(
        Browser::default().go(&site, "/").verdict(),
        "302 to AuthKit"
    );
}
