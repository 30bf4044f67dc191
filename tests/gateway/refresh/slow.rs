//! WorkOS is slow or silent, and many requests wait for it.

use std::time::Duration;

use super::{expired, twenty};
use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, Seen, Site, interleave};

#[test]
fn in_an_outage_nobody_waits_longer_than_they_can_nor_asks_again() {
    let kinds = [
        (Ask::navigation("/"), 20_500),
        (Ask::script("/data"), 8_500),
        (Ask::navigation("/open"), 2_500),
    ];
    for fault in [Fault::Network, Fault::Timeout] {
        for seed in 0..8 {
            let site = Site::new(&[("UNAUTHENTICATED_PATHS", "/open")]);
            let browser = Browser::signed_in(&site, ADA);
            site.world.pass(LIFETIME);
            site.world.workos.tokens.always(fault.clone());
            let began = site.world.milliseconds();
            let asks: Vec<Ask> = (0..18)
                .map(|index| browser.dress(&kinds[index % 3].0))
                .collect();
            let decide = async |ask: &Ask| {
                let outcome = site.gateway.decide(&ask.head(), &site.world).await;
                (outcome, site.world.milliseconds() - began)
            };
            let told = interleave(&site.world, asks.iter().map(decide).collect(), seed);
            for (index, (outcome, waited)) in told.iter().enumerate() {
                let (ask, longest) = &kinds[index % 3];
                assert!(waited <= longest, "{waited} ms, {fault:?} {ask:?}");
                assert_eq!(outcome.note.refresh, Some("transient"), "{fault:?} {ask:?}");
            }
            let calls = site.world.workos.refreshes();
            // One asks in vain with each kind of patience.
            assert!(calls <= 6, "{calls} calls, {fault:?} {seed}");
        }
    }
}

#[test]
fn an_outage_of_everything_costs_a_public_path_two_seconds() {
    let mut site = Site::new(&[("UNAUTHENTICATED_PATHS", "/open")]);
    let browser = Browser::signed_in(&site, ADA);
    for seconds in [0, LIFETIME] {
        site.restart();
        site.world.pass(seconds);
        site.world.workos.keys.always(Fault::Timeout);
        site.world.workos.tokens.always(Fault::Timeout);
        let began = site.world.milliseconds();
        site.decide(&browser.dress(&Ask::navigation("/open")));
        let waited = site.world.milliseconds() - began;
        assert!(waited <= 2_100, "{waited} ms, token {seconds} s old");
    }
}

#[test]
fn sessions_in_a_cold_isolate_wait_for_the_keys_together() {
    for seed in 0..8 {
        let mut site = Site::new(&[]);
        let browsers = [ADA, BOB].map(|person| Browser::signed_in(&site, person));
        site.world.pass(LIFETIME);
        site.restart();
        site.world.workos.latency.set(Duration::from_millis(200));
        let asks: Vec<Ask> = browsers
            .iter()
            .map(|browser| browser.dress(&Ask::navigation("/")))
            .collect();
        let decide = async |ask: &Ask| site.gateway.decide(&ask.head(), &site.world).await;
        let outcomes = interleave(&site.world, asks.iter().map(decide).collect(), seed);
        for outcome in outcomes {
            assert_eq!(outcome.verdict(), "forwarded as true", "{seed}");
        }
    }
}

#[test]
fn slow_keys_make_no_second_exchange() {
    for ask in [Ask::navigation("/"), Ask::script("/data")] {
        let (mut site, browser) = expired();
        site.restart();
        site.world.workos.rotation.set(Rotation::Strict);
        site.world.workos.latency.set(Duration::from_millis(4500));
        site.decide_all(&twenty(&browser, &ask), 1);
        assert_eq!(site.world.workos.refreshes(), 1, "{ask:?}");
    }
}

#[test]
fn a_silent_workos_is_left_alone_and_an_impatient_visitor_proves_nothing() {
    for (ask, is_asked_again) in [
        (Ask::navigation("/"), false),
        (Ask::navigation("/open"), true),
    ] {
        let site = Site::new(&[("UNAUTHENTICATED_PATHS", "/open")]);
        let browsers = [(); 8].map(|()| Browser::signed_in(&site, ADA));
        site.world.pass(LIFETIME);
        site.world.workos.tokens.always(Fault::Timeout);
        let [last, before @ ..] = &browsers;
        for browser in before {
            site.decide(&browser.dress(&ask));
        }
        let calls = site.world.workos.refreshes();
        site.decide(&last.dress(&Ask::navigation("/")));
        let is_asked = site.world.workos.refreshes() > calls;
        assert_eq!(is_asked, is_asked_again, "after {ask:?}");
    }
}

#[test]
fn a_person_waits_for_what_a_program_does_not() {
    for (ask, expected) in [
        (Ask::navigation("/"), "forwarded as true"),
        (Ask::script("/"), "503"),
    ] {
        let (site, mut browser) = expired();
        for _ in 0..2 {
            site.world.workos.tokens.once(Fault::Timeout);
        }
        assert_eq!(browser.send(&site, &ask).verdict(), expected, "{ask:?}");
    }
}
