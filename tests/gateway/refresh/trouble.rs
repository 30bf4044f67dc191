//! The exchange comes to nothing.

use serde_json::{Value, json};

use authkit_gateway::log::LogLevel;

use super::expired;
use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, SESSION, Seen, Site, Unsigned};

#[test]
fn a_dead_refresh_token_is_remembered_and_its_cookie_left_alone() {
    let (site, mut browser) = expired();
    site.world
        .workos
        .tokens
        .always(Fault::Answer(400, r#"{"error":"invalid_grant"}"#));
    for _ in 0..5 {
        let page = browser.go(&site, "/");
        assert_eq!(
            (page.verdict().as_str(), page.note.reason),
            ("302 to AuthKit", "session_ended")
        );
        assert!(page.cookie(SESSION).is_none());
        site.world.pass(100);
    }
    assert_eq!(site.world.workos.refreshes(), 1);
    site.world.workos.tokens.end();
    let landed = browser.sign_in(&site, "/", BOB);
    assert_eq!(landed.note.reason, "signed_in", "signing in again helps");
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
}

#[test]
fn a_passing_trouble_signs_nobody_out() {
    let rows = [
        Fault::Network,
        Fault::Timeout,
        Fault::Answer(408, ""),
        Fault::Later(429, "{}"),
        Fault::Answer(500, "oops"),
        Fault::Later(503, "<html>"),
        Fault::Answer(599, ""),
        Fault::Answer(302, ""),
        Fault::Answer(200, "<html>"),
        Fault::Answer(200, "{}"),
        Fault::Answer(200, r#"{"access_token":"x","refresh_token":"y","user":{}}"#),
    ];
    for fault in rows {
        for ask in [Ask::navigation("/"), Ask::script("/"), Ask::form("/")] {
            let (site, mut browser) = expired();
            site.world.workos.tokens.always(fault.clone());
            let outcome = browser.send(&site, &ask);
            assert_eq!(outcome.verdict(), "503", "{fault:?}");
            assert_eq!(outcome.note.refresh, Some("transient"), "{fault:?}");
            assert_eq!(outcome.note.level, LogLevel::Warn, "{fault:?}");
            assert!(outcome.cookies().is_empty(), "{fault:?}");
            let wait = if matches!(fault, Fault::Later(..)) {
                "7"
            } else {
                "6"
            };
            assert_eq!(outcome.field("retry-after"), Some(wait), "{fault:?}");
            assert!(
                (1..=3).contains(&site.world.workos.refreshes()),
                "{fault:?}"
            );
            site.world.workos.tokens.end();
            site.world.pass(10);
            assert_eq!(
                browser.go(&site, "/").verdict(),
                "forwarded as true",
                "{fault:?}"
            );
        }
    }
}

#[test]
fn our_own_mistakes_sign_nobody_out_and_are_loud() {
    for (status, body) in [
        (401, r#"{"error":"invalid_client"}"#),
        (400, r#"{"error":"invalid_client"}"#),
        (401, r#"{"error":"invalid_grant"}"#),
        (404, ""),
        (400, "unheard of"),
    ] {
        let (site, mut browser) = expired();
        site.world.workos.tokens.always(Fault::Answer(status, body));
        let outcome = browser.go(&site, "/");
        assert_eq!(
            (outcome.verdict().as_str(), outcome.note.reason),
            ("503", "misconfigured")
        );
        assert_eq!(outcome.note.level, LogLevel::Error, "{status} {body}");
        assert!(outcome.cookies().is_empty(), "{status} {body}");
        assert_eq!(
            site.world.workos.refreshes(),
            1,
            "{status} {body}: asking again won't help"
        );
    }
}

#[test]
fn our_own_mistakes_are_loud_wherever_they_show() {
    let rules = [
        ("MATCHER", "/app/:path*"),
        ("UNAUTHENTICATED_PATHS", "/app/open"),
    ];
    for ask in [
        Ask::navigation("/app/open"),
        Ask::script("/auth/session"),
        Ask::navigation("/login"),
    ] {
        let site = Site::new(&rules);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.pass(LIFETIME);
        site.world.workos.tokens.always(Fault::Answer(401, ""));
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.note.level, LogLevel::Error, "{ask:?}");
        assert_eq!(outcome.note.refresh, Some("misconfigured"), "{ask:?}");
    }
}

#[test]
fn a_step_up_leads_to_authkit_with_the_organization() {
    for body in [
        r#"{"code":"mfa_enrollment"}"#,
        r#"{"error":"sso_required"}"#,
    ] {
        let (site, mut browser) = expired();
        site.world.workos.tokens.always(Fault::Answer(403, body));
        let page = browser.go(&site, "/deep");
        assert_eq!(
            (page.verdict().as_str(), page.note.reason),
            ("302 to AuthKit", "step_up")
        );
        assert_eq!(page.query()["organization_id"], "org_acme", "{body}");
        assert!(page.cookie(SESSION).is_none(), "{body}");
        assert_eq!(
            browser.send(&site, &Ask::script("/")).verdict(),
            "401",
            "{body}"
        );
    }
}

#[test]
fn another_users_tokens_are_thrown_away() {
    type Twist = fn(&mut Unsigned, &mut Value);
    let rows: [(&str, Twist); 4] = [
        ("both", |token, answer| {
            token.claims["sub"] = ADA.id.into();
            answer["user"]["id"] = ADA.id.into();
        }),
        ("the user", |_, answer| answer["user"]["id"] = ADA.id.into()),
        ("the token", |token, _| token.claims["sub"] = ADA.id.into()),
        ("a bad token", |token, _| {
            token.header["alg"] = json!("none")
        }),
    ];
    for (name, twist) in rows {
        let (site, mut browser) = expired();
        *site.world.workos.twist.borrow_mut() = Some(Box::new(twist));
        let outcome = browser.go(&site, "/");
        assert_eq!(
            (outcome.verdict().as_str(), outcome.note.reason),
            ("503", "misconfigured")
        );
        assert_eq!(outcome.note.level, LogLevel::Error, "{name}");
        assert!(outcome.cookies().is_empty(), "{name}");
    }
}
