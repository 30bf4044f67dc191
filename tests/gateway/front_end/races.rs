//! Several at a time ask for new tokens.

use super::{json, post};
use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, SESSION, Seen, Site};

const REFRESH: &str = "/auth/refresh";
const SWITCH: &str = "/auth/switch-organization?organization_id=org_two";

#[test]
fn parallel_calls_make_one_exchange() {
    for seed in 0..10 {
        let site = Site::new(&[]);
        let browser = Browser::signed_in(&site, ADA);
        site.world.workos.rotation.set(Rotation::Strict);
        let asks = vec![browser.dress(&post(REFRESH)); 12];
        let outcomes = site.decide_all(&asks, seed);
        assert_eq!(site.world.workos.refreshes(), 1, "{seed}");
        let written = outcomes[0].cookie(SESSION).map(str::to_owned);
        assert!(written.is_some(), "{seed}");
        for outcome in outcomes {
            assert_eq!(outcome.verdict(), "200", "{seed}");
            assert_eq!(outcome.cookie(SESSION), written.as_deref(), "{seed}");
        }
    }
}

#[test]
fn it_shares_with_pages_whose_token_has_run_out() {
    for seed in 0..10 {
        let site = Site::new(&[]);
        let browser = Browser::signed_in(&site, BOB);
        site.world.pass(LIFETIME);
        site.world.workos.rotation.set(Rotation::Strict);
        let asks = [
            post(REFRESH),
            Ask::navigation("/"),
            Ask::script("/auth/session"),
        ];
        let asks = asks.map(|ask| browser.dress(&ask));
        let outcomes = site.decide_all(&asks, seed);
        assert_eq!(site.world.workos.refreshes(), 1, "{seed}");
        assert!(
            outcomes
                .iter()
                .all(|outcome| outcome.cookie(SESSION).is_some())
        );
    }
}

#[test]
fn two_organizations_are_two_exchanges() {
    for seed in 0..6 {
        let site = Site::new(&[]);
        let browser = Browser::signed_in(&site, BOB);
        let targets = ["org_two", "org_three", "org_two"];
        let asks = targets.map(|id| {
            let target = format!("/auth/switch-organization?organization_id={id}");
            browser.dress(&post(&target))
        });
        site.world.workos.rotation.set(Rotation::None);
        let outcomes = site.decide_all(&asks, seed);
        for (outcome, id) in outcomes.iter().zip(targets) {
            assert_eq!(json(outcome)["organizationId"], id, "{seed}");
        }
        assert_eq!(site.world.workos.refreshes(), 2, "{seed}");
    }
}

#[test]
fn a_switch_beside_a_refresh_ends_where_it_was_to_lead() {
    for seed in 0..10 {
        let mut site = Site::new(&[]);
        let browser = Browser::signed_in(&site, BOB);
        site.world.pass(LIFETIME);
        let asks = [Ask::script("/data"), post(SWITCH)].map(|ask| browser.dress(&ask));
        let outcomes = site.decide_all(&asks, seed);
        let told = json(&outcomes[1]);
        assert_eq!(told["organizationId"], "org_two", "{seed}");
        assert!(site.world.workos.refreshes() <= 3, "{seed}");
        let mut browser = browser.clone();
        browser.keep(&outcomes[1]);
        site.restart();
        let page = browser.go(&site, "/");
        assert_eq!(page.field("x-authkit-organization-id"), Some("org_two"));
    }
}

#[test]
fn a_switch_that_fails_half_way_keeps_the_newest_tokens() {
    let mut site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, BOB);
    site.world.pass(LIFETIME);
    browser.clone().go(&site, "/");
    // Another isolate: WorkOS answers as it did a moment ago, and then no more.
    site.restart();
    site.world.workos.tokens.after(1, Fault::Network);
    assert_eq!(browser.send(&site, &post(SWITCH)).verdict(), "503");
    site.world.workos.tokens.end();
    site.restart();
    site.world.pass(LIFETIME);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
}
