//! Opens and makes seals as somebody would who knows the password.

use serde_json::{Value, json};

use authkit_gateway::seal::{Place, Purpose};

use super::site::{SESSION, Site};
use super::token::Unsigned;

const HOST: &str = "app.example.com";

/// Returns what is sealed in a cookie.
pub(crate) fn opened(site: &Site, purpose: Purpose, cookie: &str, text: &str) -> Value {
    let place = Place {
        purpose,
        cookie,
        host: HOST,
    };
    let opened = site
        .gateway
        .config
        .keyring
        .open(text, place)
        .expect("sealed by us");
    serde_json::from_slice(&opened.plaintext).expect("JSON")
}

/// Returns `payload` sealed for a cookie.
pub(crate) fn resealed(site: &Site, purpose: Purpose, cookie: &str, payload: &Value) -> String {
    let place = Place {
        purpose,
        cookie,
        host: HOST,
    };
    let plaintext = payload.to_string();
    let sealed = site
        .gateway
        .config
        .keyring
        .seal(plaintext.as_bytes(), place, &site.world);
    sealed.expect("random bytes")
}

/// Returns `payload` sealed as AuthKit's SDKs seal.
pub(crate) fn iron(site: &Site, payload: &Value) -> String {
    let keyring = &site.gateway.config.session_cookie.iron;
    let sealed = keyring.seal(payload.to_string().as_bytes(), &site.world);
    sealed.expect("random bytes")
}

/// Returns what a seal of AuthKit's SDKs holds.
pub(crate) fn iron_opened(site: &Site, text: &str) -> Value {
    let keyring = &site.gateway.config.session_cookie.iron;
    let opened = keyring.open(text, site.now()).expect("sealed by us");
    serde_json::from_slice(&opened.plaintext).expect("JSON")
}

/// Returns the sealed session of a user with a token of the test's own making.
pub(crate) fn forged(site: &Site, user_id: &str, token: &Unsigned) -> String {
    let payload = json!({
        "accessToken": token.signed(), "refreshToken": "refresh_token_forged",
        "user": { "id": user_id, "email": "forged@example.com" },
    });
    resealed(site, Purpose::Session, SESSION, &payload)
}
