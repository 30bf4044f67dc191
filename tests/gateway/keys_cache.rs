//! The keys that isolates leave to one another in a cache, which anybody else may write to, too.

use std::time::Duration;

use serde_json::{Value, json};

use authkit_gateway::outside::{Outside, UnixTime};
use authkit_gateway::seal::{Keyring, Place, Purpose};

use crate::support::{
    ADA, Browser, Fault, LIFETIME, OTHER_PASSWORD, PASSWORD, SESSION, Seen, Site, Unsigned, forged,
    interleave,
};

const HOUR: u64 = 3600;
const NAME: &str = "https://api.workos.com/sso/jwks/client_01TEST";

/// A site with a cache that holds the keys, and somebody who has signed in.
fn cached() -> (Site, Browser) {
    let site = Site::new(&[]);
    site.world.shared.has_cache.set(true);
    let browser = Browser::signed_in(&site, ADA);
    assert_eq!(site.world.workos.key_fetches(), 1);
    (site, browser)
}

/// Keys as an isolate with this password would leave them.
fn left(site: &Site, password: &str, purpose: Purpose, name: &str, key: &'static str) -> String {
    let place = Place {
        purpose,
        cookie: name,
        host: "",
    };
    let UnixTime(now) = site.now();
    let kept = json!({ "fetched": now, "keys": key_set("key_1", key).to_string() });
    let keyring = Keyring::new(password, None);
    let sealed = keyring.seal(kept.to_string().as_bytes(), place, &site.world);
    sealed.expect("random bytes")
}

/// A key set in which one key has the name of another.
fn key_set(name: &str, key: &'static str) -> Value {
    let site = Site::new(&[]);
    *site.world.workos.key_names.borrow_mut() = vec![key];
    let jwks = site.gateway.config.api.jwks();
    let asked = site.world.send(jwks, Duration::from_secs(1));
    let told = interleave(&site.world, vec![asked], 0).remove(0);
    let body = told.expect("nothing goes wrong").body;
    let mut set: Value = serde_json::from_str(body.secret()).expect("JSON");
    set["keys"][0]["kid"] = name.into();
    set
}

/// A session whose token says that `key_1` has signed it, and another has.
fn signed_by_another(site: &Site, key: &str) -> Browser {
    let mut token = Unsigned::new(ADA.id, "session_1", None, "key_1", site.now().0);
    token.key = key.to_owned();
    let mut browser = Browser::default();
    browser.plant(SESSION, &forged(site, ADA.id, &token));
    browser
}

#[test]
fn another_isolate_takes_the_keys_from_the_cache() {
    let (mut site, browser) = cached();
    for _ in 0..3 {
        site.restart();
        assert_eq!(
            browser.clone().go(&site, "/").verdict(),
            "forwarded as true"
        );
    }
    assert_eq!(site.world.workos.key_fetches(), 1);
    Browser::signed_in(&site, ADA);
    assert_eq!(site.world.workos.key_fetches(), 1);
}

#[test]
fn keys_from_the_cache_are_as_old_as_they_are() {
    let (mut site, mut browser) = cached();
    for (seconds, fetches) in [(HOUR - 10, 1), (20, 2), (HOUR - 30, 2)] {
        site.world.pass(seconds);
        site.restart();
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
        assert_eq!(site.world.workos.key_fetches(), fetches, "{seconds}");
    }
}

#[test]
fn where_workos_has_none_they_serve_for_a_day() {
    for fault in [Fault::Network, Fault::Timeout, Fault::Answer(500, "")] {
        for (hours, verdict) in [
            (2, "forwarded as true"),
            (23, "forwarded as true"),
            (25, "503"),
        ] {
            let (mut site, mut browser) = cached();
            site.world.pass(hours * HOUR);
            site.restart();
            site.world.workos.keys.always(fault.clone());
            let page = browser.go(&site, "/");
            assert_eq!(page.verdict(), verdict, "{hours} h, {fault:?}");
        }
    }
}

