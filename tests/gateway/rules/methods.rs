//! Rules for some methods: HEAD counts as GET, and `public` opens what no other rule closes.

use serde_json::json;

use super::{ada, site};
use crate::support::{Ask, Seen, arriving, value};

fn ask(method: &str, path: &str) -> Ask {
    Ask::script(path).method(method)
}

#[test]
fn a_rule_is_about_its_methods_alone_and_head_asks_as_get_does() {
    let site = site("GET /x role:a\nDELETE|PUT /y role:a", &[], json!({}));
    let mut browser = ada(&site);
    let rows = [
        ("GET", "/x", "403"),
        ("HEAD", "/x", "403"),
        ("POST", "/x", "forwarded as true"),
        ("OPTIONS", "/x", "forwarded as true"),
        ("GET", "/y", "forwarded as true"),
        ("HEAD", "/y", "forwarded as true"),
        ("DELETE", "/y", "403"),
        ("PUT", "/y", "403"),
    ];
    for (method, path, expected) in rows {
        let outcome = browser.send(&site, &ask(method, path));
        assert_eq!(outcome.verdict(), expected, "{method} {path}");
    }
}

#[test]
fn no_header_makes_another_method_of_a_request() {
    let rules = "GET /x public\nDELETE /x role:a";
    let site = site(rules, &[], json!({}));
    let mut browser = ada(&site);
    for name in [
        "x-http-method-override",
        "x-http-method",
        "x-method-override",
    ] {
        let anonymous = site.decide(&ask("POST", "/x").with(name, "GET"));
        assert_eq!(anonymous.verdict(), "401", "{name}");
        let overridden = ask("POST", "/x").with(name, "DELETE");
        let outcome = browser.send(&site, &overridden);
        let lines = arriving(&site, &overridden, &outcome);
        assert_eq!(value(&lines, name), None, "the site must not hear of it");
    }
}

#[test]
fn public_is_for_its_methods_alone() {
    let site = site(
        "POST /webhooks/:path* public\nGET /docs/:path* public",
        &[],
        json!({}),
    );
    let rows = [
        ("POST", "/webhooks/stripe", "forwarded as false"),
        ("GET", "/webhooks/stripe", "401"),
        ("HEAD", "/webhooks/stripe", "401"),
        ("PUT", "/webhooks/stripe", "401"),
        ("post", "/webhooks/stripe", "401"),
        ("GET", "/docs/a", "forwarded as false"),
        ("HEAD", "/docs/a", "forwarded as false"),
        ("POST", "/docs/a", "401"),
    ];
    for (method, path, expected) in rows {
        let verdict = site.decide(&ask(method, path)).verdict();
        assert_eq!(verdict, expected, "{method} {path}");
    }
    let told = ada(&site).send(&site, &ask("POST", "/webhooks/stripe"));
    assert_eq!(told.verdict(), "forwarded as true");
}

#[test]
fn public_takes_every_reading_of_the_path_in_its_very_case() {
    let site = site(
        "POST /hooks/:path* public\n/hooks/own role:a",
        &[],
        json!({}),
    );
    let spellings = [
        "/Hooks/x",
        "/HOOKS",
        "/hooks%2fx",
        "/hooks%2f..%2fadmin",
        "/hooks;x/y",
        "//hooks/x",
        "/hooks/x//",
        "/hooks/own",
        "/hooks/OWN",
        "/hooks/%6fwn",
        "/hooks/own%2f",
        "/hooks/own;x",
    ];
    for path in spellings {
        let verdict = site.decide(&ask("POST", path)).verdict();
        assert!(
            matches!(verdict.as_str(), "400" | "401"),
            "{path}: {verdict}"
        );
    }
}

#[test]
fn public_never_opens_what_another_rule_closes() {
    let (open, closed) = ("POST /hooks/:path* public", "/hooks/:path* role:admin");
    let anyone = "/:path*";
    for rules in [
        [open, closed],
        [closed, open],
        [open, anyone],
        [anyone, open],
    ] {
        let site = site(&rules.join("\n"), &[], json!({}));
        let outcome = site.decide(&ask("POST", "/hooks/x"));
        assert_eq!(outcome.verdict(), "401", "{rules:?}");
    }
}

#[test]
fn public_doesnt_look_for_a_session_where_the_matcher_doesnt() {
    let matcher = [("MATCHER", "/app/:path*")];
    let site = site("/:path* public", &matcher, json!({}));
    assert_eq!(
        site.decide(&ask("GET", "/elsewhere")).verdict(),
        "forwarded"
    );
    assert_eq!(
        site.decide(&ask("GET", "/app")).verdict(),
        "forwarded as false"
    );
}
