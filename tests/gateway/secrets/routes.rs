//! The routes for the front end, organizations and restarts.

use authkit_gateway::seal::Purpose;
use serde_json::json;

use super::{Canaries, site};
use crate::support::{
    ADA, Ask, Browser, Fault, LIFETIME, OTHER_PASSWORD, SESSION, Seen, Site, iron, opened,
};

const PENDING: &str = "__Host-authkit-pending";

#[test]
fn the_front_ends_routes_show_no_secret() {
    let faults = [
        None,
        Some(Fault::Network),
        Some(Fault::Answer(401, r#"{"error":"invalid_client"}"#)),
        Some(Fault::Answer(400, r#"{"error":"invalid_grant"}"#)),
        Some(Fault::Answer(403, r#"{"error":"sso_required"}"#)),
        Some(Fault::Answer(400, r#"{"code":"organization_not_found"}"#)),
    ];
    let switch = "/auth/switch-organization?organization_id=org_two";
    let asks = [
        Ask::script("/auth/refresh").method("POST"),
        Ask::script(switch).method("POST"),
        Ask::form(switch),
        Ask::script("/auth/token"),
        Ask::script("/auth/client.js"),
        Ask::navigation("/logout"),
    ];
    for fault in faults {
        for ask in &asks {
            let site = site();
            let mut browser = Browser::signed_in(&site, ADA);
            let mut canaries = Canaries::new();
            canaries.learn(&site, &browser);
            site.world.pass(LIFETIME);
            if let Some(fault) = &fault {
                site.world.workos.tokens.always(fault.clone());
            }
            let outcome = browser.send(&site, ask);
            canaries.learn(&site, &browser);
            canaries.check_outcome(ask, &outcome);
        }
    }
}

#[test]
fn the_token_itself_is_in_the_body_and_nowhere_else() {
    let site = Site::new(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let mut canaries = Canaries::new();
    let ask = Ask::script("/auth/token");
    let outcome = browser.send(&site, &ask);
    canaries.learn(&site, &browser);
    let session = opened(&site, Purpose::Session, SESSION, browser.session());
    let token = session["accessToken"].as_str().expect("a token");
    assert!(outcome.body().contains(token));
    canaries.check("the log", &super::line(&ask, &outcome));
    canaries.0.retain(|(name, _)| *name != "access token");
    canaries.check("the body", outcome.body());
}

#[test]
fn choosing_an_organization_shows_no_secret() {
    let organizations = [("org_acme", "Acme"), ("org_two", "Two")];
    let faults = [
        None,
        Some(Fault::Network),
        Some(Fault::Answer(403, r#"{"error":"sso_required"}"#)),
        Some(Fault::Answer(400, r#"{"error":"invalid_grant"}"#)),
    ];
    for fault in faults {
        let site = site();
        let list = &site.world.workos.organizations;
        list.borrow_mut().extend(organizations);
        let mut browser = Browser::default();
        let mut canaries = Canaries::new();
        let sent = browser.go(&site, "/login?state=callers");
        canaries.learn(&site, &browser);
        let callback = Ask::navigation(&site.world.workos.sign_in(sent.location(), ADA));
        let page = browser.send(&site, &callback);
        let sealed = browser.cookie(PENDING).expect("it is kept").to_owned();
        let pending = opened(&site, Purpose::Pending, PENDING, &sealed);
        canaries.add("pending sign-in's seal", &sealed);
        canaries.add("pending token", pending["token"].as_str().expect("a token"));
        canaries.check_outcome(&callback, &page);
        if let Some(fault) = fault {
            site.world.workos.tokens.once(fault);
        }
        let ask = Ask::form("/callback?organization_id=org_acme");
        let outcome = browser.send(&site, &ask);
        canaries.learn(&site, &browser);
        canaries.check_outcome(&ask, &outcome);
    }
}

#[test]
fn restarts_show_no_secret() {
    let site = site();
    let state = iron(
        &site,
        &json!({ "returnPathname": "/x", "codeVerifier": "verifier_canary" }),
    );
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let query = query
        .append_pair("state", &state)
        .append_pair("code", "code_canary");
    let query = query
        .append_pair("invitation_token", "invitation_canary")
        .finish();
    let mut canaries = Canaries::new();
    canaries.add("sdk's state", &state);
    canaries.add("sdk's verifier", "verifier_canary");
    canaries.add("code", "code_canary");
    canaries.add("invitation", "invitation_canary");
    for accept in ["text/html", "application/json"] {
        let ask = Ask::navigation(&format!("/callback?{query}")).with("accept", accept);
        let mut browser = Browser::default();
        let outcome = browser.send(&site, &ask);
        canaries.learn(&site, &browser);
        canaries.check_outcome(&ask, &outcome);
    }
}

#[test]
fn seals_for_sdks_show_no_secret() {
    let site = Site::new(&[
        ("WORKOS_COOKIE_PASSWORD_PREVIOUS", OTHER_PASSWORD),
        ("COOKIE_SEAL", "iron"),
        ("AUTHKIT_NEXTJS", "true"),
        ("FORWARD_SESSION_COOKIE", "true"),
        ("IMPERSONATION", "read-only"),
    ]);
    Canaries::new().check("Debug", &format!("{:?}", site.gateway.config));
    let mut browser = Browser::signed_in(&site, ADA);
    let mut canaries = Canaries::new();
    for _ in 0..2 {
        for ask in [
            Ask::navigation("/"),
            Ask::form("/"),
            Ask::script("/auth/session"),
        ] {
            let outcome = browser.send(&site, &ask);
            canaries.learn(&site, &browser);
            let sealed = outcome.field("x-workos-session").map(str::to_owned);
            sealed
                .into_iter()
                .for_each(|text| canaries.add("next's session", &text));
            canaries.check_outcome(&ask, &outcome);
        }
        site.world.pass(LIFETIME);
    }
}
