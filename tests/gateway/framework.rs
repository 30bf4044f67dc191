//! `FRAMEWORK`: a page's data is judged as the page.

mod readings;

use serde_json::Value;

use crate::support::{ADA, Ask, Browser, Seen, Site};

/// Returns what becomes of a stranger's page: `told`, `untold`, `refused` or `malformed`.
fn fate(site: &Site, path: &str) -> &'static str {
    match site.decide(&Ask::script(path)).verdict().as_str() {
        "forwarded as false" => "told",
        "forwarded" => "untold",
        "401" => "refused",
        "400" => "malformed",
        other => panic!("{path}: {other}"),
    }
}

#[track_caller]
fn check(variables: &[(&str, &str)], rows: &[(&str, &str)]) {
    let site = Site::new(variables);
    for (path, expected) in rows {
        assert_eq!(fate(&site, path), *expected, "{path} {variables:?}");
    }
}

const NEXT: (&str, &str) = ("FRAMEWORK", "nextjs");
const REACT_ROUTER: (&str, &str) = ("FRAMEWORK", "react-router");

#[test]
fn data_of_a_protected_page_takes_a_session() {
    let matcher = ("MATCHER", "/admin, /deep/:path*, /");
    let rows = [
        ("/_next/data/B/admin.json", "refused"),
        ("/_next/data/B/admin.json?x=1", "refused"),
        ("/_next/data/B/en/admin.json", "refused"),
        ("/_next/data/B/en-GB/deep/x/y.json", "refused"),
        ("/_next/data/B/index.json", "refused"),
        ("/en/admin", "refused"),
        ("/pt-BR/deep/x", "refused"),
        ("/admin.rsc", "refused"),
        ("/admin.prefetch.rsc", "refused"),
        ("/index.rsc", "refused"),
        ("/en/admin.rsc", "refused"),
        ("/admin.segments/_tree.segment.rsc", "refused"),
        ("/deep/x.segments/a/b.segment.rsc", "refused"),
        ("/deep/_next/data/B/x.json", "refused"),
        ("/deep/_next/data/B/index.json", "refused"),
        ("/_next/data/B/about.json", "untold"),
        ("/docs/_next/data/B/about.json", "untold"),
        ("/about.rsc", "untold"),
        ("/_next/static/chunk.js", "untold"),
        ("/_next/data/B", "untold"),
    ];
    check(&[NEXT, matcher], &rows);
    let rows = [
        ("/admin.data", "refused"),
        ("/admin/_.data", "refused"),
        ("/_root.data", "refused"),
        ("/_.data", "refused"),
        ("/deep/x.data?_routes=root", "refused"),
        ("/deep/x/_.data", "refused"),
        ("/about.data", "untold"),
    ];
    check(&[REACT_ROUTER, matcher], &rows);
}

#[test]
fn data_of_a_public_page_is_public_and_nothing_else_is() {
    let public = ("UNAUTHENTICATED_PATHS", "/, /about, /docs/:path*");
    let rows = [
        ("/_next/data/B/about.json", "told"),
        ("/_next/data/B/index.json", "told"),
        ("/_next/data/B/docs/a/b.json", "told"),
        ("/about.rsc", "told"),
        ("/docs/a.segments/_tree.segment.rsc", "told"),
        ("/_next/data/B/admin.json", "refused"),
        ("/_next/data/B/about/x.json", "refused"),
        ("/_next/data/B/About.json", "refused"),
        ("/_next/data/about.json", "refused"),
        ("/admin.rsc", "refused"),
        ("/about.json", "refused"),
        ("/about.data", "refused"),
        ("/docs/_next/data/B/a/b.json", "told"),
        ("/admin/_next/data/B/about.json", "refused"),
    ];
    check(&[NEXT, public], &rows);
    let rows = [
        ("/about/_root.data", "refused"),
        ("/about.data", "told"),
        ("/_root.data", "told"),
        ("/docs/a.data", "told"),
        ("/admin.data", "refused"),
        ("/about.rsc", "refused"),
    ];
    check(&[REACT_ROUTER, public], &rows);
}

#[test]
fn rules_hold_for_data_and_name_what_is_missing() {
    let rules = ("RULES", "/admin role:admin\n/deep/:path* org:*");
    for (preset, path, missing) in [
        (NEXT, "/_next/data/B/admin.json", "role:admin"),
        (NEXT, "/_next/data/B/de/admin.json", "role:admin"),
        (NEXT, "/deep/x.rsc", "org:*"),
        (NEXT, "/fr/deep/x", "org:*"),
        (REACT_ROUTER, "/admin.data", "role:admin"),
    ] {
        let site = Site::new(&[preset, rules, ("UNAUTHENTICATED_PATHS", "/:path*")]);
        let outcome = Browser::signed_in(&site, ADA).send(&site, &Ask::script(path));
        assert_eq!(outcome.verdict(), "403", "{path}");
        let body: Value = serde_json::from_str(outcome.body()).expect("JSON");
        assert_eq!(body["missing"], serde_json::json!([missing]), "{path}");
    }
}

#[test]
fn a_rule_on_the_data_routes_themselves_holds_too() {
    let site = Site::new(&[NEXT, ("RULES", "/_next/data/:path* role:admin")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let outcome = browser.send(&site, &Ask::script("/_next/data/B/about.json"));
    assert_eq!(outcome.verdict(), "403");
}

#[test]
fn without_the_preset_a_path_is_what_it_says() {
    let data = [
        "/_next/data/B/admin.json",
        "/en/admin",
        "/admin.rsc",
        "/admin.segments/_tree.segment.rsc",
        "/admin.data",
    ];
    check(&[("MATCHER", "/admin")], &data.map(|path| (path, "untold")));
    check(&[], &data.map(|path| (path, "refused")));
    let other = ["/_next/data/B/admin.json", "/en/admin", "/admin.rsc"];
    check(
        &[REACT_ROUTER, ("MATCHER", "/admin")],
        &other.map(|path| (path, "untold")),
    );
}
