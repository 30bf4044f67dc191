//! A browser asks what another origin's script may ask for: the site answers, told of nobody.

use crate::support::{ADA, Ask, Browser, Seen, Site, Unsigned, arriving, value};

fn preflight(path: &str) -> Ask {
    Ask::bare(path)
        .method("OPTIONS")
        .with("origin", "https://spa.example.com")
        .with("access-control-request-method", "DELETE")
        .with("access-control-request-headers", "x-own")
}

/// Settings that would tell the site everything there is.
const TALKATIVE: [(&str, &str); 8] = [
    ("FORWARD_ACCESS_TOKEN", "true"),
    ("FORWARD_SESSION_COOKIE", "true"),
    ("FORWARD_USER", "true"),
    ("IDENTITY_HEADERS", "authkit, forwarded, email=Remote-User"),
    ("ACCEPT_BEARER", "true"),
    ("AUTHKIT_NEXTJS", "true"),
    ("RULES", "/admin/:path* role:admin\nOPTIONS /x role:admin"),
    ("MATCHER", "/admin/:path*, /x, /open, /api/:path*"),
];

#[test]
fn it_reaches_the_site_with_nothing_of_the_visitors() {
    for origin in ["", "https://origin.example.com"] {
        let site = Site::new(&[&TALKATIVE[..], &[("ORIGIN", origin)]].concat());
        let browser = Browser::signed_in(&site, ADA);
        let token = Unsigned::new(ADA.id, "session_1", None, "key_1", site.now().0);
        for path in ["/admin", "/ADMIN%2fx", "/x", "/open", "/api/x"] {
            let ask = preflight(path)
                .with("authorization", &format!("Bearer {}", token.signed()))
                .with("proxy-authorization", "Basic x")
                .with("x-authkit-user-id", "user_eve")
                .with("x_authkit_role", "admin")
                .with("remote-user", "eve")
                .with("x-forwarded-user", "eve")
                .with("x-workos-session", "eve");
            let ask = browser.dress(&ask);
            let cookies = format!("{}; own=1", ask.head().field("cookie").unwrap_or_default());
            let ask = ask.with("cookie", &cookies);
            let outcome = site.decide(&ask);
            assert_eq!(outcome.verdict(), "forwarded", "{path}");
            assert_eq!(outcome.note.reason, "preflight");
            let mut names: Vec<String> = arriving(&site, &ask, &outcome)
                .into_iter()
                .map(|(name, _)| name)
                .filter(|name| !name.starts_with("x-forwarded-") && name != "x-authkit-hop")
                .collect();
            names.sort_unstable();
            let asked = [
                "access-control-request-headers",
                "access-control-request-method",
                "origin",
            ];
            assert_eq!(names, asked, "{path}");
            assert!(outcome.cookies().is_empty());
        }
        assert_eq!(site.world.workos.refreshes(), 0);
    }
}

#[test]
fn it_is_asked_for_though_workos_is_down_or_the_session_is_over() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    browser.plant("wos-session", "v1.unreadable");
    let outcome = browser.send(&site, &preflight("/x"));
    assert_eq!(outcome.verdict(), "forwarded");
    assert_eq!(site.world.workos.key_fetches(), 0, "nobody is recognized");
}

#[test]
fn whatever_isnt_one_is_judged_as_usual() {
    let site = Site::new(&[("RULES", "/admin/:path* role:admin")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let rows = [
        ("no origin", preflight("/admin").without("origin")),
        (
            "no method",
            preflight("/admin").without("access-control-request-method"),
        ),
        ("neither", Ask::bare("/admin").method("OPTIONS")),
        ("a script's own", Ask::script("/admin").method("OPTIONS")),
        ("GET", preflight("/admin").method("GET")),
        ("POST", preflight("/admin").method("POST")),
        ("in small letters", preflight("/admin").method("options")),
        (
            "overridden",
            preflight("/admin")
                .method("POST")
                .with("x-http-method-override", "OPTIONS"),
        ),
    ];
    for (name, ask) in rows {
        assert_eq!(site.decide(&ask).verdict(), "401", "{name}");
        assert_eq!(browser.send(&site, &ask).verdict(), "403", "{name}");
    }
}

#[test]
fn the_request_itself_is_judged_when_it_comes() {
    let site = Site::new(&[]);
    assert_eq!(site.decide(&preflight("/x")).verdict(), "forwarded");
    let itself = Ask::script("/x")
        .method("DELETE")
        .with("origin", "https://spa.example.com")
        .with("access-control-request-method", "DELETE");
    assert_eq!(site.decide(&itself).verdict(), "401");
}

#[test]
fn outside_the_matcher_nothing_is_changed() {
    let site = Site::new(&[("MATCHER", "/app/:path*")]);
    let ask = preflight("/x")
        .with("authorization", "Bearer own")
        .with("cookie", "own=1");
    let outcome = site.decide(&ask);
    assert_eq!(outcome.note.reason, "unmatched");
    let lines = arriving(&site, &ask, &outcome);
    assert_eq!(value(&lines, "authorization"), Some("Bearer own"));
    assert_eq!(value(&lines, "cookie"), Some("own=1"));
}

#[test]
fn it_opens_none_of_our_own_doors_and_no_odd_address() {
    let site = Site::new(&[("ALLOWED_HOSTS", "www.example.com")]);
    let own = [
        "/login",
        "/callback",
        "/logout",
        "/auth/session",
        "/auth/token",
        "/auth/refresh",
    ];
    for path in own {
        let outcome = site.decide(&preflight(path));
        assert!(!outcome.verdict().starts_with("forwarded"), "{path}");
        assert_ne!(outcome.note.reason, "preflight", "{path}");
    }
    assert_eq!(site.decide(&preflight("/a%2f..%2fb")).verdict(), "400");
    assert_eq!(
        site.decide(&preflight("https://evil.example/x")).verdict(),
        "421"
    );
    let again = preflight("/x").with("x-authkit-hop", "1");
    assert_eq!(site.decide(&again).verdict(), "508");
}
