//! A WebSocket is kept from pages of other sites: cookies come along, and no CORS does.

use crate::support::{ADA, Ask, Browser, SITE, Seen, Site, arriving, value};

fn socket(path: &str) -> Ask {
    Ask::bare(path)
        .with("connection", "Upgrade")
        .with("upgrade", "websocket")
        .with("sec-fetch-mode", "websocket")
        .with("sec-fetch-dest", "websocket")
}

const LISTED: &str = "https://spa.example.com";
const VARIABLES: [(&str, &str); 3] = [
    ("CORS_ORIGINS", LISTED),
    ("ALLOWED_HOSTS", "www.example.com"),
    ("UNAUTHENTICATED_PATHS", "/open/:path*"),
];

#[test]
fn with_a_session_only_our_own_pages_and_those_on_the_list_get_one() {
    let rows = [
        (SITE, "forwarded as true"),
        (LISTED, "forwarded as true"),
        ("https://evil.example", "403"),
        ("https://www.example.com", "403"),
        ("https://app.example.com.evil.example", "403"),
        ("http://app.example.com", "403"),
        ("https://app.example.com:8443", "403"),
        ("https://APP.example.com", "403"),
        ("https://app.example.com/", "403"),
        ("https://app.example.com, https://evil.example", "403"),
        ("null", "403"),
        ("", "403"),
    ];
    for enforcing in ["true", "false"] {
        let site = Site::new(&[&VARIABLES[..], &[("MIDDLEWARE_AUTH", enforcing)]].concat());
        let mut browser = Browser::signed_in(&site, ADA);
        for path in ["/socket", "/open/socket"] {
            for (origin, expected) in rows {
                let outcome = browser.send(&site, &socket(path).with("origin", origin));
                assert_eq!(outcome.verdict(), expected, "{origin} {path} {enforcing}");
            }
        }
    }
}

#[test]
fn whoever_isnt_a_browser_says_no_origin_and_gets_one() {
    let site = Site::new(&VARIABLES);
    let mut browser = Browser::signed_in(&site, ADA);
    for ask in [
        socket("/socket"),
        socket("/socket").with("upgrade", "WebSocket"),
    ] {
        assert_eq!(browser.send(&site, &ask).verdict(), "forwarded as true");
    }
}

#[test]
fn without_a_session_it_is_401_wherever_it_comes_from() {
    let site = Site::new(&VARIABLES);
    for origin in [SITE, LISTED, "https://evil.example"] {
        let outcome = site.decide(&socket("/socket").with("origin", origin));
        assert_eq!(outcome.verdict(), "401", "{origin}");
        let public = site.decide(&socket("/open").with("origin", origin));
        assert_eq!(
            public.verdict(),
            "forwarded as false",
            "nothing is at stake: {origin}"
        );
    }
}

#[test]
fn the_refusal_says_what_the_operator_can_do_and_keeps_the_session() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    let ask = socket("/socket").with("origin", "https://evil.example");
    let outcome = browser.send(&site, &ask);
    assert!(
        outcome.body().contains("CORS_ORIGINS"),
        "{}",
        outcome.body()
    );
    assert_eq!(outcome.note.reason, "cross_site_websocket");
    assert!(
        !outcome.body().contains("evil.example"),
        "nothing is repeated"
    );
    assert_eq!(
        browser.send(&site, &socket("/socket")).verdict(),
        "forwarded as true"
    );
}

#[test]
fn rules_hold_for_it_too() {
    let site = Site::new(&[("RULES", "/socket role:admin\n/fresh max_age:60")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let own = |path| socket(path).with("origin", SITE);
    assert_eq!(browser.send(&site, &own("/socket")).verdict(), "403");
    assert_eq!(browser.send(&site, &own("/fresh")).verdict(), "401");
    assert_eq!(
        browser.send(&site, &own("/x")).verdict(),
        "forwarded as true"
    );
}

#[test]
fn what_isnt_a_websocket_isnt_asked_where_it_comes_from() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    for upgrade in ["h2c", "websockets", "TLS/1.0"] {
        let ask = Ask::script("/x")
            .with("upgrade", upgrade)
            .with("origin", "https://evil.example");
        assert_eq!(
            browser.send(&site, &ask).verdict(),
            "forwarded as true",
            "{upgrade}"
        );
    }
}

#[test]
fn only_a_get_opens_one() {
    let rules = "POST /hooks public\nGET /own role:owner";
    let site = Site::new(&[("RULES", rules), ("MATCHER", "/((?!static).*)")]);
    let browser = Browser::signed_in(&site, ADA);
    let preflight = socket("/x")
        .with("origin", "https://evil.example")
        .with("access-control-request-method", "GET");
    let asks = [
        preflight.method("OPTIONS"),
        socket("/hooks").method("POST"),
        browser.dress(&socket("/own").method("POST")),
        socket("/static").method("PUT"),
    ];
    for ask in asks {
        let lines = arriving(&site, &ask, &site.decide(&ask));
        let upgrade = value(&lines, "upgrade");
        assert_eq!(upgrade, None, "the runtime would send a GET: {ask:?}");
    }
}
