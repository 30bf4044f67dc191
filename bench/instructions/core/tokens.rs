//! Access tokens: what one says, without its signature, which is WebCrypto's to check.

use std::hint::black_box;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;

use authkit_gateway::jwk::KeySet;
use authkit_gateway::token::{AccessToken, Signature, TokenRules, Unverified, Verification};

use super::{Case, Named};
use crate::site::{CLIENT_ID, NOW, config};

pub(crate) const CASES: [Named; 2] = [
    ("token: read, and held against the rules", read),
    ("token: a key set of three", keys),
];

fn read() -> Case {
    let (rules, token) = (
        config(&[]).token_rules,
        AccessToken::new(signed("user_01ADA")),
    );
    Box::new(move || {
        matches!(
            told(black_box(&token), &rules),
            Some(Verification::Valid(_))
        )
    })
}

fn keys() -> Case {
    let text = key_set();
    Box::new(move || KeySet::parse(black_box(&text)).is_some())
}

const KEY: &str = "sso_oidc_key_pair_01COUNTED";

/// Returns what became of a token whose signature is good.
pub(crate) fn told(token: &AccessToken, rules: &TokenRules) -> Option<Verification> {
    let unverified = Unverified::read(token, rules, NOW).ok()?;
    Some(unverified.told(Signature::Good, NOW))
}

/// Returns a token as WorkOS makes them, for somebody in an organization; the signature is nobody's.
pub(crate) fn signed(user_id: &str) -> String {
    let header = json!({ "alg": "RS256", "typ": "JWT", "kid": KEY });
    let claims = json!({
        "iss": format!("https://api.workos.com/user_management/{CLIENT_ID}"),
        "sub": user_id,
        "sid": "session_01JT0ANALYTICALENGINE00000",
        "jti": "01JT0ANALYTICALENGINE00001",
        "client_id": CLIENT_ID,
        "auth_time": NOW.0 - 3600,
        "iat": NOW.0 - 60,
        "exp": NOW.0 + 240,
        "org_id": "org_01ANALYTICALENGINES000000",
        "role": "admin",
        "roles": ["admin"],
        "permissions": ["engines:read", "engines:write", "members:manage", "billing:read"],
        "entitlements": ["punched-cards"],
        "feature_flags": ["difference-engine-2"],
    });
    let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}.{}", URL_SAFE_NO_PAD.encode([0xa5; 256]))
}

/// Returns the key set WorkOS publishes.
pub(crate) fn key_set() -> String {
    let key = |id: &str| {
        let modulus = URL_SAFE_NO_PAD.encode([0xc1; 256]);
        json!({ "alg": "RS256", "kty": "RSA", "use": "sig", "kid": id, "n": modulus, "e": "AQAB" })
    };
    json!({ "keys": [key("older"), key(KEY), key("newer")] }).to_string()
}
