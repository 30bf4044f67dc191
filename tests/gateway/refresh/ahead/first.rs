//! Those that are renewed first: a WebSocket, whose words carry no cookies, and our own endpoints.

use std::time::Duration;

use serde_json::Value;

use super::{DUE, near};
use crate::support::{Ask, Fault, LIFETIME, Rotation, SESSION, Seen};

fn asks() -> [Ask; 3] {
    [
        Ask::script("/socket").with("upgrade", "websocket"),
        Ask::script("/auth/session"),
        Ask::script("/auth/token"),
    ]
}

#[test]
fn they_are_told_of_the_new_token() {
    for ask in asks() {
        let (site, mut browser) = near(&[
            ("ACCESS_TOKEN_ENDPOINT", "true"),
            ("FORWARD_ACCESS_TOKEN", "true"),
        ]);
        site.world.workos.rotation.set(Rotation::Strict);
        let outcome = browser.send(&site, &ask);
        let row = ask.url.path();
        assert_eq!(outcome.note.refresh, Some("renewed"), "{row}");
        assert!(outcome.cookie(SESSION).is_some(), "{row}");
        if let Ok(told) = serde_json::from_str::<Value>(outcome.body()) {
            let expires_at = told["expiresAt"].as_u64().expect("a time");
            assert_eq!(expires_at, site.now().0 + LIFETIME, "{row}");
        }
        site.world.pass(DUE + 1);
        assert!(browser.send(&site, &ask).cookies().is_empty(), "{row}");
        assert_eq!(site.world.workos.refreshes(), 1, "{row}");
    }
}

#[test]
fn they_wait_for_one_attempt_and_go_on_as_they_are() {
    let slow = Duration::from_secs(60);
    for ask in asks() {
        for hang in [true, false] {
            let (site, mut browser) = near(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
            match hang {
                true => site.world.workos.tokens.always(Fault::Timeout),
                false => site.world.workos.latency.set(slow),
            }
            let began = site.world.milliseconds();
            let outcome = browser.send(&site, &ask);
            let waited = site.world.milliseconds() - began;
            let row = format!("{} {hang}", ask.url.path());
            assert!(waited <= 5_000, "{waited} ms, {row}");
            assert_ne!(outcome.verdict(), "503", "{row}");
            assert!(outcome.cookies().is_empty(), "{row}");
            let began = site.world.milliseconds();
            browser.send(&site, &ask);
            assert_eq!(site.world.milliseconds(), began, "{row}: left alone");
        }
    }
}

#[test]
fn twenty_of_them_share_one_exchange() {
    for ask in asks() {
        for seed in 0..4 {
            let (site, browser) = near(&[("ACCESS_TOKEN_ENDPOINT", "true")]);
            site.world.workos.rotation.set(Rotation::Strict);
            let asks = vec![browser.dress(&ask); 20];
            let outcomes = site.decide_all(&asks, seed);
            let cookies: Vec<_> = outcomes
                .iter()
                .map(|outcome| outcome.cookie(SESSION))
                .collect();
            assert!(cookies[0].is_some() && cookies.iter().all(|one| *one == cookies[0]));
            assert_eq!(site.world.workos.refreshes(), 1, "{seed} {}", ask.url);
        }
    }
}
