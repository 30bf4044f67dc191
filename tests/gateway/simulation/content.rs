//! What is in a session's cookie.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

#[derive(Debug)]
pub(super) struct Content {
    pub(super) user_id: String,
    pub(super) session_id: String,
    pub(super) refresh_token: String,
    /// When its access token runs out, in seconds.
    pub(super) expires_at: u64,
    /// Whether the access token was verified before it was sealed.
    pub(super) is_verified: bool,
}

impl Content {
    /// Reads what was sealed.
    pub(super) fn read(payload: &Value) -> Content {
        let claims = claims(&payload["accessToken"]);
        Content {
            user_id: text(&payload["user"]["id"]),
            session_id: text(&claims["sid"]),
            refresh_token: text(&payload["refreshToken"]),
            expires_at: claims["exp"].as_u64().expect("a time"),
            is_verified: payload["unverified"] != true,
        }
    }
}

/// Returns the session that an access token is of.
pub(super) fn session_id(access_token: &Value) -> String {
    text(&claims(access_token)["sid"])
}

fn claims(access_token: &Value) -> Value {
    let token = text(access_token);
    let part = token.split('.').nth(1).expect("a token of three parts");
    let json = URL_SAFE_NO_PAD.decode(part).expect("base64url");
    serde_json::from_slice(&json).expect("JSON")
}

fn text(json: &Value) -> String {
    json.as_str().expect("a text").to_owned()
}
