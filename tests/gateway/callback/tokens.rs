//! A token that comes with a code is believed only after every check.

use std::time::Duration;

use serde_json::Value;

use authkit_gateway::log::LogLevel;

use crate::support::{ADA, Ask, Browser, Fault, SESSION, Seen, Site, Unsigned};

#[test]
fn a_token_that_isnt_good_signs_nobody_in() {
    type Twist = fn(&mut Unsigned, &mut Value);
    let rows: [(&str, Twist); 17] = [
        ("no algorithm", |token, _| {
            token.header["alg"] = "none".into()
        }),
        ("a shared secret", |token, _| {
            token.header["alg"] = "HS256".into()
        }),
        ("another RSA", |token, _| {
            token.header["alg"] = "RS512".into()
        }),
        ("PSS", |token, _| token.header["alg"] = "PS256".into()),
        ("critical", |token, _| {
            token.header["crit"] = serde_json::json!(["x"])
        }),
        ("no key", |token, _| token.header["kid"] = Value::Null),
        ("unknown key", |token, _| {
            token.header["kid"] = "key_9".into()
        }),
        ("wrong signature", |token, _| token.key = "key_9".to_owned()),
        ("issuer", |token, _| {
            token.claims["iss"] = "https://evil.example".into()
        }),
        ("client", |token, _| {
            token.claims["client_id"] = "client_other".into()
        }),
        ("expired", |token, _| {
            token.claims["exp"] = token.claims["iat"].clone()
        }),
        ("not yet", |token, _| {
            token.claims["nbf"] = 4_000_000_000_u64.into()
        }),
        ("no expiry", |token, _| token.claims["exp"] = Value::Null),
        ("another user", |token, _| {
            token.claims["sub"] = "user_eve".into()
        }),
        ("no user", |token, _| token.claims["sub"] = "".into()),
        ("no session", |token, _| token.claims["sid"] = Value::Null),
        ("another sealed user", |_, answer| {
            answer["user"]["id"] = "user_eve".into()
        }),
    ];
    for (name, twist) in rows {
        let site = Site::new(&[]);
        *site.world.workos.twist.borrow_mut() = Some(Box::new(twist));
        let mut browser = Browser::default();
        let outcome = browser.sign_in(&site, "/login", ADA);
        assert_eq!(outcome.verdict(), "502", "{name}");
        assert_eq!(outcome.note.level, LogLevel::Error, "{name}");
        assert_eq!(browser.cookie(SESSION), None, "{name}");
        assert!(browser.flows().is_empty(), "{name}: the code is spent");
    }
}

#[test]
fn an_incomplete_answer_signs_nobody_in() {
    type Twist = fn(&mut Unsigned, &mut Value);
    let rows: [(&str, Twist); 4] = [
        ("no refresh token", |_, answer| {
            answer["refresh_token"] = Value::Null
        }),
        ("no user", |_, answer| answer["user"] = Value::Null),
        ("no user id", |_, answer| answer["user"]["id"] = Value::Null),
        ("a user id that is a number", |_, answer| {
            answer["user"]["id"] = 7.into()
        }),
    ];
    for (name, twist) in rows {
        let site = Site::new(&[]);
        *site.world.workos.twist.borrow_mut() = Some(Box::new(twist));
        let mut browser = Browser::default();
        assert_eq!(
            browser.sign_in(&site, "/login", ADA).verdict(),
            "502",
            "{name}"
        );
        assert_eq!(browser.cookie(SESSION), None, "{name}");
    }
}

#[test]
fn claims_that_may_be_missing_may_be_missing() {
    type Twist = fn(&mut Unsigned, &mut Value);
    let rows: [(&str, Twist); 4] = [
        ("client", |token, _| token.claims["client_id"] = Value::Null),
        ("issued", |token, _| token.claims["iat"] = Value::Null),
        ("fraction", |token, _| {
            token.claims["exp"] = serde_json::json!(1_800_000_299.5)
        }),
        ("issuer with a slash", |token, _| {
            token.claims["iss"] = "https://api.workos.com/".into()
        }),
    ];
    for (name, twist) in rows {
        let site = Site::new(&[]);
        *site.world.workos.twist.borrow_mut() = Some(Box::new(twist));
        let mut browser = Browser::default();
        assert_eq!(
            browser.sign_in(&site, "/login", ADA).note.reason,
            "signed_in",
            "{name}"
        );
    }
}

#[test]
fn without_keys_no_code_is_spent() {
    let faults = [
        Fault::Network,
        Fault::Timeout,
        Fault::Answer(200, "{}"),
        Fault::Answer(500, ""),
    ];
    for fault in faults {
        let site = Site::new(&[]);
        site.world.workos.keys.always(fault.clone());
        let mut browser = Browser::default();
        let sent = browser.go(&site, "/login");
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        assert_eq!(browser.go(&site, &callback).verdict(), "502", "{fault:?}");
        assert_eq!(site.world.workos.exchanges(), 0, "{fault:?}");
        site.world.workos.keys.end();
        site.world.pass(31);
        assert_eq!(
            browser.go(&site, &callback).note.reason,
            "signed_in",
            "{fault:?}"
        );
    }
}

#[test]
fn a_check_that_fails_after_the_exchange_leaves_no_flow_behind() {
    let site = Site::new(&[]);
    site.world.verifier_works.set(false);
    let mut browser = Browser::default();
    assert_eq!(browser.sign_in(&site, "/login", ADA).verdict(), "502");
    assert_eq!(browser.cookie(SESSION), None);
    assert!(
        browser.flows().is_empty(),
        "a spent code can't be tried again"
    );
}

#[test]
fn a_callback_waits_for_the_keys_another_request_fetches() {
    for seed in 0..8 {
        let mut site = Site::new(&[]);
        let other = Browser::signed_in(&site, ADA);
        site.restart();
        site.world.workos.latency.set(Duration::from_millis(100));
        let mut browser = Browser::default();
        let sent = browser.go(&site, "/login");
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let asks = [
            browser.dress(&Ask::navigation(&callback)),
            other.dress(&Ask::navigation("/")),
            other.dress(&Ask::script("/data")),
        ];
        let outcomes = site.decide_all(&asks, seed);
        assert_eq!(outcomes[0].note.reason, "signed_in", "{seed}");
    }
}
