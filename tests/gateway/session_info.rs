//! What the front end is told of the visitor.

use serde_json::{Value, json};

use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, Seen, Site};

fn told(site: &Site, browser: &mut Browser) -> Value {
    let outcome = browser.send(site, &Ask::script("/auth/session"));
    assert_eq!(outcome.verdict(), "200");
    assert_eq!(
        outcome.field("cross-origin-resource-policy"),
        Some("same-origin")
    );
    serde_json::from_str(outcome.body()).expect("JSON")
}

#[test]
fn nobody_is_no_error() {
    let site = Site::new(&[]);
    assert_eq!(
        told(&site, &mut Browser::default()),
        json!({ "user": null })
    );
}

#[test]
fn somebody_is_described_without_tokens() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, BOB);
    let session = told(&site, &mut browser);
    assert_eq!(session["user"]["id"], BOB.id);
    assert_eq!(session["user"]["emailVerified"], true);
    assert_eq!(session["organizationId"], "org_acme");
    assert_eq!(session["role"], "member");
    assert_eq!(session["expiresAt"], site.now().0 + LIFETIME);
    let text = session.to_string();
    assert!(
        !text.contains("eyJ") && !text.contains("refresh_token"),
        "{text}"
    );
}

#[test]
fn an_outage_is_said_to_be_one() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    site.world.workos.tokens.always(Fault::Network);
    let outcome = browser.send(&site, &Ask::script("/auth/session"));
    assert_eq!(outcome.verdict(), "503");
    assert_eq!(outcome.field("retry-after"), Some("6"));
}

#[test]
fn health_asks_nobody() {
    let site = Site::new(&[]);
    site.world.randomness.set(0);
    let outcome = site.decide(&Ask::bare("/auth/health"));
    assert_eq!(
        (outcome.verdict().as_str(), outcome.body()),
        ("200", r#"{"status":"ok"}"#)
    );
    assert!(site.world.workos.calls.borrow().is_empty());
}
