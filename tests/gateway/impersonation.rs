//! Somebody acts as a user: the origin is told, and may have them only look.

use serde_json::{Value, json};

use crate::support::{ADA, Ask, BOB, Browser, LIFETIME, Seen, Site, Unsigned};

const METHODS: [(&str, bool); 10] = [
    ("GET", true),
    ("HEAD", true),
    ("OPTIONS", true),
    ("POST", false),
    ("PUT", false),
    ("PATCH", false),
    ("DELETE", false),
    ("get", false),
    ("PROPFIND", false),
    ("MADEUP", false),
];

fn acted(token: &mut Unsigned, answer: &mut Value) {
    token.claims["act"] = json!({ "sub": "support@example.com" });
    answer["impersonator"] = json!({ "email": "support@example.com", "reason": "a ticket" });
}

fn impersonating(variables: &[(&str, &str)]) -> (Site, Browser) {
    let site = Site::new(variables);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(acted));
    let browser = Browser::signed_in(&site, ADA);
    (site, browser)
}

#[test]
fn the_origin_and_the_front_end_are_told_who_acts() {
    let (site, mut browser) = impersonating(&[]);
    let page = browser.go(&site, "/");
    assert_eq!(page.field("x-authkit-user-id"), Some(ADA.id));
    assert_eq!(
        page.field("x-authkit-impersonator"),
        Some("support@example.com")
    );
    let told = browser.send(&site, &Ask::script("/auth/session"));
    let told: Value = serde_json::from_str(told.body()).expect("JSON");
    assert_eq!(told["impersonator"]["email"], "support@example.com");
    let plain = Site::new(&[]);
    let page = Browser::signed_in(&plain, ADA).go(&plain, "/");
    assert_eq!(page.field("x-authkit-impersonator"), None);
}

#[test]
fn either_source_is_enough() {
    type Twist = fn(&mut Unsigned, &mut Value);
    let rows: [(&str, Twist, &str); 3] = [
        (
            "claim",
            |token, _| token.claims["act"] = json!({"sub": "admin_1"}),
            "admin_1",
        ),
        (
            "answer",
            |_, answer| answer["impersonator"] = json!({"email": "a@b.c"}),
            "a@b.c",
        ),
        ("both", acted, "support@example.com"),
    ];
    for (name, twist, expected) in rows {
        let site = Site::new(&[("IMPERSONATION", "read-only")]);
        *site.world.workos.twist.borrow_mut() = Some(Box::new(twist));
        let mut browser = Browser::signed_in(&site, ADA);
        let page = browser.go(&site, "/");
        assert_eq!(
            page.field("x-authkit-impersonator"),
            Some(expected),
            "{name}"
        );
        assert_eq!(
            browser.send(&site, &Ask::form("/")).verdict(),
            "403",
            "{name}"
        );
    }
}

#[test]
fn read_only_denies_whatever_may_change_something() {
    let read_only = ("IMPERSONATION", "read-only");
    let public = ("UNAUTHENTICATED_PATHS", "/open");
    for variables in [
        vec![read_only, public],
        vec![read_only, ("MIDDLEWARE_AUTH", "false")],
    ] {
        for path in ["/deep", "/open"] {
            for (method, is_safe) in METHODS {
                let (site, mut browser) = impersonating(&variables);
                let ask = Ask::script(path).method(method);
                let outcome = browser.send(&site, &ask);
                let expected = if is_safe { "forwarded as true" } else { "403" };
                assert_eq!(outcome.verdict(), expected, "{path} {method}");
                if !is_safe {
                    assert_eq!(outcome.note.reason, "impersonation_read_only");
                    assert!(
                        outcome
                            .body()
                            .contains(r#""error":"impersonation_read_only""#)
                    );
                }
            }
            for upgrade in ["websocket", "WebSocket"] {
                let (site, mut browser) = impersonating(&variables);
                let ask = Ask::script(path).with("upgrade", upgrade);
                assert_eq!(
                    browser.send(&site, &ask).verdict(),
                    "403",
                    "{path} {upgrade}"
                );
            }
        }
    }
}

#[test]
fn it_holds_after_a_refresh_and_in_another_isolate() {
    let (mut site, mut browser) = impersonating(&[("IMPERSONATION", "read-only")]);
    for round in 0..3 {
        site.world.pass(LIFETIME);
        let denied = browser.send(&site, &Ask::form("/deep"));
        assert_eq!(denied.verdict(), "403", "{round}");
        assert!(
            denied.cookie("wos-session").is_some(),
            "{round}: new tokens are kept"
        );
        site.restart();
        assert_eq!(
            browser.send(&site, &Ask::form("/deep")).verdict(),
            "403",
            "{round}"
        );
        assert_eq!(
            browser.go(&site, "/deep").verdict(),
            "forwarded as true",
            "{round}"
        );
    }
}

#[test]
fn others_may_do_what_they_may() {
    let (allowing, mut acting) = impersonating(&[]);
    let site = Site::new(&[("IMPERSONATION", "read-only")]);
    let mut own = Browser::signed_in(&site, BOB);
    for (method, _) in METHODS {
        let ask = Ask::script("/deep").method(method);
        assert_eq!(
            acting.send(&allowing, &ask).verdict(),
            "forwarded as true",
            "{method}"
        );
        assert_eq!(
            own.send(&site, &ask).verdict(),
            "forwarded as true",
            "{method}"
        );
    }
}

#[test]
fn who_acts_can_always_leave() {
    let (site, mut browser) = impersonating(&[("IMPERSONATION", "read-only")]);
    let outcome = browser.send(&site, &Ask::form("/logout"));
    assert_eq!(outcome.note.reason, "signed_out");
    assert_eq!(browser.cookie("wos-session"), None);
}