#[test]
fn what_is_not_sealed_by_us_for_that_is_not_believed() {
    let (site, _) = cached();
    let rows = [
        ("nothing", String::new()),
        ("noise", "hello".to_owned()),
        ("a bare key set", key_set("key_1", "evil").to_string()),
        (
            "sealed by another",
            left(&site, OTHER_PASSWORD, Purpose::Keys, NAME, "evil"),
        ),
        (
            "sealed for something else",
            left(&site, PASSWORD, Purpose::Session, NAME, "evil"),
        ),
        (
            "the keys of another client",
            left(&site, PASSWORD, Purpose::Keys, "https://x.example", "evil"),
        ),
    ];
    for (name, text) in rows {
        let (mut site, mut browser) = cached();
        site.world.shared.poison(|_| text.clone());
        site.restart();
        let mut attacker = signed_by_another(&site, "evil");
        let page = attacker.go(&site, "/");
        assert_eq!(page.field("x-authkit-user-id"), None, "{name}");
        assert_eq!(site.world.workos.key_fetches(), 2, "{name}: a miss");
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    }
    let (mut site, _) = cached();
    let good = left(&site, PASSWORD, Purpose::Keys, NAME, "evil");
    site.world.shared.poison(|_| good.clone());
    site.restart();
    let page = signed_by_another(&site, "evil").go(&site, "/");
    let user = page.field("x-authkit-user-id");
    assert_eq!(user, Some(ADA.id), "the same, sealed as we do, is believed");
}

#[test]
fn a_changed_entry_is_a_miss() {
    for change in [
        |text: &str| format!("{text}A"),
        |text: &str| text.replacen("v1.", "v2.", 1),
        |text: &str| text.chars().rev().collect(),
        |text: &str| text.split_at(text.len() / 2).0.to_owned(),
    ] {
        let (mut site, mut browser) = cached();
        site.world.shared.poison(change);
        site.restart();
        assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
        assert_eq!(site.world.workos.key_fetches(), 2);
    }
}

#[test]
fn without_a_cache_every_isolate_fetches_its_own() {
    let mut site = Site::new(&[]);
    let browser = Browser::signed_in(&site, ADA);
    for fetches in 2..5 {
        site.restart();
        assert_eq!(
            browser.clone().go(&site, "/").verdict(),
            "forwarded as true"
        );
        assert_eq!(site.world.workos.key_fetches(), fetches);
    }
}

#[test]
fn an_outgoing_password_opens_them_too() {
    let (mut site, browser) = cached();
    site.restart_with(&[
        ("WORKOS_COOKIE_PASSWORD", OTHER_PASSWORD),
        ("WORKOS_COOKIE_PASSWORD_PREVIOUS", PASSWORD),
    ]);
    assert_eq!(
        browser.clone().go(&site, "/").verdict(),
        "forwarded as true"
    );
    assert_eq!(site.world.workos.key_fetches(), 1);
}

#[test]
fn a_key_that_is_not_among_them_is_fetched() {
    let (mut site, mut browser) = cached();
    site.world.pass(LIFETIME);
    site.world.workos.key_names.borrow_mut().push("key_2");
    site.restart();
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.note.refresh, Some("renewed"));
    assert_eq!(site.world.workos.key_fetches(), 2);
    site.restart();
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    let fetches = site.world.workos.key_fetches();
    assert_eq!(fetches, 2, "the next isolate finds what was fetched");
}

#[test]
fn another_key_of_the_same_name_is_believed_after_one_fetch() {
    for has_cache in [true, false] {
        let (mut site, _) = cached();
        site.world.shared.has_cache.set(has_cache);
        site.world.pass(60);
        let text: &'static str = key_set("key_1", "key_9").to_string().leak();
        site.world.workos.keys.always(Fault::Answer(200, text));
        for _ in 0..3 {
            let page = signed_by_another(&site, "key_9").go(&site, "/");
            assert_eq!(page.verdict(), "forwarded as true", "{has_cache}");
        }
        let page = signed_by_another(&site, "key_1").go(&site, "/");
        assert_eq!(page.field("x-authkit-user-id"), None, "the old one is gone");
        assert!(site.world.workos.key_fetches() <= 3, "{has_cache}");
        site.restart();
        let page = signed_by_another(&site, "key_9").go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{has_cache}");
    }
}

#[test]
fn tokens_by_keys_nobody_knows_fetch_nothing_again_and_again() {
    let (mut site, _) = cached();
    site.restart();
    let before = site.world.workos.key_fetches();
    for _ in 0..40 {
        site.world.pass(1);
        signed_by_another(&site, "evil").go(&site, "/");
    }
    assert!(site.world.workos.key_fetches() - before <= 2);
}
