//! `max_age` where a new sign-in doesn't help, or can't be had.

use super::missing;
use super::step_up::{DANGER, long_ago, site};
use crate::support::{ADA, Ask, Browser, SITE, Seen};

#[test]
fn an_authkit_that_doesnt_heed_it_ends_on_a_page_and_not_in_a_loop() {
    let (site, _) = site(&[DANGER]);
    let mut browser = long_ago(&site);
    let sent = browser.go(&site, "/danger");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    let landed = browser.go(&site, &callback);
    assert_eq!(landed.verdict(), format!("303 to {SITE}/danger"));
    for _ in 0..2 {
        let page = browser.go(&site, "/danger");
        assert_eq!(page.verdict(), "403");
        assert!(
            page.body().contains("You must have signed in lately."),
            "{}",
            page.body()
        );
    }
    assert_eq!(browser.go(&site, "/x").verdict(), "forwarded as true");
    // Browsers drop the mark after twenty seconds.
    browser.forget("__Host-authkit-arrived");
    assert_eq!(
        browser.go(&site, "/danger").verdict(),
        "302 to AuthKit",
        "it may be tried again"
    );
}

#[test]
fn who_doesnt_say_when_they_signed_in_did_so_too_long_ago() {
    let (site, at) = site(&[DANGER]);
    at.set(None);
    let mut browser = Browser::signed_in(&site, ADA);
    browser.forget("__Host-authkit-arrived");
    assert_eq!(
        browser.send(&site, &Ask::script("/danger")).verdict(),
        "401"
    );
    let sent = browser.go(&site, "/danger");
    assert_eq!(sent.verdict(), "302 to AuthKit");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    browser.go(&site, &callback);
    assert_eq!(browser.go(&site, "/danger").verdict(), "403");
}

#[test]
fn whoever_lacks_more_isnt_sent_for_a_sign_in_that_wouldnt_help() {
    let (site, _) = site(&[("RULES", "/danger max_age:15m role:admin")]);
    let mut browser = long_ago(&site);
    assert_eq!(browser.go(&site, "/danger").verdict(), "403");
    let outcome = browser.send(&site, &Ask::script("/danger"));
    assert_eq!(outcome.verdict(), "403");
    assert_eq!(missing(&outcome), ["max_age:15m", "role:admin"]);
}

#[test]
fn of_several_ages_the_shortest_is_asked_for() {
    let rules = "/danger max_age:1h\n/:path* max_age:90\n/danger max_age:15m";
    let (site, _) = site(&[("RULES", rules)]);
    let mut browser = long_ago(&site);
    assert_eq!(browser.go(&site, "/danger").query()["max_age"], "90");
}

#[test]
fn a_stranger_whom_authkit_remembers_is_asked_to_sign_in_at_once() {
    let (site, _) = site(&[("RULES", "/danger max_age:15m org:org_1\n/:path* max_age:1h")]);
    let sent = site.decide(&Ask::navigation("/danger"));
    assert_eq!(
        sent.query()["max_age"],
        "900",
        "or AuthKit would send them back as they are"
    );
    assert_eq!(sent.query()["organization_id"], "org_1");
    let sent = site.decide(&Ask::navigation("/x"));
    assert_eq!(sent.query()["max_age"], "3600");
}

#[test]
fn an_arrival_elsewhere_is_no_answer_to_a_step_up() {
    let (site, at) = site(&[DANGER]);
    at.set(Some(site.now().0 - 3600));
    let mut browser = Browser::signed_in(&site, ADA);
    let sent = browser.go(&site, "/danger");
    assert_eq!(sent.verdict(), "302 to AuthKit", "they were not asked yet");
}

#[test]
fn a_wrong_clock_of_authkits_lets_in_and_doesnt_go_round() {
    let (site, at) = site(&[DANGER]);
    at.set(Some(site.now().0 + 20));
    let mut browser = Browser::signed_in(&site, ADA);
    assert_eq!(browser.go(&site, "/danger").verdict(), "forwarded as true");
}
