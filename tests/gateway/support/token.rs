//! Access tokens without RSA: here a signature is SHA-256(modulus ‖ message), which only who knows
//! the key can't be distinguished from, and that is all the tests need.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

pub(crate) const CLIENT_ID: &str = "client_01TEST";
pub(crate) const ISSUER: &str = "https://api.workos.com";
/// Seconds an access token lives.
pub(crate) const LIFETIME: u64 = 300;

/// A token about to be signed.
#[derive(Clone)]
pub(crate) struct Unsigned {
    pub(crate) header: Value,
    pub(crate) claims: Value,
    /// The name of the key that signs.
    pub(crate) key: String,
}

impl Unsigned {
    /// Returns the token of one session, issued at `now`.
    pub(crate) fn new(
        user_id: &str,
        sid: &str,
        org: Option<&str>,
        key: &str,
        now: u64,
    ) -> Unsigned {
        let mut claims = json!({
            "iss": ISSUER, "sub": user_id, "sid": sid, "client_id": CLIENT_ID,
            "iat": now, "exp": now + LIFETIME, "jti": format!("jti_{now}"),
        });
        if let Some(org) = org {
            claims["org_id"] = org.into();
            claims["role"] = "member".into();
        }
        let header = json!({ "alg": "RS256", "typ": "JWT", "kid": key });
        Unsigned {
            header,
            claims,
            key: key.to_owned(),
        }
    }

    pub(crate) fn signed(&self) -> String {
        let part = |json: &Value| URL_SAFE_NO_PAD.encode(json.to_string());
        let message = format!("{}.{}", part(&self.header), part(&self.claims));
        let signature = signature(&modulus(&self.key), message.as_bytes());
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

pub(crate) fn signature(modulus: &str, message: &[u8]) -> Vec<u8> {
    Sha256::new()
        .chain_update(modulus)
        .chain_update(message)
        .finalize()
        .to_vec()
}

/// A key of 2048 bits, made of its name.
pub(crate) fn jwk(key: &str) -> Value {
    json!({
        "kty": "RSA", "alg": "RS256", "use": "sig", "kid": key, "n": modulus(key), "e": "AQAB",
    })
}

fn modulus(key: &str) -> String {
    let mut bytes = Sha256::digest(key).repeat(8);
    bytes[0] |= 0x80;
    bytes[255] |= 1;
    URL_SAFE_NO_PAD.encode(bytes)
}
