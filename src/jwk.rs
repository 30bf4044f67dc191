//! Reads the keys of a JWK set, one by one.
//!
//! 1. A key counts if it is RSA, may verify RS256 signatures, and is named; anything else is passed
//!    over ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
//! 2. Its modulus is an odd number of 2048 to 4096 bits and its exponent an odd number from 65537:
//!    what is weaker proves nothing, what is larger costs too much
//!    ([RFC 8725 §3.5](https://www.rfc-editor.org/rfc/rfc8725#section-3.5)).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::json;

/// An RSA public key that may have signed an access token.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RsaKey {
    /// `kid`.
    pub id: String,
    /// `n`, base64url: an odd number of 2048 to 4096 bits.
    pub modulus: String,
    /// `e`, base64url: an odd number from 65537.
    pub exponent: String,
}

/// The keys of a JWK set that can have signed an access token.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct KeySet(Vec<RsaKey>);

/// A JWK set takes no more keys than this into account.
const MOST_KEYS: usize = 32;

impl KeySet {
    /// Reads a JWK set ([RFC 7517 §5](https://www.rfc-editor.org/rfc/rfc7517#section-5)) key by
    /// key: one that we can't use doesn't spoil the others. `None` where no usable key is left, or
    /// where a member stands twice in any object.
    pub fn parse(json: &str) -> Option<KeySet> {
        let set: Value = json::read(json)?;
        let keys = set.get("keys")?.as_array()?.iter();
        let keys: Vec<RsaKey> = keys.filter_map(RsaKey::from_jwk).take(MOST_KEYS).collect();
        (!keys.is_empty()).then_some(KeySet(keys))
    }

    /// Returns the keys of that name: while keys rotate there may be two.
    pub(crate) fn named(&self, id: &str) -> impl Iterator<Item = &RsaKey> {
        self.0.iter().filter(move |key| key.id == id)
    }
}

impl RsaKey {
    fn from_jwk(jwk: &Value) -> Option<RsaKey> {
        let text = |name: &str| jwk.get(name).and_then(Value::as_str);
        // A key that doesn't say what it is for is for everything.
        let may = |name: &str, value: &str| jwk.get(name).is_none_or(|said| said == value);
        let usable = text("kty") == Some("RSA") && may("use", "sig") && may("alg", "RS256");
        let (id, modulus, exponent) = (text("kid")?, text("n")?, text("e")?);
        let strong = is_strong_modulus(modulus) && is_strong_exponent(exponent);
        (usable && strong).then(|| RsaKey {
            id: id.to_owned(),
            modulus: modulus.to_owned(),
            exponent: exponent.to_owned(),
        })
    }
}

fn is_strong_modulus(text: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return false;
    };
    let [first, .., last] = bytes.as_slice() else {
        return false;
    };
    let bits = (bytes.len().saturating_mul(8)).saturating_sub(first.leading_zeros() as usize);
    *first != 0 && (2048..=4096).contains(&bits) && last % 2 == 1
}

fn is_strong_exponent(text: &str) -> bool {
    let Ok(bytes) = URL_SAFE_NO_PAD.decode(text) else {
        return false;
    };
    let value = bytes.iter().try_fold(0_u64, |value, byte| {
        Some(value.checked_mul(256)?.saturating_add(u64::from(*byte)))
    });
    value.is_some_and(|value| value >= 65_537 && value % 2 == 1)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The object with a member changed; `null` removes it.
    fn with(mut object: Value, name: &str, value: Value) -> Value {
        let members = object.as_object_mut().expect("an object");
        members.insert(name.to_owned(), value);
        members.retain(|_, value| !value.is_null());
        object
    }

    #[test]
    fn one_bad_key_does_not_spoil_the_set() {
        let modulus = |length: usize, first: u8, last: u8| {
            let mut bytes = vec![0xab; length];
            bytes[0] = first;
            bytes[length - 1] = last;
            URL_SAFE_NO_PAD.encode(bytes)
        };
        let key = |id: &str, n: String, e: &str| json!({"kty": "RSA", "kid": id, "n": n, "e": e});
        let good = key("good", modulus(256, 0x80, 1), "AQAB");
        let set = json!({ "keys": [
            key("1024", modulus(128, 0x80, 1), "AQAB"),
            key("2047", modulus(256, 0x40, 1), "AQAB"),
            key("8192", modulus(1024, 0x80, 1), "AQAB"),
            key("even", modulus(256, 0x80, 2), "AQAB"),
            key("padded", modulus(256, 0, 1), "AQAB"),
            key("three", modulus(256, 0x80, 1), "Aw"),
            key("even exponent", modulus(256, 0x80, 1), "AQAC"),
            with(good.clone(), "use", json!("enc")),
            with(good.clone(), "alg", json!("RS512")),
            with(good.clone(), "kid", Value::Null),
            {"kty": "oct", "kid": "good", "k": "AAAA"},
            "nonsense",
            with(with(good, "use", json!("sig")), "alg", json!("RS256")),
            key("odd length", modulus(300, 0x01, 1), "AQAB"),
        ]});
        let twice = set
            .to_string()
            .replace("\"nonsense\"", r#"{"kty":"EC","kty":"EC"}"#);
        assert_eq!(KeySet::parse(&twice), None);
        let KeySet(keys) = KeySet::parse(&set.to_string()).expect("usable keys");
        let ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(ids, ["good", "odd length"]);
        for text in [
            "",
            "[]",
            "{}",
            r#"{"keys":[]}"#,
            r#"{"keys":[1,2]}"#,
            "<html>",
        ] {
            assert_eq!(KeySet::parse(text), None, "{text}");
        }
    }
}
