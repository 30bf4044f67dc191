//! Access tokens: what is believed says what it must, as another reader of JSON reads it.

use authkit_gateway::token::{
    AccessToken, Signature, TokenRules, Unverified, Verification, unverified_expiry,
    unverified_organization_id, unverified_session_id,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use super::site::CLIENT_ID;
use super::world::NOW;

/// The input is a token; or its header, its claims on the next line and anything after that.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    look(text);
    let mut lines = text.splitn(3, '\n');
    let [header, claims, rest] = [(); 3].map(|()| lines.next().unwrap_or_default());
    let parts = [header, claims, rest].map(|part| URL_SAFE_NO_PAD.encode(part));
    if look(&parts.join(".")) {
        believed(header, claims);
    }
}

/// Returns whether the token would be good if its signature were.
fn look(text: &str) -> bool {
    let token = AccessToken::new(text.to_owned());
    let _ = (
        unverified_session_id(&token),
        unverified_organization_id(&token),
    );
    let _ = unverified_expiry(&token);
    let rules = TokenRules {
        issuers: vec!["https://api.workos.com".to_owned()],
        client_id: CLIENT_ID.to_owned(),
    };
    let Ok(read) = Unverified::read(&token, &rules, NOW) else {
        return false;
    };
    let Verification::Valid(claims) = read.told(Signature::Good, NOW) else {
        panic!("what has not run out and is signed is good");
    };
    assert!(claims.expires_at > NOW && !claims.user_id.is_empty() && !claims.session_id.is_empty());
    true
}

fn believed(header: &str, claims: &str) {
    let header: Value = serde_json::from_str(header).expect("JSON");
    assert_eq!(header["alg"], "RS256");
    assert!(header["kid"].is_string() && header["crit"].is_null() && header["b64"].is_null());
    let claims: Value = serde_json::from_str(claims).expect("JSON");
    assert_eq!(claims["iss"], "https://api.workos.com");
    assert!(claims["client_id"].is_null() || claims["client_id"] == CLIENT_ID);
    assert!(
        claims["exp"]
            .as_f64()
            .is_some_and(|expires_at| expires_at > 1_800_000_000.0)
    );
    for start in ["nbf", "iat"] {
        let start = claims[start].as_f64().unwrap_or_default();
        assert!(start < 1_800_000_031.0, "{start}");
    }
}
