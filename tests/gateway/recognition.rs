//! Which of the cookies a browser sends is believed.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use authkit_gateway::cookie::SetCookie;

use crate::support::{
    ADA, Ask, BOB, Browser, LIFETIME, OTHER_PASSWORD, PASSWORD, SESSION, Seen, Site, Unsigned,
    forged,
};

/// Goes to a page with these values of the session's cookie.
fn go(site: &Site, values: &[&str]) -> authkit_gateway::decision::Outcome {
    let pairs: Vec<String> = values
        .iter()
        .map(|value| format!("{SESSION}={value}"))
        .collect();
    site.decide(&Ask::navigation("/").with("cookie", &pairs.join("; ")))
}

#[test]
fn what_doesnt_open_is_nobody_and_costs_nothing() {
    let site = Site::new(&[]);
    let long = format!("v1.{}", "A".repeat(100_000));
    for text in [
        "",
        "x",
        "v1.",
        "v1.AAAA",
        "Fe26.2*1*a*b*c*d*e*f",
        "\"quoted\"",
        "é",
        &long,
    ] {
        let outcome = go(&site, &[text]);
        assert_eq!(outcome.verdict(), "302 to AuthKit", "{text:.20}");
        assert_eq!(outcome.note.reason, "unreadable_session", "{text:.20}");
        assert!(outcome.cookie(SESSION).is_none(), "it isn't deleted");
    }
    assert!(site.world.workos.calls.borrow().is_empty());
}

#[test]
fn sessions_of_two_users_are_nobodys() {
    let site = Site::new(&[]);
    let [ada, bob] = [ADA, BOB].map(|person| Browser::signed_in(&site, person));
    for values in [
        [ada.session(), bob.session()],
        [bob.session(), ada.session()],
    ] {
        let outcome = go(&site, &values);
        assert_eq!(outcome.note.reason, "conflicting_sessions");
        assert!(outcome.cookie(SESSION).is_none());
    }
    let outcome = go(&site, &["v1.planted", ada.session(), "planted"]);
    assert_eq!(
        outcome.field("x-authkit-user-id"),
        Some(ADA.id),
        "what doesn't open counts little"
    );
}

#[test]
fn of_two_sessions_of_one_user_the_newest_counts() {
    let site = Site::new(&[]);
    let older = Browser::signed_in(&site, ADA);
    site.world.pass(10);
    let newer = Browser::signed_in(&site, ADA);
    let expected = newer
        .clone()
        .go(&site, "/")
        .field("x-authkit-session-id")
        .map(str::to_owned);
    for values in [
        [older.session(), newer.session()],
        [newer.session(), older.session()],
    ] {
        let outcome = go(&site, &values);
        assert_eq!(
            outcome.field("x-authkit-session-id").map(str::to_owned),
            expected
        );
    }
}

#[test]
fn a_seal_of_the_previous_password_is_made_again() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let old = browser.session().to_owned();
    let rotation = [
        ("WORKOS_COOKIE_PASSWORD", OTHER_PASSWORD),
        ("WORKOS_COOKIE_PASSWORD_PREVIOUS", PASSWORD),
    ];
    site.restart_with(&rotation);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_ne!(browser.session(), old);
    assert!(
        browser.go(&site, "/").cookies().is_empty(),
        "once is enough"
    );
    site.restart_with(&[("WORKOS_COOKIE_PASSWORD_PREVIOUS", "")]);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    browser.plant(SESSION, &old);
    assert_eq!(browser.go(&site, "/").note.reason, "unreadable_session");
}

#[test]
fn a_seal_that_cant_be_made_again_is_good_as_it_is() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let rotation = [
        ("WORKOS_COOKIE_PASSWORD", OTHER_PASSWORD),
        ("WORKOS_COOKIE_PASSWORD_PREVIOUS", PASSWORD),
    ];
    site.restart_with(&rotation);
    site.world.randomness.set(0);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert!(page.cookies().is_empty());
}

