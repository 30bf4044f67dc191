//! A sign-in that ended well, and a browser that doesn't keep the session.

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::decision::Told;
use authkit_gateway::log::LogLevel;

use crate::support::{ADA, Ask, BOB, Browser, LIFETIME, SESSION, Seen, Site};

const ARRIVED: &str = "__Host-authkit-arrived";
const LOST: (&str, &str) = ("400", "session_not_kept");

/// A browser that has just signed in, and lost the session.
fn bereft(site: &Site) -> Browser {
    let mut browser = Browser::default();
    browser.sign_in(site, "/login?return_to=/deep", ADA);
    browser.forget(SESSION);
    browser
}

#[test]
fn an_arrival_is_marked_for_a_moment() {
    let site = Site::new(&[]);
    let landed = Browser::default().sign_in(&site, "/deep", ADA);
    let mut cookies = landed.cookies().iter();
    let mark = cookies.find(|cookie| cookie.name() == ARRIVED);
    assert_eq!(
        mark.map(SetCookie::as_str),
        Some("__Host-authkit-arrived=1; Path=/; Max-Age=20; HttpOnly; Secure; SameSite=Lax")
    );
}

#[test]
fn a_session_that_isnt_kept_ends_on_a_page_and_trying_again_works() {
    let site = Site::new(&[]);
    let mut browser = bereft(&site);
    let page = browser.go(&site, "/deep?x=1");
    assert_eq!((page.verdict().as_str(), page.note.reason), LOST);
    assert_eq!(page.note.level, LogLevel::Warn);
    assert_eq!(browser.cookie(ARRIVED), None, "it says so once");
    let again = "/login?return_to=%2Fdeep%3Fx%3D1";
    assert!(page.body().contains(&format!("href=\"{again}\"")));
    let landed = browser.sign_in(&site, again, ADA);
    assert_eq!(landed.note.reason, "signed_in");
    assert_eq!(browser.go(&site, "/deep").verdict(), "forwarded as true");
}

#[test]
fn without_the_page_it_would_go_on_for_ever() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let mut sign_ins = 0;
    while browser.go(&site, "/deep").verdict() == "302 to AuthKit" {
        sign_ins += 1;
        assert!(sign_ins <= 1, "it goes on for ever");
        browser.sign_in(&site, "/deep", ADA);
        browser.forget(SESSION);
    }
    assert_eq!(sign_ins, 1);
}

#[test]
fn probable_causes_are_named() {
    const DROPPED: &[&str] = &["Cookies are switched off", "so many cookies"];
    type Row<'a> = (&'a [(&'a str, &'a str)], &'a str, &'a [&'a str]);
    let shared = ("WORKOS_COOKIE_DOMAIN", "example.com");
    let hosts = ("ALLOWED_HOSTS", "www.example.org, shop.example.com");
    let rows: [Row<'_>; 4] = [
        (&[], "https://app.example.com/", DROPPED),
        (&[shared, hosts], "https://shop.example.com/", DROPPED),
        (
            &[shared, hosts],
            "https://www.example.org/",
            &["another domain (WORKOS_COOKIE_DOMAIN)"],
        ),
        (
            &[("ALLOWED_HOSTS", "app.example.com")],
            "http://app.example.com/",
            &["came over http"],
        ),
    ];
    for (variables, url, causes) in rows {
        let site = Site::new(variables);
        let mut browser = Browser::default();
        browser.plant(ARRIVED, "1");
        let page = browser.go(&site, url);
        assert_eq!((page.verdict().as_str(), page.note.reason), LOST, "{url}");
        for cause in causes {
            assert!(page.body().contains(cause), "{url}: {cause}");
        }
        let lines = page.body().matches("<li>").count();
        assert_eq!(lines, causes.len(), "{url}: nothing else");
    }
}

#[test]
fn who_has_another_reason_to_sign_in_is_sent_there() {
    let challenge = "302 to AuthKit";
    let rows = [
        (
            "unreadable",
            Some("v1.unreadable"),
            Ask::navigation("/deep"),
            challenge,
        ),
        ("a script", None, Ask::script("/deep"), "401"),
        ("a form", None, Ask::form("/deep"), "401"),
        ("prefetch", None, Ask::prefetch("/deep"), "401"),
        ("asked for", None, Ask::navigation("/login"), challenge),
        (
            "public",
            None,
            Ask::navigation("/open"),
            "forwarded as false",
        ),
        ("who am I", None, Ask::script("/auth/session"), "200"),
    ];
    for (name, session, ask, expected) in rows {
        let site = Site::new(&[("UNAUTHENTICATED_PATHS", "/open")]);
        let mut browser = bereft(&site);
        session
            .into_iter()
            .for_each(|text| browser.plant(SESSION, text));
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), expected, "{name}");
        assert!(browser.cookie(ARRIVED).is_some(), "{name}");
    }
}

