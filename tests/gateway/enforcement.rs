//! Who gets to the site: every access, visitor, way of enforcing and kind of request.

use crate::support::{ADA, Ask, Browser, Fault, LIFETIME, SESSION, Seen, Site};

const RULES: [(&str, &str); 2] = [
    ("MATCHER", "/app/:path*"),
    ("UNAUTHENTICATED_PATHS", "/app/open/:path*"),
];

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Visitor {
    Anonymous,
    SignedIn,
    Unreadable,
    Unverifiable,
}

const VISITORS: [Visitor; 4] = [
    Visitor::Anonymous,
    Visitor::SignedIn,
    Visitor::Unreadable,
    Visitor::Unverifiable,
];

fn kinds(path: &str) -> [(&'static str, Ask); 8] {
    [
        ("navigation", Ask::navigation(path)),
        (
            "old navigation",
            Ask::bare(path).with("accept", "text/html"),
        ),
        ("script", Ask::script(path)),
        ("prefetch", Ask::prefetch(path)),
        ("form", Ask::form(path)),
        ("bare", Ask::bare(path)),
        ("socket", Ask::navigation(path).with("upgrade", "websocket")),
        (
            "image",
            Ask::navigation(path).with("sec-fetch-dest", "image"),
        ),
    ]
}

#[test]
fn a_protected_path_takes_a_session() {
    for (kind, ask) in kinds("/app/x") {
        let challenge = if kind.contains("navigation") {
            "302 to AuthKit"
        } else {
            "401"
        };
        for visitor in VISITORS {
            let expected = match visitor {
                Visitor::Anonymous | Visitor::Unreadable => challenge,
                Visitor::SignedIn => "forwarded as true",
                Visitor::Unverifiable => "503",
            };
            check(&ask, visitor, "true", expected);
        }
    }
}

#[test]
fn a_public_path_is_told_who_is_there() {
    for (_, ask) in kinds("/app/open/x") {
        for visitor in VISITORS {
            check(&ask, visitor, "true", told(visitor));
        }
    }
}

#[test]
fn a_page_based_origin_decides_for_itself() {
    for path in ["/app/x", "/app/open/x"] {
        for (_, ask) in kinds(path) {
            for visitor in VISITORS {
                check(&ask, visitor, "false", told(visitor));
            }
        }
    }
}

#[test]
fn an_unmatched_path_is_told_nothing() {
    for (_, ask) in kinds("/elsewhere") {
        for visitor in VISITORS {
            for enforcing in ["true", "false"] {
                check(&ask, visitor, enforcing, "forwarded");
            }
        }
    }
}

#[test]
fn a_path_nobody_can_be_sure_of_is_refused() {
    let site = Site::new(&[]);
    for path in ["/a%2f..%2fb", "/%c0%af", "/%", "/a\\b", "/a%00"] {
        let outcome = site.decide(&Ask::navigation(path));
        assert_eq!(outcome.verdict(), "400", "{path}");
        assert_eq!(outcome.note.reason, "malformed_path", "{path}");
    }
}

#[test]
fn own_paths_are_exact_and_never_the_sites() {
    let site = Site::new(&[]);
    let own = [
        ("/login", "sign-in"),
        ("/signup", "sign-up"),
        ("/callback", "callback"),
        ("/logout", "sign-out"),
        ("/auth/session", "session"),
        ("/auth/health", "health"),
        ("/auth/client.js", "client"),
        ("/auth/refresh", "refresh"),
        ("/auth/switch-organization", "switch-organization"),
        ("/auth/token", "token"),
    ];
    for (path, route) in own {
        let outcome = site.decide(&Ask::navigation(path));
        assert_eq!(outcome.note.route, route);
        assert!(!outcome.verdict().starts_with("forwarded"), "{path}");
        for other in [
            format!("{path}/"),
            path.to_uppercase(),
            format!("{path};x"),
            format!("{path}/x"),
        ] {
            assert_eq!(
                site.decide(&Ask::script(&other)).note.route,
                "protected",
                "{other}"
            );
        }
    }
}

#[test]
fn a_program_is_told_where_to_sign_in() {
    let site = Site::new(&[]);
    let outcome = site.decide(&Ask::script("/api/data"));
    let body: serde_json::Value = serde_json::from_str(outcome.body()).expect("JSON");
    assert_eq!(body["error"], "unauthenticated");
    assert_eq!(body["sign_in_url"], "https://app.example.com/login");
    assert_eq!(outcome.field("x-authkit-gateway"), Some("intercepted"));
}

fn told(visitor: Visitor) -> &'static str {
    match visitor {
        Visitor::Anonymous | Visitor::Unreadable => "forwarded as false",
        Visitor::SignedIn => "forwarded as true",
        Visitor::Unverifiable => "forwarded as unknown",
    }
}

#[track_caller]
fn check(ask: &Ask, visitor: Visitor, enforcing: &str, expected: &str) {
    let [matcher, public] = RULES;
    let site = Site::new(&[matcher, public, ("MIDDLEWARE_AUTH", enforcing)]);
    let mut browser = Browser::default();
    match visitor {
        Visitor::Anonymous => {}
        Visitor::SignedIn => browser = Browser::signed_in(&site, ADA),
        Visitor::Unreadable => browser.plant(SESSION, "v1.unreadable"),
        Visitor::Unverifiable => {
            browser = Browser::signed_in(&site, ADA);
            site.world.pass(LIFETIME);
            site.world.workos.tokens.always(Fault::Network);
        }
    }
    let session = browser.cookie(SESSION).map(str::to_owned);
    let outcome = browser.send(&site, ask);
    assert_eq!(
        outcome.verdict(),
        expected,
        "{visitor:?} {enforcing} {ask:?}"
    );
    let identity = outcome.field("x-authkit-user-id");
    assert_eq!(
        identity,
        (expected == "forwarded as true").then_some(ADA.id),
        "{ask:?}"
    );
    assert_eq!(
        browser.cookie(SESSION).map(str::to_owned),
        session,
        "{visitor:?} {ask:?}"
    );
}
