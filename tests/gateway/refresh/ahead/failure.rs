//! The exchange ahead comes to nothing.

use serde_json::Value;

use authkit_gateway::log::LogLevel;

use super::{DUE, near};
use crate::support::{ADA, Ask, Fault, SESSION, Seen, Unsigned};

/// What can come of an exchange that isn't new tokens, and how the log names it.
const FAILURES: [(Fault, &str, LogLevel); 13] = [
    (Fault::Network, "transient", LogLevel::Warn),
    (Fault::Timeout, "transient", LogLevel::Warn),
    (Fault::LostReply, "transient", LogLevel::Warn),
    (Fault::Answer(500, ""), "transient", LogLevel::Warn),
    (Fault::Answer(302, ""), "transient", LogLevel::Warn),
    (Fault::Answer(200, "<html>"), "transient", LogLevel::Warn),
    (Fault::Later(429, "{}"), "transient", LogLevel::Warn),
    (Fault::Later(503, ""), "transient", LogLevel::Warn),
    (
        Fault::Answer(400, r#"{"error":"invalid_grant"}"#),
        "terminal",
        LogLevel::Info,
    ),
    (
        Fault::Answer(403, r#"{"error":"sso_required"}"#),
        "step-up",
        LogLevel::Info,
    ),
    (
        Fault::Answer(400, r#"{"code":"organization_membership_not_found"}"#),
        "organization-denied",
        LogLevel::Info,
    ),
    (
        Fault::Answer(401, r#"{"error":"invalid_client"}"#),
        "misconfigured",
        LogLevel::Error,
    ),
    (Fault::Answer(404, ""), "misconfigured", LogLevel::Error),
];

/// Every way to ask for what a session is good for, with what tells that it was.
fn asks() -> [(Ask, &'static str); 5] {
    let upgrade = Ask::script("/socket").with("upgrade", "websocket");
    [
        (Ask::navigation("/"), "forwarded as true"),
        (Ask::script("/data"), "forwarded as true"),
        (upgrade, "forwarded as true"),
        (Ask::script("/auth/session"), "200"),
        (Ask::script("/auth/token"), "200"),
    ]
}

#[test]
fn the_current_token_serves_and_the_cookie_is_left_alone() {
    for (fault, name, _) in FAILURES {
        for (ask, verdict) in asks() {
            let (site, mut browser) = near(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
            site.world.workos.tokens.always(fault.clone());
            let row = format!("{fault:?} {}", ask.url);
            let outcome = browser.send(&site, &ask);
            assert_eq!(outcome.verdict(), verdict, "{row}");
            assert_eq!(outcome.note.refresh, Some(name), "{row}");
            assert!(outcome.cookies().is_empty(), "{row}");
            let asked = site.world.workos.refreshes();
            let again = browser.send(&site, &ask);
            assert_eq!(again.verdict(), verdict, "{row}");
            assert_eq!(site.world.workos.refreshes(), asked, "{row}: left alone");
        }
    }
}

#[test]
fn the_log_says_how_bad_it_is() {
    for (fault, _, level) in FAILURES {
        for (ask, _) in asks() {
            let (site, mut browser) = near(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
            site.world.workos.tokens.always(fault.clone());
            let outcome = browser.send(&site, &ask);
            assert_eq!(outcome.note.level, level, "{fault:?} {}", ask.url);
        }
    }
}

#[test]
fn a_session_that_has_ended_serves_until_its_token_runs_out() {
    let (site, mut browser) = near(&[]);
    let ended = Fault::Answer(400, r#"{"error":"invalid_grant"}"#);
    site.world.workos.tokens.always(ended);
    for _ in 0..DUE {
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
        site.world.pass(1);
    }
    let page = browser.go(&site, "/");
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("302 to AuthKit", "session_ended")
    );
    assert!(page.cookie(SESSION).is_none());
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn another_users_tokens_are_thrown_away_loudly() {
    type Twist = fn(&mut Unsigned, &mut Value);
    let rows: [(&str, Twist); 4] = [
        ("both", |token, answer| {
            token.claims["sub"] = ADA.id.into();
            answer["user"]["id"] = ADA.id.into();
        }),
        ("the user", |_, answer| answer["user"]["id"] = ADA.id.into()),
        ("the token", |token, _| token.claims["sub"] = ADA.id.into()),
        ("a bad token", |token, _| {
            token.header["alg"] = "none".into();
        }),
    ];
    for (name, twist) in rows {
        for (ask, verdict) in asks() {
            let (site, mut browser) = near(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
            *site.world.workos.twist.borrow_mut() = Some(Box::new(twist));
            let outcome = browser.send(&site, &ask);
            let row = format!("{name} {}", ask.url);
            assert_eq!(outcome.verdict(), verdict, "{row}");
            assert!(outcome.cookies().is_empty(), "{row}");
            assert!(!outcome.body().contains(ADA.id), "{row}");
            assert_eq!(outcome.note.level, LogLevel::Error, "{row}");
            assert!(outcome.note.detail.is_some(), "{row}");
        }
    }
}

#[test]
fn what_cannot_be_sealed_is_not_asked_for() {
    let (site, mut browser) = near(&[]);
    site.world.randomness.set(0);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert!(page.cookies().is_empty());
    assert_eq!(site.world.workos.refreshes(), 0);
}

#[test]
fn tokens_that_cannot_be_verified_yet_are_not_lost() {
    let (site, mut browser) = near(&[]);
    site.world.workos.key_names.borrow_mut().push("key_2");
    site.world.workos.keys.always(Fault::Network);
    let before = browser.session().to_owned();
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.note.refresh, Some("unverified"));
    assert_ne!(browser.session(), before, "the old refresh token is spent");
    site.world.workos.keys.end();
    site.world.pass(31);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert_eq!(site.world.workos.refreshes(), 1);
}
