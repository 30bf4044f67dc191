//! A visitor signs in and arrives: nothing goes wrong.

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::seal::Purpose;

use crate::support::{ADA, Ask, BOB, Browser, Call, SESSION, SITE, Seen, Site, opened};

#[test]
fn a_deep_link_survives_the_sign_in() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/reports/7?tab=a%20b&x=%2F", ADA);
    assert_eq!(
        landed.verdict(),
        format!("303 to {SITE}/reports/7?tab=a%20b&x=%2F")
    );
    assert!(browser.flows().is_empty());
    let page = browser.go(&site, "/reports/7?tab=a%20b&x=%2F");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.field("x-authkit-user-id"), Some(ADA.id));
    assert_eq!(page.field("x-authkit-email"), Some(ADA.email));
    assert!(
        page.cookies().is_empty(),
        "nothing changed, so nothing is written"
    );
}

#[test]
fn the_log_follows_a_session_from_the_sign_in() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/", ADA);
    let page = browser.go(&site, "/");
    assert!(landed.note.session.is_some());
    assert_eq!(landed.note.session, page.note.session);
}

#[test]
fn what_browsers_leave_bare_in_a_url_survives_too() {
    let site = Site::new(&[]);
    for target in [
        "/search?q=a|b",
        "/search?q={x}^`y`",
        "/a|b",
        "/it's?q=it's",
        "/%7Ba%7D",
    ] {
        let asked = Ask::navigation(target);
        let landed = Browser::default().sign_in(&site, target, ADA);
        let landed = Ask::bare(landed.location());
        let pairs = |ask: &Ask| ask.url.query_pairs().into_owned().collect::<Vec<_>>();
        assert_eq!(pairs(&landed), pairs(&asked), "{target}");
        assert_eq!(
            landed.url.path().replace("%7C", "|"),
            asked.url.path(),
            "{target}"
        );
    }
}

#[test]
fn a_code_of_another_sign_in_fails_the_challenge() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let own = browser.go(&site, "/login").query()["state"].clone();
    let attack = Browser::default().go(&site, "/login");
    let foreign = site.world.workos.sign_in(attack.location(), BOB);
    let injected = foreign.replace(&attack.query()["state"], &own);
    let outcome = browser.go(&site, &injected);
    assert_eq!(outcome.note.reason, "code_refused");
    assert_eq!(browser.cookie(SESSION), None);
}

#[test]
fn the_code_is_exchanged_once_and_nothing_else_is_asked() {
    let site = Site::new(&[]);
    Browser::signed_in(&site, ADA);
    let calls = site.world.workos.calls.borrow();
    assert!(
        matches!(calls.as_slice(), [Call::Keys, Call::Code(_)]),
        "{calls:?}"
    );
}

#[test]
fn what_is_sealed_has_authkits_names() {
    let site = Site::new(&[]);
    let browser = Browser::signed_in(&site, ADA);
    let payload = opened(&site, Purpose::Session, SESSION, browser.session());
    assert_eq!(payload["user"]["id"], ADA.id);
    assert_eq!(payload["user"]["emailVerified"], true);
    assert!(payload["accessToken"].is_string() && payload["refreshToken"].is_string());
}

#[test]
fn the_session_cookie_is_set_as_configured() {
    let rows: [(&[(&str, &str)], &str); 4] = [
        (
            &[],
            "Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            &[
                ("WORKOS_COOKIE_DOMAIN", "example.com"),
                ("WORKOS_COOKIE_MAX_AGE", "3600"),
            ],
            "Path=/; Domain=example.com; Max-Age=3600; HttpOnly; Secure; SameSite=Lax",
        ),
        (
            &[("WORKOS_COOKIE_SAMESITE", "None")],
            "Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=None",
        ),
        (
            &[("WORKOS_COOKIE_SAME_SITE", "strict")],
            "Path=/; Max-Age=34560000; HttpOnly; Secure; SameSite=Strict",
        ),
    ];
    for (variables, expected) in rows {
        let site = Site::new(variables);
        let landed = Browser::default().sign_in(&site, "/login", ADA);
        let cookie = landed
            .cookies()
            .iter()
            .find(|cookie| cookie.name() == SESSION);
        let text = cookie.map(SetCookie::as_str).expect("a session");
        assert_eq!(text.split_once("; ").map(|(_, rest)| rest), Some(expected));
    }
}

#[test]
fn a_strict_cookie_takes_a_page_of_our_own_to_arrive() {
    let site = Site::new(&[("WORKOS_COOKIE_SAMESITE", "strict")]);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/deep?a=1&b=2", ADA);
    assert_eq!(landed.verdict(), "200");
    assert!(
        landed
            .body()
            .contains("url=https://app.example.com/deep?a=1&amp;b=2")
    );
    assert_eq!(browser.go(&site, "/deep").verdict(), "forwarded as true");
}

#[test]
fn who_is_signed_in_already_goes_straight_on() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let rows = [
        ("/login", format!("302 to {SITE}/")),
        ("/login?return_to=/a?b=c", format!("302 to {SITE}/a?b=c")),
        (
            "/signup?return_to=//evil.example",
            format!("302 to {SITE}/"),
        ),
        (
            "/login?organization_id=org_acme",
            "302 to AuthKit".to_owned(),
        ),
        ("/login?prompt=login", "302 to AuthKit".to_owned()),
    ];
    for (target, expected) in rows {
        assert_eq!(browser.go(&site, target).verdict(), expected, "{target}");
    }
}