#[test]
fn a_strict_cookie_that_stays_behind_is_no_loop() {
    let rows = [
        ("strict", "cross-site", "302 to AuthKit"),
        ("strict", "same-origin", "400"),
        ("strict", "none", "400"),
        ("lax", "cross-site", "400"),
    ];
    for (same_site, from, expected) in rows {
        let site = Site::new(&[("WORKOS_COOKIE_SAMESITE", same_site)]);
        let mut browser = Browser::default();
        browser.plant(ARRIVED, "1");
        let ask = Ask::navigation("/deep").with("sec-fetch-site", from);
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), expected, "{same_site}, {from}");
    }
}

#[test]
fn a_session_that_ended_is_no_loop() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    let body = r#"{"error":"invalid_grant"}"#;
    let fault = crate::support::Fault::Answer(400, body);
    site.world.workos.tokens.once(fault);
    assert_eq!(browser.go(&site, "/deep").verdict(), "302 to AuthKit");
}

#[test]
fn signing_out_clears_the_mark() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    assert!(browser.cookie(ARRIVED).is_some());
    browser.send(&site, &Ask::form("/logout"));
    assert_eq!(browser.cookie(ARRIVED), None);
    assert_eq!(browser.go(&site, "/").verdict(), "302 to AuthKit");
}

#[test]
fn an_origin_that_asks_ends_in_no_loop() {
    let site = Site::new(&[("MIDDLEWARE_AUTH", "false")]);
    let mut browser = bereft(&site);
    let ask = browser.dress(&Ask::navigation("/deep"));
    assert_eq!(browser.go(&site, "/deep").verdict(), "forwarded as false");
    let asks = |told| {
        let head = ask.head();
        site.gateway.ensure_signed_in(told, &head, &site.world)
    };
    let page = asks(Told::Anonymous).expect("it was told");
    assert_eq!((page.verdict().as_str(), page.note.reason), LOST);
    browser.keep(&page);
    assert_eq!(browser.cookie(ARRIVED), None);
}

#[test]
fn a_strict_cookie_that_another_sites_link_leaves_out_is_no_loop() {
    let site = Site::new(&[("WORKOS_COOKIE_SAMESITE", "strict")]);
    let mut browser = bereft(&site);
    let ask = Ask::navigation("/deep").with("sec-fetch-site", "cross-site");
    let outcome = browser.send(&site, &ask);
    assert_eq!(outcome.verdict(), "302 to AuthKit");
}

#[test]
fn beside_somebody_elses_session_it_ends_on_a_page_that_says_so() {
    let site = Site::new(&[]);
    let planted = Browser::signed_in(&site, ADA);
    let mut browser = Browser::default();
    browser.sign_in(&site, "/deep", BOB);
    let both = |browser: &Browser| {
        let planted = format!("; {SESSION}={}", planted.session());
        let ask = browser.dress(&Ask::navigation("/deep"));
        let own = ask.head().field("cookie").map(std::borrow::Cow::into_owned);
        Ask::navigation("/deep").with("cookie", &(own.expect("cookies") + &planted))
    };
    let page = site.decide(&both(&browser));
    assert_eq!(
        (page.verdict().as_str(), page.note.reason),
        ("400", "conflicting_sessions")
    );
    assert!(page.body().contains("Two people are signed in here"));
    browser.keep(&page);
    assert_eq!(browser.cookie(ARRIVED), None, "it says so once");
    assert_eq!(site.decide(&both(&browser)).verdict(), "302 to AuthKit");
}