#[test]
fn a_cookie_belongs_to_one_host() {
    let hosts = [("ALLOWED_HOSTS", "www.example.com")];
    let site = Site::new(&hosts);
    let browser = Browser::signed_in(&site, ADA);
    assert_eq!(
        browser.clone().go(&site, "/").verdict(),
        "forwarded as true"
    );
    let elsewhere = browser.clone().go(&site, "https://www.example.com/");
    assert_eq!(
        elsewhere.note.reason, "unreadable_session",
        "remembered or not"
    );
    let [allowed] = hosts;
    let shared = Site::new(&[allowed, ("WORKOS_COOKIE_DOMAIN", ".example.com")]);
    let mut browser = Browser::signed_in(&shared, ADA);
    let elsewhere = browser.go(&shared, "https://www.example.com/");
    assert_eq!(
        elsewhere.verdict(),
        "forwarded as true",
        "a domain's cookie is the domain's"
    );
}

#[test]
fn nothing_is_remembered_past_its_end() {
    let site = Site::new(&[("REFRESH_BUFFER_SECONDS", "0")]);
    let mut browser = Browser::signed_in(&site, ADA);
    browser.go(&site, "/");
    site.world.pass(LIFETIME - 1);
    assert_eq!(browser.go(&site, "/").note.refresh, None);
    site.world.pass(1);
    assert_eq!(browser.go(&site, "/").note.refresh, Some("renewed"));
}

#[test]
fn the_sealed_user_and_the_tokens_are_one() {
    let site = Site::new(&[]);
    let now = site.now().0;
    let token = |user| Unsigned::new(user, "session_1", None, "key_1", now);
    let good = go(&site, &[&forged(&site, ADA.id, &token(ADA.id))]);
    assert_eq!(good.verdict(), "forwarded as true");
    let bad = go(&site, &[&forged(&site, ADA.id, &token(BOB.id))]);
    assert_eq!(bad.note.reason, "user_mismatch");
    let mut unsigned = token(ADA.id);
    unsigned.key = "key_of_nobody".to_owned();
    assert_eq!(
        go(&site, &[&forged(&site, ADA.id, &unsigned)]).note.reason,
        "invalid_token"
    );
}

#[test]
fn who_one_is_comes_from_the_claims() {
    let site = Site::new(&[("FORWARD_USER", "true"), ("FORWARD_ACCESS_TOKEN", "true")]);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(|token, answer| {
        let claims = json!({
            "role": "admin", "roles": ["admin", "bénévole"], "permissions": ["a:b", "100%"],
            "act": { "sub": "support@example.com" },
        });
        let own = token.claims.as_object_mut().expect("an object");
        own.extend(claims.as_object().expect("an object").clone());
        answer["user"]["email"] = "jürgen@example.com".into();
    }));
    let page = Browser::signed_in(&site, BOB).go(&site, "/");
    let rows = [
        ("x-authkit-user-id", BOB.id),
        ("x-authkit-email", "j%C3%BCrgen@example.com"),
        ("x-authkit-organization-id", "org_acme"),
        ("x-authkit-role", "admin"),
        ("x-authkit-roles", r#"["admin","b%C3%A9n%C3%A9vole"]"#),
        ("x-authkit-permissions", r#"["a:b","100%25"]"#),
        ("x-authkit-impersonator", "support@example.com"),
    ];
    for (name, expected) in rows {
        assert_eq!(page.field(name), Some(expected), "{name}");
    }
    assert!(
        page.field("authorization")
            .is_some_and(|value| value.starts_with("Bearer ey"))
    );
    assert!(page.field("x-authkit-user").is_some());
}

#[test]
fn a_large_session_travels_in_pieces() {
    let site = Site::new(&[]);
    let grow = |length: usize| {
        *site.world.workos.twist.borrow_mut() = Some(Box::new(move |token, _| {
            token.claims["permissions"] = Value::from(vec!["p".repeat(length)]);
        }));
    };
    grow(6000);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/login", ADA);
    let pieces: BTreeSet<&str> = landed.cookies().iter().map(SetCookie::name).collect();
    assert!(pieces.len() >= 4, "{pieces:?}");
    assert!(
        landed
            .cookies()
            .iter()
            .all(|cookie| cookie.as_str().len() <= 4096)
    );
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    site.world.pass(LIFETIME);
    grow(1);
    assert_eq!(browser.go(&site, "/").note.refresh, Some("renewed"));
    assert!(
        pieces
            .iter()
            .filter(|name| name.starts_with(SESSION))
            .all(|name| browser.cookie(name).is_none())
    );
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    site.world.pass(LIFETIME);
    grow(20_000);
    let page = browser.go(&site, "/");
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("503", "misconfigured")
    );
    assert!(
        page.note
            .detail
            .is_some_and(|detail| detail.contains("permissions"))
    );
}
