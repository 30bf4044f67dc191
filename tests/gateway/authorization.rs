//! What AuthKit is asked: our parameters once each, and of the visitor's only those on the list.

use crate::support::{Browser, Seen, Site};

#[test]
fn the_sign_in_asks_for_what_the_protocol_wants() {
    let site = Site::new(&[]);
    let query = Browser::default().go(&site, "/login").query();
    let mut names: Vec<&str> = query.keys().map(String::as_str).collect();
    names.sort_unstable();
    let expected = [
        "client_id",
        "code_challenge",
        "code_challenge_method",
        "provider",
        "redirect_uri",
        "response_type",
        "state",
    ];
    assert_eq!(names, expected);
    assert_eq!(query["provider"], "authkit");
    assert_eq!(query["redirect_uri"], "https://app.example.com/callback");
    assert_eq!(query["response_type"], "code");
    assert_eq!(query["code_challenge_method"], "S256");
    assert_eq!(query["code_challenge"].len(), 43);
}

#[test]
fn every_sign_in_has_its_own_state_and_challenge() {
    let site = Site::new(&[]);
    let [one, other] = [(); 2].map(|()| Browser::default().go(&site, "/login").query());
    assert_ne!(one["state"], other["state"]);
    assert_ne!(one["code_challenge"], other["code_challenge"]);
}

#[test]
fn sign_up_is_asked_for_where_it_should_be() {
    let site = Site::new(&[("SIGN_UP_PATHS", "/trial/:path*")]);
    let rows = [
        ("/login", None),
        ("/signup", Some("sign-up")),
        ("/signup?screen_hint=sign-in", Some("sign-in")),
        ("/login?screen_hint=sign-up", Some("sign-up")),
        ("/trial/start", Some("sign-up")),
        ("/reports", None),
    ];
    for (target, expected) in rows {
        let query = Browser::default().go(&site, target).query();
        assert_eq!(
            query.get("screen_hint").map(String::as_str),
            expected,
            "{target}"
        );
    }
}

#[test]
fn hints_pass_by_name_and_shape() {
    let rows: [(&str, &[(&str, &str)]); 12] = [
        (
            "login_hint=ada%40example.com",
            &[("login_hint", "ada@example.com")],
        ),
        (
            "organization_id=org_1&prompt=login",
            &[("organization_id", "org_1"), ("prompt", "login")],
        ),
        ("max_age=0", &[("max_age", "0")]),
        ("max_age=1e9", &[]),
        ("invitation_token=a+b%26c", &[("invitation_token", "a b&c")]),
        ("screen_hint=other", &[]),
        ("prompt=%0d%0aset-cookie", &[]),
        ("prompt=a&prompt=b", &[]),
        ("prompt=", &[]),
        (
            "redirect_uri=https://evil.example&client_id=x&response_type=token",
            &[],
        ),
        (
            "code_challenge=x&code_challenge_method=plain&state=x&scope=all",
            &[],
        ),
        ("provider=GoogleOAuth&unheard=of", &[]),
    ];
    let site = Site::new(&[]);
    let plain = Browser::default().go(&site, "/login").query();
    for (asked, expected) in rows {
        let query = Browser::default()
            .go(&site, &format!("/login?{asked}"))
            .query();
        for (name, value) in expected {
            assert_eq!(
                query.get(*name).map(String::as_str),
                Some(*value),
                "{asked}"
            );
        }
        assert_eq!(
            query.len(),
            plain.len() + expected.len(),
            "{asked}: {query:?}"
        );
        for name in [
            "client_id",
            "redirect_uri",
            "response_type",
            "code_challenge_method",
        ] {
            assert_eq!(query[name], plain[name], "{asked}");
        }
    }
}
