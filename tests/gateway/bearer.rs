//! `ACCEPT_BEARER`: an access token in `Authorization` counts, and where there is one it alone does.

mod forwarded;
mod none;
mod refused;

use authkit_gateway::outside::Outside;

use crate::support::{
    ADA, Ask, BOB, Browser, Fault, SESSION, Seen, Site, Unsigned, arriving, value,
};

pub(crate) const ON: (&str, &str) = ("ACCEPT_BEARER", "true");

/// A good token of Bob's.
fn token(site: &Site) -> Unsigned {
    Unsigned::new(
        BOB.id,
        "session_bob",
        Some("org_acme"),
        "key_1",
        site.world.now().0,
    )
}

fn with(ask: &Ask, token: &Unsigned) -> Ask {
    ask.clone()
        .with("authorization", &format!("Bearer {}", token.signed()))
}

#[test]
fn a_good_token_is_who_it_says() {
    let site = Site::new(&[ON]);
    let ask = with(&Ask::script("/x"), &token(&site));
    let outcome = site.decide(&ask);
    assert_eq!(outcome.verdict(), "forwarded as true");
    assert!(outcome.cookies().is_empty(), "there is no session to keep");
    let lines = arriving(&site, &ask, &outcome);
    let rows = [
        ("x-authkit-user-id", Some(BOB.id)),
        ("x-authkit-session-id", Some("session_bob")),
        ("x-authkit-organization-id", Some("org_acme")),
        ("x-authkit-role", Some("member")),
        ("x-authkit-email", None),
    ];
    for (name, expected) in rows {
        assert_eq!(value(&lines, name), expected, "{name}");
    }
}

#[test]
fn the_scheme_is_read_in_any_case() {
    let site = Site::new(&[ON]);
    for scheme in ["Bearer", "bearer", "BEARER"] {
        for space in [" ", "   "] {
            let credentials = format!("{scheme}{space}{}", token(&site).signed());
            let ask = Ask::script("/x").with("authorization", &credentials);
            assert_eq!(
                site.decide(&ask).verdict(),
                "forwarded as true",
                "{scheme:?}"
            );
        }
    }
}

#[test]
fn it_alone_decides_whatever_cookies_come_along() {
    let site = Site::new(&[ON]);
    let mut browser = Browser::signed_in(&site, ADA);
    let good = browser.send(&site, &with(&Ask::script("/x"), &token(&site)));
    assert_eq!(good.field("x-authkit-user-id"), Some(BOB.id), "and not Ada");
    let mut bad = token(&site);
    bad.key = "key_of_eve".to_owned();
    let refused = browser.send(&site, &with(&Ask::script("/x"), &bad));
    assert_eq!(refused.verdict(), "401", "although Ada is signed in");
    assert!(browser.cookie(SESSION).is_some());
    assert_eq!(
        browser.go(&site, "/x").field("x-authkit-user-id"),
        Some(ADA.id)
    );
}

#[test]
fn a_session_that_has_run_out_is_left_alone() {
    let site = Site::new(&[ON]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(3600);
    let outcome = browser.send(&site, &with(&Ask::script("/x"), &token(&site)));
    assert_eq!(outcome.verdict(), "forwarded as true");
    assert_eq!(site.world.workos.refreshes(), 0);
    assert!(outcome.cookies().is_empty());
}

#[test]
fn rules_hold_for_it() {
    let rules = "/admin role:admin\n/team org:org_acme\n/danger max_age:60";
    let site = Site::new(&[ON, ("RULES", rules)]);
    let decide = |path: &str, change: fn(&mut Unsigned)| {
        let mut token = token(&site);
        change(&mut token);
        site.decide(&with(&Ask::navigation(path), &token))
    };
    assert_eq!(decide("/admin", |_| {}).verdict(), "403");
    let admin: fn(&mut Unsigned) = |token| token.claims["role"] = "admin".into();
    assert_eq!(decide("/admin", admin).verdict(), "forwarded as true");
    assert_eq!(decide("/team", |_| {}).verdict(), "forwarded as true");
    let old = decide("/danger", |_| {});
    assert_eq!(old.verdict(), "401", "never a redirect");
    assert!(
        old.field("www-authenticate")
            .is_some_and(|text| text.contains("max_age=\"60\""))
    );
    let lately: fn(&mut Unsigned) = |token| token.claims["auth_time"] = token.claims["iat"].clone();
    assert_eq!(decide("/danger", lately).verdict(), "forwarded as true");
}

#[test]
fn while_keys_cant_be_had_it_is_503_and_nobody_is_let_in() {
    let site = Site::new(&[ON, ("UNAUTHENTICATED_PATHS", "/open")]);
    site.world.workos.keys.always(Fault::Network);
    for ask in [Ask::script("/x"), Ask::navigation("/x")] {
        let outcome = site.decide(&with(&ask, &token(&site)));
        assert_eq!(outcome.verdict(), "503");
        assert!(outcome.field("retry-after").is_some());
    }
    let public = site.decide(&with(&Ask::script("/open"), &token(&site)));
    assert_eq!(public.verdict(), "forwarded as unknown");
    site.world.workos.keys.end();
    site.world.pass(5);
    let outcome = site.decide(&with(&Ask::script("/x"), &token(&site)));
    assert_eq!(outcome.verdict(), "forwarded as true");
}
