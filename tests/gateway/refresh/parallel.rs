//! Sessions whose access token has run out, many requests at a time.

use std::time::Duration;

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::seal::{Place, Purpose};

use super::{expired, twenty};
use crate::support::{
    ADA, Ask, BOB, Browser, LIFETIME, Rotation, SESSION, Seen, Site, opened, step,
};

#[test]
fn twenty_requests_make_one_exchange() {
    for seed in 0..20 {
        let (site, browser) = expired();
        site.world.workos.rotation.set(Rotation::Strict);
        let outcomes = site.decide_all(&twenty(&browser, &Ask::script("/data")), seed);
        assert_eq!(site.world.workos.refreshes(), 1, "{seed}");
        let written = |index: usize| -> Vec<&SetCookie> {
            let cookies: &[SetCookie] = outcomes[index].cookies();
            cookies.iter().collect()
        };
        assert!(!written(0).is_empty());
        for (index, outcome) in outcomes.iter().enumerate() {
            assert_eq!(outcome.verdict(), "forwarded as true", "{seed}");
            assert_eq!(written(index), written(0), "the very same bytes");
        }
    }
}

#[test]
fn pages_scripts_and_public_paths_share_one_exchange() {
    for seed in 0..8 {
        let site = Site::new(&[("UNAUTHENTICATED_PATHS", "/open")]);
        let browser = Browser::signed_in(&site, ADA);
        site.world.pass(LIFETIME);
        site.world.workos.rotation.set(Rotation::Strict);
        site.world.workos.latency.set(Duration::from_millis(1500));
        let asks = [
            Ask::navigation("/"),
            Ask::script("/data"),
            Ask::navigation("/open"),
            Ask::script("/auth/session"),
            Ask::form("/save"),
        ];
        let asks: Vec<Ask> = asks.iter().map(|ask| browser.dress(ask)).collect();
        let outcomes = site.decide_all(&asks, seed);
        assert_eq!(site.world.workos.refreshes(), 1, "{seed}");
        for outcome in outcomes {
            assert!(
                outcome.cookie(SESSION).is_some(),
                "{seed} {}",
                outcome.note.reason
            );
        }
    }
}

#[test]
fn nobody_gets_anothers_session() {
    for seed in 0..20 {
        let site = Site::new(&[]);
        let people = [ADA, BOB];
        let browsers = people.map(|person| Browser::signed_in(&site, person));
        site.world.pass(LIFETIME);
        let asks: Vec<Ask> = (0..20)
            .map(|index| browsers[index % 2].dress(&Ask::navigation("/")))
            .collect();
        let outcomes = site.decide_all(&asks, seed);
        for (index, outcome) in outcomes.iter().enumerate() {
            let expected = people[index % 2].id;
            assert_eq!(outcome.field("x-authkit-user-id"), Some(expected), "{seed}");
            let mut browser = browsers[index % 2].clone();
            browser.keep(outcome);
            assert_eq!(
                browser.go(&site, "/").field("x-authkit-user-id"),
                Some(expected)
            );
        }
        assert_eq!(site.world.workos.refreshes(), 2, "{seed}");
    }
}

#[test]
fn a_late_request_with_the_old_cookie_gets_the_same_new_one() {
    let (site, mut browser) = expired();
    site.world.workos.rotation.set(Rotation::Strict);
    let late = browser.dress(&Ask::script("/data"));
    browser.go(&site, "/");
    site.world.pass(24);
    let outcome = site.decide(&late);
    assert_eq!(outcome.cookie(SESSION), Some(browser.session()));
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn another_isolate_gets_the_same_pair_from_workos() {
    let (mut site, mut browser) = expired();
    let late = browser.dress(&Ask::script("/data"));
    browser.go(&site, "/");
    site.restart();
    site.world.pass(20);
    assert_eq!(site.decide(&late).verdict(), "forwarded as true");
    assert_eq!(site.world.workos.refreshes(), 2);
}

#[test]
fn a_leader_that_is_gone_hangs_nobody() {
    for ask in [Ask::navigation("/"), Ask::script("/data")] {
        let (site, browser) = expired();
        site.world.workos.rotation.set(Rotation::Replayed);
        let leader = browser.dress(&Ask::navigation("/"));
        let head = leader.head();
        let mut leader = Box::pin(site.gateway.decide(&head, &site.world));
        while site.world.workos.refreshes() == 0 {
            assert!(step(&mut leader).is_none(), "the leader waits for WorkOS");
        }
        drop(leader);
        let began = site.world.milliseconds();
        let outcomes = site.decide_all(&twenty(&browser, &ask), 3);
        for outcome in outcomes {
            assert_eq!(outcome.verdict(), "forwarded as true", "{ask:?}");
        }
        let waited = site.world.milliseconds() - began;
        assert!(waited <= 12_000, "{waited} ms, {ask:?}");
        assert_eq!(
            site.world.workos.refreshes(),
            2,
            "one takes over, not all: {ask:?}"
        );
    }
}

#[test]
fn what_is_shared_is_shared_on_one_host() {
    let site = Site::new(&[("ALLOWED_HOSTS", "www.example.com")]);
    let browser = Browser::signed_in(&site, ADA);
    let payload = opened(&site, Purpose::Session, SESSION, browser.session());
    let place = Place {
        purpose: Purpose::Session,
        cookie: SESSION,
        host: "www.example.com",
    };
    let keyring = &site.gateway.config.keyring;
    let plaintext = payload.to_string();
    let sealed = keyring.seal(plaintext.as_bytes(), place, &site.world);
    let mut other = Browser::default();
    other.plant(SESSION, &sealed.expect("random bytes"));
    site.world.pass(LIFETIME);
    browser.clone().go(&site, "/");
    for _ in 0..2 {
        let page = other.go(&site, "https://www.example.com/");
        assert_eq!(page.verdict(), "forwarded as true");
    }
}
