//! The caller's own `state` comes back with the visitor.

use url::form_urlencoded::Serializer;

use crate::support::{ADA, Browser, SITE, Seen, Site};

const ROWS: [(&str, &str, &str); 9] = [
    ("/", "xyz", "/?state=xyz"),
    ("/a", "xyz", "/a?state=xyz"),
    ("/a?b=c", "xyz", "/a?b=c&state=xyz"),
    ("/a#part", "xyz", "/a?state=xyz#part"),
    ("/a?b=c#part?d=e", "xyz", "/a?b=c&state=xyz#part?d=e"),
    ("/a?state=old", "xyz", "/a?state=old&state=xyz"),
    ("/a", "x y&admin=1#z", "/a?state=x+y%26admin%3D1%23z"),
    ("/a", "é", "/a?state=%C3%A9"),
    ("/a", "", "/a"),
];

fn login(return_to: &str, state: &str) -> String {
    let mut query = Serializer::new(String::new());
    let query = query.append_pair("return_to", return_to);
    format!("/login?{}", query.append_pair("state", state).finish())
}

#[test]
fn it_is_handed_back_on_the_landing() {
    for (return_to, state, landing) in ROWS {
        let site = Site::new(&[]);
        let target = login(return_to, state);
        let landed = Browser::default().sign_in(&site, &target, ADA);
        assert_eq!(
            landed.verdict(),
            format!("303 to {SITE}{landing}"),
            "{target}"
        );
    }
}

#[test]
fn it_is_handed_back_to_who_is_signed_in_already() {
    let site = Site::new(&[]);
    let browser = Browser::signed_in(&site, ADA);
    for (return_to, state, landing) in ROWS {
        let target = login(return_to, state);
        let sent = browser.clone().go(&site, &target);
        assert_eq!(
            sent.verdict(),
            format!("302 to {SITE}{landing}"),
            "{target}"
        );
    }
}

#[test]
fn what_isnt_plausible_isnt_handed_back() {
    let long = format!("state={}", "x".repeat(513));
    let rows = [
        "state=a&state=b",
        "state=a%0d%0ab",
        "state=%00",
        "state=",
        &long,
    ];
    for state in rows {
        let site = Site::new(&[]);
        let target = format!("/login?return_to=/a&{state}");
        let landed = Browser::default().sign_in(&site, &target, ADA);
        assert_eq!(landed.verdict(), format!("303 to {SITE}/a"), "{state}");
    }
}

#[test]
fn authkit_never_sees_it() {
    let site = Site::new(&[]);
    let sent = Browser::default().go(&site, &login("/a", "callers-own"));
    assert!(!sent.location().contains("callers-own"));
    assert!(sent.query()["state"].starts_with("0."));
}

#[test]
fn where_both_are_too_long_the_path_wins() {
    let path = format!("/{}", "a".repeat(1800));
    for (length, expired) in [(200, false), (200, true), (400, false), (400, true)] {
        let state = "s".repeat(length);
        let site = Site::new(&[]);
        let mut browser = Browser::default();
        let mut target = login(&path, &state);
        if expired {
            let sent = browser.go(&site, &target);
            target = site.world.workos.sign_in(sent.location(), ADA);
            site.world.pass(600);
        }
        let landed = browser.sign_in(&site, &target, ADA);
        let with_state = format!("?state={state}");
        let rest = if length == 200 {
            with_state.as_str()
        } else {
            ""
        };
        assert_eq!(landed.verdict(), format!("303 to {SITE}{path}{rest}"));
    }
}
