//! Key sets: no weak key is ever tried, and none that isn't named.

use authkit_gateway::config::Config;
use authkit_gateway::jwk::KeySet;
use authkit_gateway::keys::{Bearer, Keys, Source};
use authkit_gateway::outside::Deadline;
use authkit_gateway::token::{AccessToken, Verification};
use std::time::Duration;

use super::site::config;
use super::world::{NOW, World, claims, run, signed};

/// The input is what WorkOS publishes.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let _ = KeySet::parse(text);
    let Config {
        api,
        keyring,
        token_rules,
        ..
    } = config(&[]);
    let world = World::new();
    world
        .keys
        .borrow_mut()
        .extend([(); 3].map(|()| Some((200, text.to_owned()))));
    let source = Source {
        api: &api,
        keyring: &keyring,
        deadline: Deadline::after(Duration::from_secs(8), &world),
        bearer: Bearer::Visitor,
    };
    let token = AccessToken::new(signed(&claims("user_1", NOW.0 + 60)));
    let told = run(Keys::default().verify(&token, &token_rules, source, &world));
    if let Verification::Valid(_) = told {
        assert!(KeySet::parse(text).is_some() && text.contains("k1"));
    }
}
