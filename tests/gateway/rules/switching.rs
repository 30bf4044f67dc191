//! Who is in the wrong organization changes over on the page that says so.

use serde_json::json;

use super::{ada, site};
use crate::support::{Ask, BOB, Browser, Fault, LIFETIME, SITE, Seen};

/// The address a page's form with this label posts to.
fn action(page: &str, label: &str) -> String {
    let before = page
        .split(&format!(">{label}</button>"))
        .next()
        .unwrap_or_default();
    let form = before.rsplit("action=\"").next().unwrap_or_default();
    let action = form.split('"').next().unwrap_or_default();
    action.replace("&amp;", "&")
}

#[test]
fn the_form_leads_into_the_organization_and_back() {
    let site = site("/team/:path* org:org_2", &[], json!({}));
    let mut browser = Browser::signed_in(&site, BOB);
    let page = browser.go(&site, "/team/a?x=1&y=%23");
    assert_eq!(page.verdict(), "403");
    let action = action(page.body(), "Switch organization");
    let there = browser.send(&site, &Ask::form(&action));
    assert_eq!(there.verdict(), format!("303 to {SITE}/team/a?x=1&y=%23"));
    let page = browser.go(&site, "/team/a?x=1&y=%23");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.field("x-authkit-organization-id"), Some("org_2"));
}

#[test]
fn an_organization_that_asks_for_more_leads_to_authkit_and_back() {
    let site = site("/team org:org_2", &[], json!({}));
    let mut browser = ada(&site);
    let page = browser.go(&site, "/team");
    let sso = r#"{"error":"sso_required"}"#;
    site.world.workos.tokens.once(Fault::Answer(403, sso));
    let sent = browser.send(
        &site,
        &Ask::form(&action(page.body(), "Switch organization")),
    );
    assert_eq!(sent.verdict(), "303 to AuthKit");
    assert_eq!(sent.query()["organization_id"], "org_2");
    let landed = site.world.workos.sign_in(sent.location(), BOB);
    assert_eq!(
        browser.go(&site, &landed).verdict(),
        format!("303 to {SITE}/team")
    );
}

#[test]
fn an_organization_of_others_stays_theirs() {
    let site = site("/team org:org_2", &[], json!({}));
    let mut browser = ada(&site);
    let page = browser.go(&site, "/team");
    let denied = r#"{"error":"invalid_grant"}"#;
    site.world.workos.tokens.once(Fault::Answer(400, denied));
    let refused = browser.send(
        &site,
        &Ask::form(&action(page.body(), "Switch organization")),
    );
    assert_eq!(refused.verdict(), "403");
    assert_eq!(
        browser.go(&site, "/x").verdict(),
        "forwarded as true",
        "still signed in"
    );
}

#[test]
fn only_one_organization_can_be_named() {
    for condition in ["org:*", "org:org_1|org_2", "role:admin"] {
        let site = site(&format!("/team {condition}"), &[], json!({}));
        let page = ada(&site).go(&site, "/team");
        assert!(
            !page.body().contains("/auth/switch-organization"),
            "{condition}"
        );
    }
}

#[test]
fn a_name_is_encoded() {
    let site = site("/team org:org_&1\"", &[], json!({}));
    let page = ada(&site).go(&site, "/team");
    let action = action(page.body(), "Switch organization");
    let expected = "/auth/switch-organization?organization_id=org_%261%22&return_to=%2Fteam";
    assert_eq!(action, expected);
}

#[test]
fn another_step_is_taken_in_the_sessions_own_organization() {
    let site = site(
        "/team org:org_2 max_age:1h",
        &[],
        json!({ "org_id": "org_1" }),
    );
    let mut browser = ada(&site);
    site.world.pass(LIFETIME);
    let sso = r#"{"error":"sso_required"}"#;
    site.world.workos.tokens.once(Fault::Answer(403, sso));
    let sent = browser.go(&site, "/team");
    assert_eq!(sent.verdict(), "302 to AuthKit");
    let location = sent.location();
    assert_eq!(
        location.matches("organization_id=").count(),
        1,
        "{location}"
    );
    assert_eq!(sent.query()["organization_id"], "org_1");
    assert_eq!(sent.query()["max_age"], "3600");
}
