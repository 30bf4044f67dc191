//! What AuthKit is asked: our parameters once each, and of the visitor's only those on the list.

use crate::support::{ADA, Ask, Browser, Seen, Site};

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
        ("unheard=of&provider=authkit", &[]),
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

#[test]
fn a_provider_is_chosen_by_this_site_alone() {
    let long = format!("connection_id={}", "x".repeat(513));
    let authkit = Some("authkit");
    type Row<'a> = (&'a str, Option<&'a str>, &'a [(&'a str, &'a str)]);
    let rows: [Row<'_>; 12] = [
        ("provider=AppleOAuth", Some("AppleOAuth"), &[]),
        ("provider=GitHubOAuth", Some("GitHubOAuth"), &[]),
        ("provider=GoogleOAuth", Some("GoogleOAuth"), &[]),
        ("provider=MicrosoftOAuth", Some("MicrosoftOAuth"), &[]),
        ("provider=authkit", authkit, &[]),
        ("provider=EvilOAuth", authkit, &[]),
        ("provider=googleoauth", authkit, &[]),
        ("provider=GoogleOAuth&provider=authkit", authkit, &[]),
        ("connection_id=conn_1", None, &[("connection_id", "conn_1")]),
        (
            "domain_hint=example.com",
            authkit,
            &[("domain_hint", "example.com")],
        ),
        ("connection_id=a%0ab", authkit, &[]),
        (&long, authkit, &[]),
    ];
    let site = Site::new(&[]);
    for (asked, provider, expected) in rows {
        for sender in ["none", "same-origin", "same-site", "cross-site"] {
            let target = format!("/login?{asked}&login_hint=ada");
            let ask = Ask::navigation(&target).with("sec-fetch-site", sender);
            let query = site.decide(&ask).query();
            let others = sender == "cross-site";
            let provider = if others { authkit } else { provider };
            let given = query.get("provider").map(String::as_str);
            assert_eq!(given, provider, "{asked} {sender}");
            for (name, value) in expected {
                let given = query.get(*name).map(String::as_str);
                assert_eq!(given, (!others).then_some(*value), "{asked} {sender}");
            }
            assert_eq!(query["login_hint"], "ada", "{asked} {sender}");
            let chosen = ["connection_id", "domain_hint"];
            let chosen = chosen.iter().filter(|name| query.contains_key(**name));
            let allowed = if others { 0 } else { expected.len() };
            assert_eq!(chosen.count(), allowed, "{asked} {sender}");
        }
    }
}

#[test]
fn an_older_browser_that_says_nothing_may_choose() {
    let site = Site::new(&[]);
    let ask = Ask::bare("/login?provider=GoogleOAuth").with("accept", "text/html");
    assert_eq!(site.decide(&ask).query()["provider"], "GoogleOAuth");
}

#[test]
fn who_is_signed_in_and_names_a_provider_goes_to_it() {
    let site = Site::new(&[]);
    let browser = Browser::signed_in(&site, ADA);
    for query in [
        "provider=GitHubOAuth",
        "connection_id=c",
        "domain_hint=d.example",
    ] {
        let target = format!("/login?{query}");
        let asked = browser.clone().go(&site, &target);
        assert_eq!(asked.verdict(), "302 to AuthKit", "{query}");
        let ask = Ask::navigation(&target).with("sec-fetch-site", "cross-site");
        let sent = site.decide(&browser.dress(&ask));
        assert_eq!(sent.verdict(), "302 to https://app.example.com/", "{query}");
    }
}
