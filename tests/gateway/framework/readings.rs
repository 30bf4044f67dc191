//! What counts as a data route or a translation, however it is spelled, and what doesn't.

use super::{NEXT, REACT_ROUTER, check};

#[test]
fn hostile_spellings_of_data_routes_are_data_routes() {
    let matcher = ("MATCHER", "/admin");
    let spellings = [
        "/_next/data/B/%61dmin.json",
        "/_next/data/B/admin%2ejson",
        "/%5fnext/data/B/admin.json",
        "/_next%2fdata%2fB%2fadmin.json",
        "//_next/data/B/admin.json",
        "/_next//data/B/admin.json",
        "/_next/data/B//admin.json",
        "/_next/data/B/ADMIN.json",
        "/_NEXT/data/B/admin.JSON",
        "/_next/data/B/admin.json;x",
        "/_next;x/data/B/admin.json",
        "/_next/data/B/admin.json%3fx",
        "/_next/data/B/admin.json%23",
        "/_next/data/B/%2561dmin.json",
        "/EN/admin",
        "/%65n/admin",
        "/en%2fadmin",
        "/en//admin",
        "/ADMIN.rsc",
        "/admin.RSC",
        "/admin%2ersc",
        "/admin.rsc;x",
        "/admin.segments%2f_tree.segment.rsc",
    ];
    let rows = spellings.map(|path| (path, "refused"));
    check(&[NEXT, matcher], &rows);
    let spellings = [
        "/ADMIN.data",
        "/admin%2edata",
        "//admin.data",
        "/admin.data;x",
        "/admin.DATA",
    ];
    let rows = spellings.map(|path| (path, "refused"));
    check(&[REACT_ROUTER, matcher], &rows);
    let rows = [
        ("/_next/data/B/..%2fadmin.json", "malformed"),
        ("/_next/data/B/%00admin.json", "malformed"),
    ];
    check(&[NEXT, matcher], &rows);
}

#[test]
fn a_locale_makes_a_path_stricter_and_never_freer() {
    let public = (
        "UNAUTHENTICATED_PATHS",
        "/about, /en/docs, /docs, /((?!admin).*)/open",
    );
    let rows = [
        ("/about", "told"),
        ("/en/about", "refused"),
        ("/en/docs", "told"),
        ("/en/admin/open", "refused"),
    ];
    check(&[NEXT, public], &rows);
}

#[test]
fn what_only_looks_like_a_locale_stays_public() {
    let public = "/api/hooks/:path*, /img/:path*, /faq, /app/open, /js/:path*, /new";
    let rows = [
        ("/api/hooks/x", "told"),
        ("/img/logo.png", "told"),
        ("/faq", "told"),
        ("/app/open", "told"),
        ("/js/x.js", "told"),
        ("/new", "told"),
    ];
    check(&[NEXT, ("UNAUTHENTICATED_PATHS", public)], &rows);
}
