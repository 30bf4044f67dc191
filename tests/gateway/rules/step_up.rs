//! `max_age`: where nothing is missing but a recent sign-in, that is what is asked for.

use std::cell::Cell;
use std::rc::Rc;

use serde_json::Value;

use crate::support::{ADA, Ask, BOB, Browser, SITE, Seen, Site};

pub(super) const DANGER: (&str, &str) = ("RULES", "/danger/:path* max_age:15m");

/// A site, and when AuthKit says the visitor signed in: `None` and it doesn't say.
pub(super) fn site(variables: &[(&str, &str)]) -> (Site, Rc<Cell<Option<u64>>>) {
    let site = Site::new(variables);
    let at = Rc::new(Cell::new(Some(site.now().0)));
    let told = Rc::clone(&at);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(move |token, _| {
        if let Some(at) = told.get() {
            token.claims["auth_time"] = at.into();
        }
    }));
    (site, at)
}

/// A browser in which somebody signed in twenty minutes ago.
pub(super) fn long_ago(site: &Site) -> Browser {
    let browser = Browser::signed_in(site, ADA);
    site.world.pass(1200);
    let mut browser = browser;
    browser.forget("__Host-authkit-arrived");
    browser
}

#[test]
fn a_page_leads_to_a_new_sign_in_and_back() {
    let (site, at) = site(&[DANGER]);
    let mut browser = long_ago(&site);
    assert_eq!(browser.go(&site, "/x").verdict(), "forwarded as true");
    let sent = browser.go(&site, "/danger/a?b=1");
    assert_eq!(sent.verdict(), "302 to AuthKit");
    assert_eq!(sent.note.reason, "step_up");
    assert_eq!(sent.query()["max_age"], "900");
    at.set(Some(site.now().0));
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    let landed = browser.go(&site, &callback);
    assert_eq!(landed.verdict(), format!("303 to {SITE}/danger/a?b=1"));
    let page = browser.go(&site, "/danger/a?b=1");
    assert_eq!(page.verdict(), "forwarded as true");
}

#[test]
fn it_is_good_for_so_long_and_no_longer() {
    let (site, _) = site(&[DANGER]);
    let mut browser = Browser::signed_in(&site, ADA);
    assert_eq!(browser.go(&site, "/danger").verdict(), "forwarded as true");
    site.world.pass(900);
    let page = browser.go(&site, "/danger");
    assert_eq!(
        page.verdict(),
        "forwarded as true",
        "fifteen minutes are at most fifteen"
    );
    browser.forget("__Host-authkit-arrived");
    site.world.pass(1);
    assert_eq!(browser.go(&site, "/danger").verdict(), "302 to AuthKit");
}

#[test]
fn a_refresh_is_no_sign_in() {
    let (site, _) = site(&[DANGER]);
    let mut browser = long_ago(&site);
    let refreshed = browser.send(&site, &Ask::script("/auth/refresh").method("POST"));
    assert_eq!(refreshed.verdict(), "200");
    assert_eq!(browser.go(&site, "/danger").verdict(), "302 to AuthKit");
}

#[test]
fn a_program_is_told_by_the_standards_words() {
    let (site, _) = site(&[DANGER]);
    let mut browser = long_ago(&site);
    let asks = [
        Ask::script("/danger"),
        Ask::script("/danger").method("DELETE"),
        Ask::bare("/danger").with("accept", "application/json"),
        Ask::navigation("/danger")
            .with("upgrade", "websocket")
            .with("sec-fetch-mode", "websocket"),
    ];
    for ask in asks {
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), "401", "{ask:?}");
        assert_eq!(
            outcome.field("www-authenticate"),
            Some(
                "Bearer error=\"insufficient_user_authentication\", \
                 error_description=\"A more recent sign-in is required\", max_age=\"900\""
            )
        );
    }
    let outcome = browser.send(&site, &Ask::script("/danger"));
    let body: Value = serde_json::from_str(outcome.body()).expect("JSON");
    assert_eq!(body["error"], "insufficient_user_authentication");
    let sign_in = body["sign_in_url"].as_str().expect("a URL");
    assert_eq!(sign_in, format!("{SITE}/login?max_age=900"));
    let sent = browser.go(&site, sign_in);
    assert_eq!(
        sent.verdict(),
        "302 to AuthKit",
        "although somebody is signed in"
    );
    assert_eq!(sent.query()["max_age"], "900");
}

#[test]
fn what_would_change_something_is_refused_and_not_led_anywhere() {
    let (site, _) = site(&[DANGER]);
    let mut browser = long_ago(&site);
    for ask in [Ask::form("/danger"), Ask::prefetch("/danger")] {
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.verdict(), "401", "{ask:?}");
        assert!(browser.flows().is_empty(), "no sign-in begins: {ask:?}");
    }
    let form = browser.send(&site, &Ask::form("/danger"));
    assert!(
        form.body().contains("<h1>Sign in once more</h1>"),
        "{}",
        form.body()
    );
    assert!(
        form.body().contains("/login?"),
        "there is a way on: {}",
        form.body()
    );
}

#[test]
fn the_organization_is_kept() {
    let (site, _) = site(&[("RULES", "/danger max_age:15m")]);
    let mut browser = Browser::signed_in(&site, BOB);
    site.world.pass(1200);
    browser.forget("__Host-authkit-arrived");
    let sent = browser.go(&site, "/danger");
    assert_eq!(sent.verdict(), "302 to AuthKit");
    let organization = sent.query().get("organization_id").cloned();
    assert_eq!(organization.as_deref(), Some("org_acme"));
}
