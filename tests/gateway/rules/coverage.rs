//! Which requests a rule is about: every reading of the path counts, whatever the other lists say.

use serde_json::json;

use super::{ada, missing, site};
use crate::support::{Ask, Browser, Fault, LIFETIME, Seen};

const ADMIN: &str = "/admin/:path* role:admin";

/// Settings under which nobody would ask for a session on `/admin`.
const OPEN: [&[(&str, &str)]; 4] = [
    &[("MIDDLEWARE_AUTH", "false")],
    &[("MATCHER", "/elsewhere")],
    &[("UNAUTHENTICATED_PATHS", "/:path*")],
    &[
        ("MIDDLEWARE_AUTH", "false"),
        ("MATCHER", "/elsewhere"),
        ("UNAUTHENTICATED_PATHS", "/:path*"),
    ],
];

const SPELLINGS: [&str; 16] = [
    "/admin",
    "/admin/",
    "/admin/x/y",
    "/ADMIN/x",
    "/Admin",
    "/%61dmin/x",
    "/%41DMIN",
    "/%2561dmin",
    "//admin/x",
    "/admin%2fx",
    "/admin;x/y",
    "/admin%3fx",
    "/admin%23",
    "/admin./x",
    "/admin%5cx",
    "/;x/admin",
];

#[test]
fn a_rule_holds_whatever_the_other_lists_say() {
    for variables in OPEN {
        let site = site(ADMIN, variables, json!({}));
        let mut browser = ada(&site);
        for path in SPELLINGS {
            let stranger = site.decide(&Ask::navigation(path));
            assert_eq!(stranger.verdict(), "302 to AuthKit", "{path} {variables:?}");
            let stranger = site.decide(&Ask::script(path));
            assert_eq!(stranger.verdict(), "401", "{path} {variables:?}");
            let refused = browser.send(&site, &Ask::script(path));
            assert_eq!(refused.verdict(), "403", "{path} {variables:?}");
            assert_eq!(missing(&refused), ["role:admin"], "{path}");
        }
        for path in ["/administrator", "/x/admin", "/admi", "/"] {
            let verdict = site.decide(&Ask::navigation(path)).verdict();
            assert!(verdict.starts_with("forwarded"), "{path}: {verdict}");
        }
    }
}

#[test]
fn whoever_meets_it_is_let_through_in_every_spelling() {
    for variables in OPEN {
        let site = site(ADMIN, variables, json!({ "role": "admin" }));
        let mut browser = ada(&site);
        for path in SPELLINGS {
            let page = browser.go(&site, path);
            assert_eq!(page.verdict(), "forwarded as true", "{path} {variables:?}");
        }
    }
}

#[test]
fn an_outage_opens_nothing() {
    for variables in OPEN {
        let site = site(ADMIN, variables, json!({ "role": "admin" }));
        let mut browser = ada(&site);
        site.world.pass(LIFETIME);
        site.world.workos.tokens.always(Fault::Network);
        assert_eq!(browser.go(&site, "/admin").verdict(), "503");
    }
}

#[test]
fn a_path_without_conditions_wants_somebody() {
    let open = OPEN.last().copied().unwrap_or_default();
    let site = site("/members/:path*", open, json!({}));
    let page = ada(&site).go(&site, "/members/x");
    assert_eq!(page.verdict(), "forwarded as true");
    let stranger = Browser::default().go(&site, "/members/x");
    assert_eq!(stranger.verdict(), "302 to AuthKit");
}

#[test]
fn our_own_paths_are_nobody_elses_to_rule() {
    let site = site("/:path* role:nobody", &[], json!({}));
    let mut browser = ada(&site);
    assert_eq!(browser.go(&site, "/x").verdict(), "403");
    assert_eq!(browser.go(&site, "/auth/health").verdict(), "200");
    assert_eq!(
        browser.send(&site, &Ask::script("/auth/session")).verdict(),
        "200"
    );
    let out = browser.send(&site, &Ask::form("/logout"));
    assert!(out.verdict().starts_with("303"), "{}", out.verdict());
}

#[test]
fn a_path_that_cant_be_read_one_way_is_no_way_around() {
    let open = OPEN.last().copied().unwrap_or_default();
    let site = site(ADMIN, open, json!({}));
    for path in [
        "/x/..%2fadmin",
        "/admin%00",
        "/%c0%afadmin",
        "/x%5c..%5cadmin",
    ] {
        assert_eq!(
            site.decide(&Ask::navigation(path)).verdict(),
            "400",
            "{path}"
        );
    }
}
