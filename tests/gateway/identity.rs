//! What the origin is told of the visitor, under the names the operator wants.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{ADA, Ask, BOB, Browser, Seen, Site, Unsigned, arriving, value};

/// Somebody of whom there is much to say.
fn rich(token: &mut Unsigned, answer: &mut Value) {
    token.claims["role"] = "admin".into();
    token.claims["roles"] = json!(["admin", "wri,ter", "höst"]);
    token.claims["permissions"] = json!(["a:read", "b:write"]);
    answer["user"]["first_name"] = "Zoë".into();
    answer["user"]["last_name"] = "O'Neil 100%".into();
}

/// Returns what the origin gets of `names`, and of everything that begins with `x-authkit-`.
fn told(headers: &str, planted: &[(&str, &str)]) -> BTreeMap<String, String> {
    let site = Site::new(&[("IDENTITY_HEADERS", headers)]);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(rich));
    let browser = Browser::signed_in(&site, BOB);
    let ask = planted
        .iter()
        .fold(Ask::navigation("/"), |ask, (name, value)| {
            ask.with(name, value)
        });
    let ask = browser.dress(&ask);
    let lines = arriving(&site, &ask, &site.decide(&ask));
    let sent = ["accept", "x-authkit-hop", "x-authkit-authenticated"];
    let own = |name: &str| !name.starts_with("sec-") && !sent.contains(&name);
    lines.into_iter().filter(|line| own(&line.0)).collect()
}

#[test]
fn names_are_the_operators_to_choose() {
    let sid = "session_2";
    let authkit = [
        ("x-authkit-user-id", BOB.id),
        ("x-authkit-email", BOB.email),
        ("x-authkit-session-id", sid),
        ("x-authkit-organization-id", "org_acme"),
        ("x-authkit-role", "admin"),
        ("x-authkit-roles", r#"["admin","wri,ter","h%C3%B6st"]"#),
        ("x-authkit-permissions", r#"["a:read","b:write"]"#),
    ];
    let forwarded = [
        ("x-forwarded-user", BOB.id),
        ("x-forwarded-email", BOB.email),
        ("x-forwarded-groups", "admin,h%C3%B6st"),
        ("x-forwarded-preferred-username", "Zo%C3%AB O'Neil 100%25"),
    ];
    let both = [&authkit[..], &forwarded[..]].concat();
    let rows: [(&str, &[(&str, &str)]); 6] = [
        ("", &authkit),
        ("authkit", &authkit),
        ("forwarded", &forwarded),
        ("authkit, forwarded", &both),
        (
            "email=Remote-User, user-id=X_Webauth_Id",
            &[("remote-user", BOB.email), ("x-webauth-id", BOB.id)],
        ),
        (
            r#"["groups=X-Groups","impersonator=X-Actor"]"#,
            &[("x-groups", "admin,h%C3%B6st")],
        ),
    ];
    for (headers, expected) in rows {
        let expected = expected.iter();
        let expected: BTreeMap<String, String> = expected
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        assert_eq!(told(headers, &[]), expected, "{headers}");
    }
}

#[test]
fn configured_names_are_the_gateways_alone() {
    let planted = [
        ("remote-user", "evil@example.com"),
        ("Remote_User", "evil@example.com"),
        ("REMOTE.USER", "evil@example.com"),
        ("x-actor", "evil"),
        ("x-authkit-email", "evil@example.com"),
        ("x-workos-session", "evil"),
        ("x-kept", "yes"),
    ];
    let said = told("email=Remote-User, impersonator=X-Actor", &planted);
    let expected = [("remote-user", BOB.email), ("x-kept", "yes")];
    let expected = expected.map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(said, BTreeMap::from(expected));
}

#[test]
fn nobody_can_name_themselves_on_any_path() {
    let variables = [
        ("IDENTITY_HEADERS", "forwarded, email=Remote-User"),
        ("MATCHER", "/app/:path*"),
        ("UNAUTHENTICATED_PATHS", "/app/open"),
    ];
    let site = Site::new(&variables);
    let names = [
        "x-forwarded-user",
        "X-Forwarded_Email",
        "x_forwarded_groups",
        "x-forwarded-preferred-username",
        "remote-user",
        "REMOTE_USER",
        "x-authkit-user-id",
    ];
    for path in ["/app/open", "/elsewhere"] {
        for name in names {
            let ask = Ask::navigation(path).with(name, "evil");
            let lines = arriving(&site, &ask, &site.decide(&ask));
            assert!(!lines.iter().any(|line| line.1 == "evil"), "{path} {name}");
        }
        let ask = Ask::navigation(path).with("x-forwarded-for", "192.0.2.1");
        let lines = arriving(&site, &ask, &site.decide(&ask));
        assert_eq!(value(&lines, "x-forwarded-for"), Some("192.0.2.1"));
    }
}

#[test]
fn who_isnt_signed_in_can_be_shown_the_way() {
    let site = Site::new(&[("MIDDLEWARE_AUTH", "false"), ("LOGIN_PATH", "/auth/in")]);
    let rows = [
        ("/", ""),
        ("/deep", "?return_to=%2Fdeep"),
        ("/deep?x=1&y=/", "?return_to=%2Fdeep%3Fx%3D1%26y%3D%2F"),
    ];
    for (path, query) in rows {
        let ask = Ask::navigation(path).with("x-authkit-sign-in-url", "https://evil.example");
        let lines = arriving(&site, &ask, &site.decide(&ask));
        let home = "https://app.example.com";
        let sign_in = format!("{home}/auth/in{query}");
        let sign_up = format!("{home}/signup{query}");
        assert_eq!(value(&lines, "x-authkit-sign-in-url"), Some(&*sign_in));
        assert_eq!(value(&lines, "x-authkit-sign-up-url"), Some(&*sign_up));
        assert_eq!(value(&lines, "x-authkit-authenticated"), Some("false"));
    }
    let mut browser = Browser::default();
    browser.sign_in(&site, "/auth/in", ADA);
    let page = browser.go(&site, "/deep");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.field("x-authkit-sign-in-url"), None);
    let unmatched = Site::new(&[("MATCHER", "/app")]);
    let passes = unmatched.decide(&Ask::navigation("/deep"));
    assert_eq!(passes.field("x-authkit-sign-in-url"), None);
}
