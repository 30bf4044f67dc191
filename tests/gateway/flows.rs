//! Sign-ins under way: each has its cookie, and a browser keeps only a few.

use crate::support::{ADA, Ask, Browser, SITE, Seen, Site};

#[test]
fn tabs_sign_in_side_by_side() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let sent = ["/one", "/two", "/three"].map(|path| (path, browser.go(&site, path)));
    assert_eq!(browser.flows().len(), 3);
    for (path, sent) in sent.iter().rev() {
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let landed = browser.go(&site, &callback);
        assert_eq!(landed.verdict(), format!("303 to {SITE}{path}"));
    }
    assert!(browser.flows().is_empty());
}

#[test]
fn the_oldest_of_more_than_five_makes_room() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let mut sent = Vec::new();
    for _ in 0..8 {
        site.world.pass(1);
        sent.push(browser.go(&site, "/login"));
        assert!(browser.flows().len() <= 5);
    }
    for (index, sent) in sent.iter().enumerate() {
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let reason = browser.clone().go(&site, &callback).note.reason;
        let expected = if index < 3 {
            "sign_in_restarts"
        } else {
            "signed_in"
        };
        assert_eq!(reason, expected, "sign-in {index}");
    }
}

#[test]
fn what_doesnt_open_is_the_first_to_go() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let oldest = browser.go(&site, "/oldest");
    for index in 0..4 {
        browser.plant(&format!("__Host-authkit-flow-{index:08x}"), "v1.planted");
    }
    site.world.pass(1);
    for _ in 0..4 {
        browser.go(&site, "/login");
    }
    assert_eq!(browser.flows().len(), 5);
    let callback = site.world.workos.sign_in(oldest.location(), ADA);
    assert_eq!(browser.go(&site, &callback).note.reason, "signed_in");
}

#[test]
fn too_many_planted_ones_all_go_at_once() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    for index in 0..40 {
        browser.plant(&format!("__Host-authkit-flow-{index:08x}"), "v1.planted");
    }
    browser.go(&site, "/login");
    assert_eq!(browser.flows().len(), 5);
}

#[test]
fn only_navigations_begin_a_sign_in() {
    let site = Site::new(&[]);
    let rows = [
        (Ask::navigation("/login"), "302 to AuthKit"),
        (Ask::bare("/login"), "302 to AuthKit"),
        (Ask::prefetch("/login"), "401"),
        (Ask::script("/login"), "401"),
        (Ask::navigation("/login").with("rsc", "1"), "401"),
        (Ask::form("/login"), "405"),
        (Ask::navigation("/page"), "302 to AuthKit"),
        (Ask::prefetch("/page"), "401"),
        (Ask::script("/page"), "401"),
        (Ask::form("/page"), "401"),
    ];
    for (ask, expected) in rows {
        let outcome = site.decide(&ask);
        assert_eq!(outcome.verdict(), expected, "{ask:?}");
        assert_eq!(
            outcome.cookies().len(),
            usize::from(expected.contains("302")),
            "{ask:?}"
        );
    }
}

#[test]
fn a_flow_cookie_is_the_hosts_alone() {
    type Row = (
        &'static [(&'static str, &'static str)],
        &'static str,
        &'static str,
        &'static str,
    );
    let rows: [Row; 4] = [
        (&[], SITE, "__Host-", "Secure; SameSite=Lax"),
        (
            &[("WORKOS_COOKIE_SAMESITE", "strict")],
            SITE,
            "__Host-",
            "Secure; SameSite=Lax",
        ),
        (
            &[("WORKOS_COOKIE_SAMESITE", "none")],
            SITE,
            "__Host-",
            "Secure; SameSite=None",
        ),
        (
            &[("WORKOS_REDIRECT_URI", "http://localhost:8787/callback")],
            "http://localhost:8787",
            "",
            "SameSite=Lax",
        ),
    ];
    for (variables, site_url, prefix, end) in rows {
        let site = Site::new(variables);
        let sent = site.decide(&Ask::navigation(&format!("{site_url}/login")));
        let text = sent.cookies()[0].as_str();
        let handle = &sent.query()["state"]
            .chars()
            .skip(2)
            .take(8)
            .collect::<String>();
        assert!(
            text.starts_with(&format!("{prefix}authkit-flow-{handle}=v1.")),
            "{text}"
        );
        assert!(
            text.ends_with(&format!("; Path=/; Max-Age=600; HttpOnly; {end}")),
            "{text}"
        );
    }
}

#[test]
fn without_randomness_no_sign_in_begins() {
    for left in 0..4 {
        let site = Site::new(&[]);
        site.world.randomness.set(left);
        let outcome = site.decide(&Ask::navigation("/page"));
        assert_eq!(outcome.verdict(), "503", "{left}");
        assert_eq!(outcome.note.reason, "randomness_failed", "{left}");
        assert!(outcome.cookies().is_empty(), "{left}");
    }
}
