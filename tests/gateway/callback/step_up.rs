//! WorkOS asks for another step before it gives tokens: the visitor is led to it.

use super::Coming;
use crate::support::{ADA, Browser, Fault, SITE, Seen, Site};

const STEPS: [&str; 8] = [
    r#"{"code":"email_verification_required","pending_authentication_token":"pending_x"}"#,
    r#"{"code":"mfa_challenge","pending_authentication_token":"pending_x"}"#,
    r#"{"code":"mfa_enrollment","pending_authentication_token":"pending_x"}"#,
    r#"{"code":"organization_authentication_methods_required"}"#,
    r#"{"error":"sso_required","connection_ids":["conn_1"]}"#,
    // A choice that can't be offered here.
    r#"{"code":"organization_selection_required"}"#,
    r#"{"code":"organization_selection_required","organizations":[{"id":"org_1"}]}"#,
    r#"{"code":"organization_selection_required","pending_authentication_token":"x","organizations":[]}"#,
];

#[test]
fn a_step_is_taken_at_authkit_and_the_sign_in_ends_where_it_was_to_end() {
    for step in STEPS {
        let site = Site::new(&[]);
        let mut browser = Browser::default();
        site.world.workos.tokens.once(Fault::Answer(403, step));
        let sent = browser.sign_in(&site, "/login?return_to=/deep&state=abc", ADA);
        assert_eq!(sent.verdict(), "302 to AuthKit", "{step}");
        assert_eq!(sent.note.reason, "step_up", "{step}");
        let state = &sent.query()["state"];
        assert!(state.starts_with("1."), "{step}");
        assert_eq!(browser.flows().len(), 1, "{step}: the first one is over");
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let landed = browser.go(&site, &callback);
        let expected = format!("303 to {SITE}/deep?state=abc");
        assert_eq!(landed.verdict(), expected, "{step}");
    }
}

#[test]
fn who_comes_back_without_the_step_ends_on_a_page() {
    for step in STEPS {
        let mut coming = Coming::back();
        let tokens = &coming.site.world.workos.tokens;
        tokens.always(Fault::Answer(403, step));
        let sent = coming.browser.go(&coming.site, coming.callback.as_str());
        let again = coming.site.world.workos.sign_in(sent.location(), ADA);
        let sent = coming.browser.go(&coming.site, &again);
        assert!(sent.query()["state"].starts_with("2."), "{step}");
        let again = coming.site.world.workos.sign_in(sent.location(), ADA);
        let end = coming.browser.go(&coming.site, &again);
        assert_eq!(end.verdict(), "403", "{step}");
        assert_eq!(end.note.reason, "step_up_required", "{step}");
        assert!(end.body().contains("/login?return_to=%2Fdeep"), "{step}");
        assert!(coming.browser.flows().is_empty(), "{step}");
    }
}

#[test]
fn who_arrives_without_a_sign_in_of_ours_takes_the_step_too() {
    for step in STEPS {
        let site = Site::new(&[]);
        let mut browser = Browser::default();
        let sent = browser.go(&site, "/callback?code=from_an_invitation");
        assert_eq!(sent.verdict(), "302 to AuthKit", "{step}");
        assert_eq!(sent.note.reason, "sign_in_restarts", "{step}");
        site.world.workos.tokens.once(Fault::Answer(403, step));
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let sent = browser.go(&site, &callback);
        assert_eq!(sent.note.reason, "step_up", "{step}");
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let landed = browser.go(&site, &callback);
        assert_eq!(landed.verdict(), format!("303 to {SITE}/"), "{step}");
    }
}
