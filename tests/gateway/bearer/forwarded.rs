//! What the site gets of somebody who came with a token.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::{ON, token, with};
use crate::support::{ADA, Ask, BOB, Browser, SESSION, Site, arriving, value};

fn arrived(site: &Site, ask: &Ask) -> Vec<(String, String)> {
    arriving(site, ask, &site.decide(ask))
}

#[test]
fn the_token_goes_on_as_it_came() {
    for forward in ["true", "false"] {
        let site = Site::new(&[ON, ("FORWARD_ACCESS_TOKEN", forward)]);
        let ask = with(&Ask::script("/x"), &token(&site));
        let lines = arrived(&site, &ask);
        let own = ask.head().field("authorization");
        assert_eq!(value(&lines, "authorization"), own.as_deref(), "{forward}");
    }
}

#[test]
fn of_the_user_no_more_is_known_than_the_id() {
    let site = Site::new(&[ON, ("FORWARD_USER", "true")]);
    let lines = arrived(&site, &with(&Ask::script("/x"), &token(&site)));
    let user = value(&lines, "x-authkit-user").expect("the user");
    let user = URL_SAFE_NO_PAD.decode(user).expect("base64url");
    let user: Value = serde_json::from_slice(&user).expect("JSON");
    assert_eq!(user, json!({ "id": BOB.id }));
}

#[test]
fn a_session_of_somebody_else_doesnt_come_along() {
    for forward in ["true", "false"] {
        let site = Site::new(&[ON, ("FORWARD_SESSION_COOKIE", forward)]);
        let browser = Browser::signed_in(&site, ADA);
        let ask = browser.dress(&with(&Ask::script("/x"), &token(&site)));
        let lines = arrived(&site, &ask);
        let cookies = value(&lines, "cookie").unwrap_or_default();
        assert!(
            !cookies.contains(SESSION),
            "Ada's session beside Bob's name: {forward}"
        );
    }
}

#[test]
fn nor_does_it_beside_a_token_that_isnt_good() {
    let site = Site::new(&[
        ON,
        ("FORWARD_SESSION_COOKIE", "true"),
        ("UNAUTHENTICATED_PATHS", "/open"),
    ]);
    let browser = Browser::signed_in(&site, ADA);
    let mut bad = token(&site);
    bad.claims["client_id"] = "client_other".into();
    let ask = browser.dress(&with(&Ask::script("/open"), &bad));
    let lines = arrived(&site, &ask);
    assert_eq!(value(&lines, "x-authkit-authenticated"), Some("false"));
    let cookies = value(&lines, "cookie").unwrap_or_default();
    assert!(!cookies.contains(SESSION), "the token alone decides");
}

#[test]
fn without_a_token_that_counts_the_sessions_cookie_goes_on() {
    let forward = ("FORWARD_SESSION_COOKIE", "true");
    let open = ("UNAUTHENTICATED_PATHS", "/open");
    let bearer = ("authorization", "Bearer of.a.token");
    let rows = [
        (Site::new(&[ON, forward, open]), Ask::script("/open")),
        (
            Site::new(&[forward, open]),
            Ask::script("/open").with(bearer.0, bearer.1),
        ),
    ];
    for (site, ask) in rows {
        let unreadable = format!("{SESSION}=v1.unreadable");
        let lines = arrived(&site, &ask.clone().with("cookie", &unreadable));
        assert_eq!(value(&lines, "x-authkit-authenticated"), Some("false"));
        let cookie = value(&lines, "cookie");
        assert_eq!(cookie, Some(unreadable.as_str()), "{ask:?}");
    }
}

#[test]
fn an_sdk_finds_no_session_in_it() {
    let site = Site::new(&[ON, ("AUTHKIT_NEXTJS", "true"), ("COOKIE_SEAL", "iron")]);
    let lines = arrived(&site, &with(&Ask::script("/x"), &token(&site)));
    assert_eq!(
        value(&lines, "x-workos-session"),
        None,
        "there is no refresh token to seal"
    );
    assert_eq!(value(&lines, "x-workos-middleware"), Some("true"));
    assert_eq!(value(&lines, "x-authkit-user-id"), Some(BOB.id));
}

#[test]
fn whoever_acts_as_the_user_is_told_of_and_may_be_kept_from_changes() {
    let site = Site::new(&[ON, ("IMPERSONATION", "read-only")]);
    let mut acting = token(&site);
    acting.claims["act"] = json!({ "sub": "support@example.com" });
    let lines = arrived(&site, &with(&Ask::script("/x"), &acting));
    assert_eq!(
        value(&lines, "x-authkit-impersonator"),
        Some("support@example.com")
    );
    let post = site.decide(&with(&Ask::script("/x").method("POST"), &acting));
    assert_eq!(post.note.reason, "impersonation_read_only");
}

#[test]
fn nobody_can_say_more_of_themselves_than_the_token_does() {
    let site = Site::new(&[ON]);
    let ask = with(&Ask::script("/x"), &token(&site))
        .with("x-authkit-email", "eve@example.com")
        .with("x-authkit-permissions", r#"["all"]"#);
    let lines = arrived(&site, &ask);
    assert_eq!(value(&lines, "x-authkit-email"), None);
    assert_eq!(value(&lines, "x-authkit-permissions"), None);
}
