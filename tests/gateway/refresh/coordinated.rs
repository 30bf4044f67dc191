//! Refreshes of several isolates that a coordinator makes one after the other.

mod kept;
mod slow;
mod trouble;

use authkit_gateway::decision::Outcome;
use authkit_gateway::gateway::Gateway;

use crate::support::{
    ADA, Ask, BOB, Browser, LIFETIME, Rotation, SESSION, Seen, Site, Variables, interleave,
};

/// A site with a coordinator for every session, and a browser whose access token has just run out.
/// WorkOS takes a refresh token once, and never again.
fn coordinated() -> (Site, Browser) {
    let site = Site::bound(&[], &["REFRESH_COORDINATOR"]);
    site.world.shared.has_coordinators.set(true);
    let browser = Browser::signed_in(&site, BOB);
    site.world.workos.rotation.set(Rotation::Strict);
    site.world.pass(LIFETIME);
    (site, browser)
}

/// Decides requests that isolates have at the same time, each getting the next in turn.
fn decide_among(isolates: usize, site: &Site, asks: &[Ask], seed: u64) -> Vec<Outcome> {
    let variables = Variables::new().with_binding("REFRESH_COORDINATOR");
    let gateways: Vec<Gateway> = (0..isolates)
        .map(|_| Gateway::new(variables.config()))
        .collect();
    let decide = async |(index, ask): (usize, &Ask)| {
        let gateway = &gateways[index % isolates];
        gateway.decide(&ask.head(), &site.world).await
    };
    let decided = asks.iter().enumerate().map(decide);
    interleave(&site.world, decided.collect(), seed)
}

#[test]
fn all_isolates_together_make_one_exchange() {
    for isolates in [1, 2, 4, 8] {
        for seed in 0..8 {
            let (site, browser) = coordinated();
            let asks = vec![browser.dress(&Ask::script("/data")); 200];
            let outcomes = decide_among(isolates, &site, &asks, seed);
            for outcome in &outcomes {
                assert_eq!(outcome.verdict(), "forwarded as true", "{isolates} {seed}");
                assert!(outcome.cookie(SESSION).is_some(), "{isolates} {seed}");
            }
            assert_eq!(site.world.workos.refreshes(), 1, "{isolates} {seed}");
        }
    }
}

#[test]
fn without_one_each_isolate_asks_for_itself() {
    let (site, browser) = coordinated();
    site.world.shared.has_coordinators.set(false);
    site.world.workos.rotation.set(Rotation::Replayed);
    let asks = vec![browser.dress(&Ask::script("/data")); 40];
    for outcome in decide_among(4, &site, &asks, 3) {
        assert_eq!(outcome.verdict(), "forwarded as true");
    }
    assert_eq!(site.world.workos.refreshes(), 4);
}

#[test]
fn each_session_has_a_coordinator_of_its_own() {
    let (mut site, ada) = coordinated();
    let both = [ada, Browser::signed_in(&site, ADA)];
    site.world.pass(LIFETIME);
    for browser in both {
        site.restart();
        browser.clone().go(&site, "/");
    }
    assert_eq!(site.world.shared.desks().len(), 2);
    assert_eq!(site.world.workos.refreshes(), 2);
}

#[test]
fn a_session_ahead_of_its_end_is_exchanged_once_by_all() {
    let site = Site::bound(&[], &["REFRESH_COORDINATOR"]);
    site.world.shared.has_coordinators.set(true);
    let browser = Browser::signed_in(&site, BOB);
    site.world.workos.rotation.set(Rotation::Strict);
    site.world.pass(LIFETIME - 20);
    let mut site = site;
    let mut cookies = Vec::new();
    for _ in 0..4 {
        let page = site.decide(&browser.dress(&Ask::script("/data")));
        assert_eq!(page.note.refresh, Some("renewed"));
        cookies.push(page.cookie(SESSION).map(str::to_owned));
        site.restart();
    }
    assert!(cookies.iter().all(Option::is_some));
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn a_change_of_organization_goes_through_it() {
    let (mut site, mut browser) = coordinated();
    let path = "/auth/switch-organization?organization_id=org_two";
    let asks = vec![browser.dress(&Ask::form(path)); 6];
    for outcome in decide_among(3, &site, &asks, 1) {
        assert_eq!(outcome.verdict(), "303 to https://app.example.com/");
        browser.keep(&outcome);
    }
    assert_eq!(site.world.workos.refreshes(), 1);
    site.restart();
    let page = browser.go(&site, "/");
    assert_eq!(page.field("x-authkit-organization-id"), Some("org_two"));
}

#[test]
fn a_refresh_and_a_change_of_organization_do_not_get_each_others_result() {
    let (mut site, browser) = coordinated();
    site.world.workos.rotation.set(Rotation::None);
    let page = browser.clone().go(&site, "/");
    assert_eq!(page.field("x-authkit-organization-id"), Some("org_acme"));
    site.restart();
    let path = "/auth/switch-organization?organization_id=org_two";
    let mut switched = browser.clone();
    switched.send(&site, &Ask::form(path));
    let page = switched.go(&site, "/");
    assert_eq!(page.field("x-authkit-organization-id"), Some("org_two"));
    assert_eq!(site.world.workos.refreshes(), 2);
}
