//! Which hosts are served, and the guard against going in circles.

use crate::support::{ADA, Ask, Browser, Seen, Site};

#[test]
fn no_other_host_gets_anything() {
    let site = Site::new(&[("ALLOWED_HOSTS", "www.example.com, *.preview.example.com")]);
    let rows = [
        ("https://app.example.com", true),
        ("https://APP.example.com", true),
        ("https://www.example.com", true),
        ("https://a.preview.example.com", true),
        ("https://a.b.preview.example.com", true),
        ("https://preview.example.com", false),
        ("https://evil.example", false),
        ("https://app.example.com.evil.example", false),
        ("https://app.example.com:8443", false),
        ("https://app.example.com.", false),
        ("https://192.0.2.1", false),
    ];
    for (host, is_served) in rows {
        for path in [
            "/",
            "/login",
            "/callback",
            "/logout",
            "/auth/health",
            "/auth/session",
            "/auth/token",
            "/auth/client.js",
        ] {
            let ask = Ask::navigation(&format!("{host}{path}"));
            let outcome = site.decide(&ask);
            assert_eq!(outcome.verdict() != "421", is_served, "{host}{path}");
            assert!(is_served || outcome.cookies().is_empty(), "{host}{path}");
        }
    }
}

#[test]
fn a_sign_in_ends_where_it_began() {
    let site = Site::new(&[("ALLOWED_HOSTS", "*.preview.example.com")]);
    let mut browser = Browser::default();
    let home = "https://a.preview.example.com";
    let sent = browser.go(&site, &format!("{home}/deep"));
    assert_eq!(sent.query()["redirect_uri"], format!("{home}/callback"));
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    let moved = callback.replace("//a.", "//b.");
    assert_eq!(
        browser.clone().go(&site, &moved).note.reason,
        "sign_in_restarts"
    );
    assert_eq!(
        browser.go(&site, &callback).verdict(),
        format!("303 to {home}/deep")
    );
}

#[test]
fn forwarded_hosts_are_not_looked_at() {
    let site = Site::new(&[]);
    let ask = Ask::navigation("/deep")
        .with("x-forwarded-host", "evil.example")
        .with("x-forwarded-proto", "http")
        .with("forwarded", "host=evil.example")
        .with("host", "evil.example");
    let outcome = site.decide(&ask);
    assert_eq!(
        outcome.query()["redirect_uri"],
        "https://app.example.com/callback"
    );
}

#[test]
fn other_names_of_this_machine_lead_to_the_one_that_has_the_cookies() {
    let site = Site::new(&[("WORKOS_REDIRECT_URI", "http://localhost:8787/callback")]);
    for host in [
        "http://127.0.0.1:8787",
        "http://[::1]:8787",
        "http://app.localhost:8787",
    ] {
        for path in ["/login?return_to=/a", "/deep"] {
            let outcome = site.decide(&Ask::navigation(&format!("{host}{path}")));
            assert_eq!(
                outcome.verdict(),
                format!("302 to http://localhost:8787{path}"),
                "{host}"
            );
            assert!(outcome.cookies().is_empty(), "{host}");
        }
    }
    assert_eq!(
        site.decide(&Ask::navigation("http://app.example.com/"))
            .verdict(),
        "421"
    );
}

#[test]
fn a_request_that_comes_back_is_stopped() {
    let site = Site::new(&[]);
    for path in ["/", "/login", "/callback", "/logout", "/auth/health"] {
        let outcome = site.decide(&Ask::navigation(path).with("x-authkit-hop", "1"));
        assert_eq!(outcome.verdict(), "508", "{path}");
        assert!(outcome.body().contains("ORIGIN"), "it says what to do");
    }
}

#[test]
fn an_origin_elsewhere_has_nothing_to_come_back_from() {
    let site = Site::new(&[("ORIGIN", "https://origin.example.com")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let outcome = browser.send(&site, &Ask::navigation("/").with("x-authkit-hop", "1"));
    assert_eq!(outcome.verdict(), "forwarded as true");
}
