//! How long anybody waits, for whatever they wait: one deadline is shared by all of it.

use std::time::Duration;

use crate::support::{ADA, Ask, Browser, Fault, LIFETIME, Site, interleave};

const VARIABLES: [(&str, &str); 2] = [
    ("UNAUTHENTICATED_PATHS", "/open"),
    ("ACCESS_TOKEN_ENDPOINT", "true"),
];

/// Every way to ask, and for how many milliseconds it can wait.
fn asks() -> [(Ask, u64); 8] {
    let upgrade = Ask::script("/socket").with("upgrade", "websocket");
    [
        (Ask::navigation("/"), 20_000),
        (Ask::form("/save"), 20_000),
        (Ask::script("/data"), 8_000),
        (upgrade, 8_000),
        (Ask::script("/auth/session"), 8_000),
        (Ask::script("/auth/token"), 8_000),
        (Ask::form("/auth/refresh"), 8_000),
        (Ask::navigation("/open"), 2_000),
    ]
}

fn faults() -> [Option<Fault>; 6] {
    [
        None,
        Some(Fault::Network),
        Some(Fault::Timeout),
        Some(Fault::LostReply),
        Some(Fault::Answer(500, "")),
        Some(Fault::Later(429, "")),
    ]
}

/// A cold isolate in which a session has run out, and a WorkOS in such a trouble.
fn troubled(latency: u64, tokens: Option<Fault>, keys: Option<Fault>) -> (Site, Browser) {
    let mut site = Site::new(&VARIABLES);
    let browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    site.restart();
    trouble(&site, latency, tokens, keys);
    (site, browser)
}

fn trouble(site: &Site, latency: u64, tokens: Option<Fault>, keys: Option<Fault>) {
    let workos = &site.world.workos;
    workos.latency.set(Duration::from_millis(latency));
    for (faults, fault) in [(&workos.tokens, tokens), (&workos.keys, keys)] {
        fault.into_iter().for_each(|fault| faults.always(fault));
    }
}

#[test]
fn the_exchange_and_the_keys_share_one_deadline() {
    for latency in [20, 950, 1_900, 4_900] {
        for tokens in faults() {
            for keys in faults() {
                for (ask, longest) in asks() {
                    let (site, browser) = troubled(latency, tokens.clone(), keys.clone());
                    let began = site.world.milliseconds();
                    site.decide(&browser.dress(&ask));
                    let waited = site.world.milliseconds() - began;
                    assert!(
                        waited <= longest,
                        "{waited} ms, WorkOS takes {latency}, {tokens:?}, {keys:?}, {ask:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn nobody_waits_longer_for_what_another_is_at() {
    for latency in [450, 1_900, 4_900] {
        for keys in [None, Some(Fault::Timeout)] {
            for seed in 0..4 {
                let (site, browser) = troubled(latency, None, keys.clone());
                let began = site.world.milliseconds();
                let decide = async |(ask, longest): (Ask, u64)| {
                    let ask = browser.dress(&ask);
                    site.gateway.decide(&ask.head(), &site.world).await;
                    (site.world.milliseconds() - began, longest)
                };
                let all = asks().into_iter().chain(asks());
                for (waited, longest) in interleave(&site.world, all.map(decide).collect(), seed) {
                    // A poll may begin just before the end.
                    assert!(
                        waited <= longest + 40,
                        "{waited} of {longest} ms, WorkOS takes {latency}, {keys:?} {seed}"
                    );
                }
                assert!(site.world.workos.refreshes() <= 5, "{latency} {keys:?}");
            }
        }
    }
}

#[test]
fn a_callback_ends_within_ten_seconds() {
    for latency in [20, 1_900, 4_900, 9_000] {
        for tokens in faults() {
            for keys in faults() {
                let site = Site::new(&[]);
                let mut browser = Browser::default();
                let sent = browser.go(&site, "/deep");
                let callback = site
                    .world
                    .workos
                    .sign_in(crate::support::Seen::location(&sent), ADA);
                trouble(&site, latency, tokens.clone(), keys.clone());
                let began = site.world.milliseconds();
                browser.go(&site, &callback);
                let waited = site.world.milliseconds() - began;
                assert!(
                    waited <= 10_000,
                    "{waited} ms, WorkOS takes {latency}, {tokens:?}, {keys:?}"
                );
            }
        }
    }
}
