//! `CORS_ORIGINS`: whose scripts may read why they were turned away.

use authkit_gateway::decision::{Decision, Outcome};

use crate::support::{ADA, Ask, Browser, Fault, LIFETIME, SITE, Seen, Site, Unsigned};

const SPA: &str = "https://spa.example.com";
const ORIGINS: (&str, &str) = (
    "CORS_ORIGINS",
    "https://spa.example.com, http://localhost:3000",
);

fn from(origin: &str, path: &str) -> Ask {
    Ask::script(path)
        .with("origin", origin)
        .with("sec-fetch-site", "cross-site")
}

#[track_caller]
fn readable(outcome: &Outcome, status: &str, origin: &str) {
    assert_eq!(outcome.verdict(), status);
    assert_eq!(outcome.field("access-control-allow-origin"), Some(origin));
    assert_eq!(
        outcome.field("access-control-allow-credentials"),
        Some("true")
    );
    let exposed = outcome
        .field("access-control-expose-headers")
        .unwrap_or_default();
    for name in ["retry-after", "www-authenticate"] {
        assert!(exposed.contains(name), "{exposed}");
    }
    let vary = outcome.field("vary").expect("it varies");
    for name in ["Origin", "Cookie", "Accept", "Sec-Fetch-Mode"] {
        assert!(vary.split(", ").any(|own| own == name), "{vary}");
    }
}

#[track_caller]
fn unreadable(outcome: &Outcome, why: &str) {
    let decision = format!("{:?}", outcome.decision).to_lowercase();
    assert!(!decision.contains("access-control"), "{why}: {decision}");
}

#[test]
fn a_listed_origin_may_read_why_it_was_refused() {
    for origin in [SPA, "http://localhost:3000"] {
        let site = Site::new(&[ORIGINS]);
        readable(&site.decide(&from(origin, "/x")), "401", origin);
        let post = from(origin, "/x").method("POST");
        readable(&site.decide(&post), "401", origin);
    }
}

#[test]
fn origins_are_compared_letter_for_letter() {
    let site = Site::new(&[ORIGINS]);
    let others = [
        "https://evil.example",
        "http://spa.example.com",
        "https://SPA.example.com",
        "https://spa.example.com/",
        "https://spa.example.com:443",
        "https://spa.example.com:8443",
        "https://x.spa.example.com",
        "https://spa.example.com.evil.example",
        "https://spa.example.comevil",
        "https://spa_example.com",
        "https://spa.example.com, https://evil.example",
        "http://localhost:3001",
        "null",
        "*",
        "",
        SITE,
    ];
    for origin in others {
        let outcome = site.decide(&from(origin, "/x"));
        assert_eq!(outcome.verdict(), "401");
        unreadable(&outcome, origin);
    }
    unreadable(&site.decide(&Ask::script("/x")), "no origin");
}

#[test]
fn nobody_may_unless_the_operator_says_so() {
    let site = Site::new(&[]);
    for origin in [SPA, SITE, "null"] {
        unreadable(&site.decide(&from(origin, "/x")), origin);
    }
}

#[test]
fn so_are_missing_roles_old_sign_ins_and_outages() {
    let rules = ("RULES", "/admin role:admin\n/danger max_age:60");
    let site = Site::new(&[ORIGINS, rules]);
    let mut browser = Browser::signed_in(&site, ADA);
    readable(&browser.send(&site, &from(SPA, "/admin")), "403", SPA);
    let step_up = browser.send(&site, &from(SPA, "/danger"));
    readable(&step_up, "401", SPA);
    assert!(step_up.field("www-authenticate").is_some());
    site.world.pass(LIFETIME);
    site.world.workos.tokens.always(Fault::Network);
    let down = browser.send(&site, &from(SPA, "/x"));
    readable(&down, "503", SPA);
    assert!(down.field("retry-after").is_some());
}

#[test]
fn so_is_a_bad_token() {
    let site = Site::new(&[ORIGINS, ("ACCEPT_BEARER", "true")]);
    let mut token = Unsigned::new(ADA.id, "session_1", None, "key_1", site.now().0);
    token.claims["iss"] = "https://evil.example".into();
    let bearer = format!("Bearer {}", token.signed());
    let outcome = site.decide(&from(SPA, "/x").with("authorization", &bearer));
    readable(&outcome, "401", SPA);
}

#[test]
fn so_is_the_refusal_in_place_of_the_sites_own() {
    let site = Site::new(&[ORIGINS, ("UNAUTHENTICATED_PATHS", "/:path*")]);
    for (origin, is_listed) in [(SPA, true), ("https://evil.example", false)] {
        let ask = from(origin, "/x");
        let Decision::Forward(forward) = site.decide(&ask).decision else {
            panic!("the path is public");
        };
        let head = ask.head();
        let instead = site
            .gateway
            .ensure_signed_in(forward.told, &head, &site.world);
        let instead = instead.expect("it was told");
        match is_listed {
            true => readable(&instead, "401", origin),
            false => unreadable(&instead, origin),
        }
    }
}

#[test]
fn what_the_site_answers_and_where_people_are_led_is_untouched() {
    let site = Site::new(&[ORIGINS, ("UNAUTHENTICATED_PATHS", "/open")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let forwarded = browser.send(&site, &from(SPA, "/x"));
    assert_eq!(forwarded.verdict(), "forwarded as true");
    assert_eq!(forwarded.field("access-control-allow-origin"), None);
    let public = site.decide(&from(SPA, "/open"));
    assert_eq!(public.field("access-control-allow-origin"), None);
    let page = site.decide(&Ask::navigation("/x").with("origin", SPA));
    assert_eq!(page.verdict(), "302 to AuthKit");
}

#[test]
fn our_own_paths_are_for_our_own_pages() {
    let site = Site::new(&[ORIGINS, ("ACCESS_TOKEN_ENDPOINT", "true")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let rows = [
        ("GET", "/auth/session"),
        ("GET", "/auth/token"),
        ("POST", "/auth/refresh"),
        ("POST", "/auth/switch-organization?organization_id=org_1"),
        ("GET", "/login"),
        ("POST", "/logout"),
        ("GET", "/callback?code=x&state=y"),
    ];
    for (method, path) in rows {
        let outcome = browser.send(&site, &from(SPA, path).method(method));
        unreadable(&outcome, path);
    }
}
