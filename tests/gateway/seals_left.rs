//! Seals that aren't made any more are counted in the log, and made again.

use authkit_gateway::seal::Purpose;

use crate::support::{
    ADA, Ask, Browser, Fault, LIFETIME, OTHER_PASSWORD, PASSWORD, SESSION, Seen, Site, iron, opened,
};

const ROTATED: [(&str, &str); 2] = [
    ("WORKOS_COOKIE_PASSWORD", OTHER_PASSWORD),
    ("WORKOS_COOKIE_PASSWORD_PREVIOUS", PASSWORD),
];

/// Somebody who signed in before the password was changed.
fn rotated(variables: &[(&str, &str)]) -> (Site, Browser) {
    let mut site = Site::new(variables);
    let browser = Browser::signed_in(&site, ADA);
    site.restart_with(&ROTATED);
    (site, browser)
}

/// Moves a session into a seal of the SDKs'.
fn moved(site: &Site, browser: &mut Browser) {
    let payload = opened(site, Purpose::Session, SESSION, browser.session());
    browser.plant(SESSION, &iron(site, &payload));
}

#[test]
fn one_of_the_previous_password_is_counted_and_replaced_by_an_exchange() {
    for ask in [Ask::navigation("/"), Ask::script("/auth/session")] {
        for age in [0, LIFETIME - 15, LIFETIME] {
            let (site, mut browser) = rotated(&[]);
            site.world.pass(age);
            let outcome = browser.send(&site, &ask);
            let row = format!("{} {age}", ask.url);
            assert_eq!(outcome.note.seal, Some("previous-password"), "{row}");
            assert_eq!(outcome.note.refresh, Some("renewed"), "{row}");
            assert_eq!(outcome.cookies().len(), 1, "{row}: written once");
            let again = browser.send(&site, &ask);
            assert_eq!(again.note.seal, None, "{row}");
            assert!(again.cookies().is_empty(), "{row}");
            assert_eq!(site.world.workos.refreshes(), 1, "{row}");
        }
    }
}

#[test]
fn where_workos_is_in_trouble_it_serves_on_and_is_left_alone() {
    let (site, mut browser) = rotated(&[]);
    let before = browser.session().to_owned();
    site.world.workos.tokens.always(Fault::Answer(500, ""));
    for _ in 0..3 {
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true");
        assert_eq!(page.note.seal, Some("previous-password"));
        assert_eq!(browser.session(), before);
    }
    assert!(site.world.workos.refreshes() <= 3);
}

#[test]
fn afterwards_the_previous_password_can_go() {
    let (mut site, mut browser) = rotated(&[]);
    browser.go(&site, "/");
    site.restart_with(&[("WORKOS_COOKIE_PASSWORD_PREVIOUS", "")]);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
}

#[test]
fn one_of_an_sdk_is_counted_and_made_again_with_the_next_refresh() {
    for age in [LIFETIME - 15, LIFETIME] {
        let mut site = Site::new(&[]);
        let mut browser = Browser::signed_in(&site, ADA);
        moved(&site, &mut browser);
        for _ in 0..2 {
            let page = browser.go(&site, "/");
            assert_eq!(page.note.seal, Some("sdk"));
            assert!(page.cookies().is_empty(), "it is the SDK's to change");
            site.restart();
        }
        site.world.pass(age);
        assert_eq!(browser.go(&site, "/").note.seal, Some("sdk"), "{age}");
        assert!(browser.session().starts_with("v1."), "{age}");
        assert_eq!(browser.go(&site, "/").note.seal, None, "{age}");
    }
}

#[test]
fn every_request_with_one_of_an_sdk_counts() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    moved(&site, &mut browser);
    for round in 0..3 {
        assert_eq!(browser.go(&site, "/").note.seal, Some("sdk"), "{round}");
    }
}

#[test]
fn where_seals_of_the_sdks_are_written_they_are_not_old() {
    let site = Site::new(&[("COOKIE_SEAL", "iron")]);
    let mut browser = Browser::signed_in(&site, ADA);
    assert!(browser.session().starts_with("Fe26.2*"));
    for age in [0, LIFETIME - 15, LIFETIME] {
        site.world.pass(age);
        assert_eq!(browser.go(&site, "/").note.seal, None, "{age}");
    }
    let (site, mut browser) = rotated(&[("COOKIE_SEAL", "iron")]);
    assert_eq!(browser.go(&site, "/").note.seal, Some("previous-password"));
    assert!(browser.session().starts_with("Fe26.2*"));
    assert_eq!(browser.go(&site, "/").note.seal, None);
}

#[test]
fn nobody_is_counted_who_has_no_session_or_one_of_now() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    assert_eq!(browser.go(&site, "/").note.seal, None);
    assert_eq!(site.decide(&Ask::navigation("/")).note.seal, None);
    browser.plant(SESSION, "v1.junk");
    assert_eq!(browser.go(&site, "/").note.seal, None);
}
