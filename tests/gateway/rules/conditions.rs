//! What a visitor must show: every rule that covers a request, in whatever order they stand.

use serde_json::{Value, json};

use super::{ada, missing, site};
use crate::support::{Ask, BOB, Browser, Seen};

#[test]
fn each_kind_is_about_a_claim_of_its_own() {
    let rows = [
        ("role:admin", json!({ "role": "admin" }), true),
        ("role:admin", json!({ "roles": ["a", "admin"] }), true),
        ("role:admin", json!({ "permissions": ["admin"] }), false),
        ("role:admin", json!({ "role": "administrator" }), false),
        ("role:a|b", json!({ "role": "b" }), true),
        ("role:*", json!({ "role": "any" }), true),
        ("role:*", json!({}), false),
        (
            "permission:items:delete",
            json!({ "permissions": ["items:delete"] }),
            true,
        ),
        (
            "permission:items:delete",
            json!({ "permissions": ["items"] }),
            false,
        ),
        (
            "permission:items:delete",
            json!({ "role": "items:delete" }),
            false,
        ),
        (
            "entitlement:billing",
            json!({ "entitlements": ["billing"] }),
            true,
        ),
        (
            "entitlement:billing",
            json!({ "feature_flags": ["billing"] }),
            false,
        ),
        (
            "flag:beta|preview",
            json!({ "feature_flags": ["preview"] }),
            true,
        ),
        ("flag:*", json!({ "feature_flags": [] }), false),
        ("org:*", json!({ "org_id": "org_1" }), true),
        ("org:*", json!({}), false),
        ("org:org_1", json!({ "org_id": "org_1" }), true),
        ("org:org_1", json!({ "org_id": "org_12" }), false),
    ];
    for (condition, claims, met) in rows {
        let site = site(&format!("/x {condition}"), &[], claims.clone());
        let outcome = ada(&site).send(&site, &Ask::script("/x"));
        let expected = if met { "forwarded as true" } else { "403" };
        assert_eq!(outcome.verdict(), expected, "{condition} {claims}");
        if !met {
            assert_eq!(missing(&outcome), [condition]);
        }
    }
}

/// Lines, and the claims that meet each.
fn lines() -> [(&'static str, &'static str, Value); 3] {
    [
        (
            "/a/:path* role:admin",
            "role:admin",
            json!({ "role": "admin" }),
        ),
        (
            "GET /:path* permission:read",
            "permission:read",
            json!({ "permissions": ["read"] }),
        ),
        (
            "/a/b flag:beta",
            "flag:beta",
            json!({ "feature_flags": ["beta"] }),
        ),
    ]
}

#[test]
fn all_lines_that_cover_a_request_must_be_met_in_any_order() {
    let lines = lines();
    let orders = [
        [0, 1, 2],
        [0, 2, 1],
        [1, 0, 2],
        [1, 2, 0],
        [2, 0, 1],
        [2, 1, 0],
    ];
    for order in orders {
        let rules: Vec<&str> = order.iter().map(|index| lines[*index].0).collect();
        for met in 0_u8..8 {
            let is_met = |index: &usize| met & (1 << index) != 0;
            let mut claims = json!({});
            for index in order.iter().filter(|index| is_met(index)) {
                for (name, value) in lines[*index].2.as_object().into_iter().flatten() {
                    claims[name] = value.clone();
                }
            }
            let site = site(&rules.join("\n"), &[], claims);
            let outcome = ada(&site).send(&site, &Ask::script("/a/b"));
            let unmet = order.iter().filter(|index| !is_met(index));
            let unmet: Vec<&str> = unmet.map(|index| lines[*index].1).collect();
            let expected = if unmet.is_empty() {
                "forwarded as true"
            } else {
                "403"
            };
            assert_eq!(outcome.verdict(), expected, "{rules:?} {met:03b}");
            if !unmet.is_empty() {
                assert_eq!(missing(&outcome), unmet, "{rules:?}");
            }
        }
    }
}

#[test]
fn several_conditions_of_a_line_must_all_be_met() {
    let rule = "/billing/:path* org:* entitlement:billing";
    let with = |claims| {
        let site = site(rule, &[], claims);
        let outcome = Browser::signed_in(&site, BOB).send(&site, &Ask::script("/billing"));
        (outcome.verdict(), outcome)
    };
    let (verdict, outcome) = with(json!({}));
    assert_eq!(verdict, "403");
    assert_eq!(
        missing(&outcome),
        ["entitlement:billing"],
        "Bob is in an organization"
    );
    assert_eq!(
        with(json!({ "entitlements": ["billing"] })).0,
        "forwarded as true"
    );
}

#[test]
fn what_a_visitor_may_is_what_the_newest_token_says() {
    let site = site("/x role:admin", &[], json!({ "role": "admin" }));
    let mut browser = ada(&site);
    assert_eq!(browser.go(&site, "/x").verdict(), "forwarded as true");
    *site.world.workos.twist.borrow_mut() = None;
    browser.send(&site, &Ask::script("/auth/refresh").method("POST"));
    assert_eq!(
        browser.go(&site, "/x").verdict(),
        "403",
        "the role was taken away"
    );
}

#[test]
fn what_a_visitor_says_of_themselves_meets_nothing() {
    let site = site("/x role:admin", &[], json!({}));
    let mut browser = ada(&site);
    let ask = Ask::script("/x?role=admin")
        .with("x-authkit-role", "admin")
        .with("x-authkit-roles", r#"["admin"]"#);
    assert_eq!(browser.send(&site, &ask).verdict(), "403");
}
