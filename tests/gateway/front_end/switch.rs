//! `POST /auth/switch-organization`: the session in another organization.

use super::{json, post, senders};
use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, SESSION, SITE, Seen, Site};

const PATH: &str = "/auth/switch-organization?organization_id=org_two";

#[test]
fn only_a_page_of_this_origin_switches() {
    for (name, ask, may) in senders(PATH) {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), if may { "200" } else { "403" }, "{name}");
        assert_eq!(site.world.workos.refreshes(), usize::from(may), "{name}");
    }
    let site = Site::new(&[]);
    let outcome = Browser::signed_in(&site, ADA).go(&site, PATH);
    assert_eq!(outcome.verdict(), "405");
    assert_eq!(outcome.field("allow"), Some("POST"));
}

#[test]
fn a_program_gets_the_session_as_json() {
    for age in [0, LIFETIME] {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, BOB);
        site.world.pass(age);
        let outcome = browser.send(&site, &post(PATH));
        assert_eq!(outcome.verdict(), "200");
        assert_eq!(json(&outcome)["organizationId"], "org_two");
        assert_eq!(json(&outcome)["user"]["id"], BOB.id);
        let page = browser.go(&site, "/");
        assert_eq!(page.field("x-authkit-organization-id"), Some("org_two"));
        assert_eq!(site.world.workos.refreshes(), 1);
    }
}

#[test]
fn a_form_goes_on_to_a_page_of_the_site() {
    let rows = [
        ("", "/home"),
        ("&return_to=/teams?x=1", "/teams?x=1"),
        ("&return_to=//evil.example", "/home"),
        ("&return_to=https://evil.example", "/home"),
        ("&return_to=/login", "/home"),
        ("&return_to=/a&return_to=/b", "/home"),
    ];
    for (query, landing) in rows {
        let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
        let mut browser = Browser::signed_in(&site, BOB);
        let before = browser.session().to_owned();
        let outcome = browser.send(&site, &Ask::form(&format!("{PATH}{query}")));
        assert_eq!(
            outcome.verdict(),
            format!("303 to {SITE}{landing}"),
            "{query}"
        );
        assert_ne!(browser.session(), before, "{query}");
        let page = browser.go(&site, "/");
        assert_eq!(page.field("x-authkit-organization-id"), Some("org_two"));
    }
}

#[test]
fn a_step_up_leads_a_form_to_authkit_and_is_told_to_programs() {
    for code in ["sso_required", "mfa_enrollment"] {
        let body: &'static str = match code {
            "sso_required" => r#"{"error":"sso_required"}"#,
            _ => r#"{"code":"mfa_enrollment"}"#,
        };
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, BOB);
        site.world.workos.tokens.once(Fault::Answer(403, body));
        let told = browser.send(&site, &post(PATH));
        assert_eq!(told.verdict(), "403", "{code}");
        assert_eq!(json(&told)["error"], "step_up_required", "{code}");
        let ask = Ask::form(&format!("{PATH}&return_to=/teams"));
        let sent = browser.send(&site, &ask);
        assert_eq!(sent.verdict(), "303 to AuthKit", "{code}");
        assert_eq!(sent.query()["organization_id"], "org_two", "{code}");
        assert_eq!(
            browser.go(&site, "/").verdict(),
            "forwarded as true",
            "{code}"
        );
        site.world.workos.tokens.end();
        let callback = site.world.workos.sign_in(sent.location(), BOB);
        let landed = browser.go(&site, &callback);
        assert_eq!(landed.verdict(), format!("303 to {SITE}/teams"), "{code}");
    }
}

#[test]
fn an_organization_that_is_denied_signs_nobody_out() {
    let faults = [
        Fault::Answer(400, r#"{"code":"organization_membership_not_found"}"#),
        Fault::Answer(403, r#"{"error":"organization_not_authorized"}"#),
        Fault::Answer(400, r#"{"error":"invalid_grant"}"#),
    ];
    for fault in faults {
        for ask in [post(PATH), Ask::form(PATH)] {
            let site = Site::new(&[]);
            let mut browser = Browser::signed_in(&site, BOB);
            let before = browser.session().to_owned();
            site.world.workos.tokens.once(fault.clone());
            let outcome = browser.send(&site, &ask);
            assert_eq!(outcome.verdict(), "403", "{fault:?}");
            assert!(outcome.cookies().is_empty(), "{fault:?}");
            let still = outcome.body().contains("You are still signed in.");
            assert!(still, "{}", outcome.body());
            assert_eq!(browser.session(), before, "{fault:?}");
            site.world.pass(LIFETIME);
            let page = browser.go(&site, "/");
            assert_eq!(page.verdict(), "forwarded as true", "{fault:?}");
            let organization = page.field("x-authkit-organization-id");
            assert_eq!(organization, Some("org_acme"), "{fault:?}: where they were");
        }
    }
}

#[test]
fn an_organization_must_be_named() {
    let long = format!("organization_id={}", "x".repeat(513));
    let rows = [
        "",
        "organization_id=",
        "organization_id=a&organization_id=b",
        "organization_id=a%0ab",
        &long,
    ];
    for query in rows {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, BOB);
        let target = format!("/auth/switch-organization?{query}");
        let outcome = browser.send(&site, &post(&target));
        assert_eq!(outcome.verdict(), "400", "{query}");
        assert_eq!(
            json(&outcome)["error"],
            "organization_id_missing",
            "{query}"
        );
        assert_eq!(site.world.workos.refreshes(), 0, "{query}");
    }
}

#[test]
fn nobody_and_outages_are_told_apart() {
    let site = Site::new(&[]);
    let nobody = Browser::default().send(&site, &post(PATH));
    assert_eq!(nobody.verdict(), "401");
    assert_eq!(json(&nobody)["error"], "unauthenticated");
    for ask in [post(PATH), Ask::form(PATH)] {
        let site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, BOB);
        site.world.workos.tokens.always(Fault::Network);
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), "503");
        assert_eq!(outcome.field("retry-after"), Some("6"));
        assert!(browser.cookie(SESSION).is_some());
    }
}

#[test]
fn a_page_that_answers_a_form_isnt_loaded_again_by_itself() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, BOB);
    site.world.workos.tokens.always(Fault::Network);
    let outcome = browser.send(&site, &Ask::form(PATH));
    let again = outcome.body().contains("http-equiv=\"refresh\"");
    assert!(!again, "that would be a GET of what takes a POST");
}
