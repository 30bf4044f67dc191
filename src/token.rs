//! Decides what an access token says, or why it isn't believed.
//!
//! 1. The header names RS256 and a key, and has nothing critical in it: the algorithm is ours to
//!    choose, not the token's ([RFC 8725 §3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1)),
//!    and keys come from the key set alone.
//! 2. The claims have the right types: `iss`, `sub` and `sid` are texts, `exp` is a number.
//! 3. The issuer is on the list, and `client_id`, where there is one, is ours.
//! 4. A token past its `exp` is [`Verification::Expired`], whatever its signature: it is never
//!    used, only exchanged.
//! 5. The signature is the named key's. A key we don't have may be a new one:
//!    [`Verification::UnknownKey`]; a check that can't be made says nothing:
//!    [`Verification::Unverifiable`].

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::dangerous::insecure_decode_claims;
use serde_json::Value;

use crate::json::{self, Object, Part, Tree};
use crate::jwk::KeySet;
use crate::outside::{Outside, UnixTime};
use crate::secret::secret;

/// Clocks may differ by this much, in seconds, where a token says "not before".
const LEEWAY: u64 = 30;
/// Far more than fits our cookies, in bytes: what is longer isn't worth reading.
const LONGEST_TOKEN: usize = 64 * 1024;

secret! {
    /// An access token, as WorkOS issued it.
    AccessToken
}

/// What a verified access token says. Only this module makes one.
#[derive(Clone, Debug)]
pub struct Claims {
    /// `sub`: the user's id.
    pub user_id: String,
    /// `sid`: the session's id at WorkOS.
    pub session_id: String,
    /// `exp`: when the token runs out.
    pub expires_at: UnixTime,
    /// `iat`: when the token was issued.
    pub issued_at: Option<UnixTime>,
    /// `auth_time`: when the user last proved who they are.
    pub authenticated_at: Option<u64>,
    /// `org_id`: the organization the session is in.
    pub organization_id: Option<String>,
    /// `role`: the user's role in the organization.
    pub role: Option<String>,
    /// `roles`: all of the user's roles.
    pub roles: Vec<String>,
    /// `permissions`.
    pub permissions: Vec<String>,
    /// `entitlements`.
    pub entitlements: Vec<String>,
    /// `feature_flags`.
    pub feature_flags: Vec<String>,
    /// `act.sub`: who is acting as the user.
    pub impersonator: Option<String>,
}

/// What a token must match.
#[derive(Debug)]
pub struct TokenRules {
    /// The accepted values of `iss`.
    pub issuers: Vec<String>,
    /// The only accepted value of `client_id`, where a token has one.
    pub client_id: String,
}

/// What became of verifying a token.
#[derive(Debug)]
pub enum Verification {
    /// It has run out.
    Expired(ExpiredToken),
    /// It must not be believed; says why, for the log.
    Invalid(&'static str),
    /// It begins to be good later than now: somebody's clock is wrong.
    NotYetValid,
    /// It is signed by a key that isn't in the set.
    UnknownKey,
    /// Its signature could not be checked now.
    Unverifiable(Unchecked),
    /// It is good.
    Valid(Claims),
}

/// What a token says that passed every check but the signature's.
#[derive(Debug)]
pub struct Unchecked(Claims);

impl Unchecked {
    /// Returns the claims of a token whose signature was checked before it was sealed.
    pub fn vouched_for_by_seal(self) -> Claims {
        self.0
    }
}

/// What is worth knowing of a token that has run out. It identifies nobody.
#[derive(Debug)]
pub struct ExpiredToken {
    /// The organization to stay in.
    pub organization_id: Option<String>,
}

/// Returns the `sid` a token carries, without believing a word of it: enough to tell WorkOS which
/// session to end, where the token itself came out of our seal.
pub fn unverified_session_id(token: &AccessToken) -> Option<String> {
    let claims = RawClaims::read(token.secret())?;
    Some(claims.sid)
}

/// Returns the organization a token says the session is in, without believing a word of it.
pub fn unverified_organization_id(token: &AccessToken) -> Option<String> {
    let claims = RawClaims::read(token.secret())?;
    claims.org_id
}

/// Returns when a token says it runs out, without believing a word of it: enough to tell the newer
/// of two.
pub fn unverified_expiry(token: &AccessToken) -> Option<UnixTime> {
    let claims = RawClaims::read(token.secret())?;
    whole_seconds(claims.exp)
}

/// A token that says what it must; only its signature is still to be checked.
#[derive(Debug)]
pub struct Unverified<'a> {
    key_id: String,
    signed: &'a [u8],
    signature: Vec<u8>,
    claims: RawClaims,
}

/// Why a token isn't worth a look at its signature.
#[derive(Debug)]
pub enum Refusal {
    /// It has run out.
    Expired(ExpiredToken),
    /// It must not be believed; says why, for the log.
    Invalid(&'static str),
    /// It begins to be good later than now.
    NotYetValid,
}

/// What a look at a token's signature told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Signature {
    /// It is the key's.
    Good,
    /// It could not be checked.
    Unchecked,
    /// The key isn't in the set.
    UnknownKey,
    /// It isn't the key's.
    Wrong,
}

impl<'a> Unverified<'a> {
    /// Reads a token and checks everything but its signature.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn read(
        token: &'a AccessToken,
        rules: &TokenRules,
        now: UnixTime,
    ) -> Result<Self, Refusal> {
        Self::parse(token.secret(), rules, now)
    }

    /// Checks the signature, if `keys` has the key.
    pub async fn check(&self, keys: &KeySet, outside: &impl Outside) -> Signature {
        let mut told = Signature::UnknownKey;
        for key in keys.named(&self.key_id) {
            let good = outside
                .verify_rs256(key, self.signed, &self.signature)
                .await;
            told = match good {
                Ok(true) => return Signature::Good,
                Ok(false) if told == Signature::Unchecked => told,
                Ok(false) => Signature::Wrong,
                Err(_) => Signature::Unchecked,
            };
        }
        told
    }

    /// Returns `iat`; a token that doesn't say may be as old as time.
    pub fn issued_at(&self) -> UnixTime {
        self.claims
            .iat
            .and_then(whole_seconds)
            .unwrap_or(UnixTime(0))
    }

    /// Returns what became of verifying the token whose signature was looked at: that took time, in
    /// which the token may have run out.
    pub fn told(self, signature: Signature, now: UnixTime) -> Verification {
        if whole_seconds(self.claims.exp).is_none_or(|expires_at| expires_at <= now) {
            let organization_id = self.claims.org_id;
            return Verification::Expired(ExpiredToken { organization_id });
        }
        match signature {
            Signature::Good => Verification::Valid(self.claims.into()),
            Signature::Unchecked => Verification::Unverifiable(Unchecked(self.claims.into())),
            Signature::UnknownKey => Verification::UnknownKey,
            Signature::Wrong => Verification::Invalid("the signature is wrong"),
        }
    }

    fn parse(token: &'a str, rules: &TokenRules, now: UnixTime) -> Result<Self, Refusal> {
        if token.len() > LONGEST_TOKEN {
            return Err(Refusal::Invalid("it is too long"));
        }
        // 1.
        let key_id = key_id(token)?;
        let (signed, signature) = token.rsplit_once('.').ok_or(MALFORMED)?;
        let signature = URL_SAFE_NO_PAD.decode(signature).map_err(|_| MALFORMED)?;
        // 2.
        let claims = RawClaims::read(token).ok_or(MALFORMED)?;
        claims.admit(rules, now)?;
        Ok(Unverified {
            key_id,
            signed: signed.as_bytes(),
            signature,
            claims,
        })
    }
}

impl From<Refusal> for Verification {
    fn from(refusal: Refusal) -> Verification {
        match refusal {
            Refusal::Expired(expired) => Verification::Expired(expired),
            Refusal::Invalid(why) => Verification::Invalid(why),
            Refusal::NotYetValid => Verification::NotYetValid,
        }
    }
}

const MALFORMED: Refusal = Refusal::Invalid("it is malformed");

fn key_id(token: &str) -> Result<String, Refusal> {
    let (signed, _) = token.rsplit_once('.').ok_or(MALFORMED)?;
    let (header, _) = signed.rsplit_once('.').ok_or(MALFORMED)?;
    let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| MALFORMED)?;
    let header: Header = json::read(&header).ok_or(MALFORMED)?;
    if header.alg != "RS256" {
        return Err(Refusal::Invalid("its algorithm is not RS256"));
    }
    if header.crit.is_some() || header.b64.is_some() {
        return Err(Refusal::Invalid("its header has a critical parameter"));
    }
    header.kid.ok_or(Refusal::Invalid("it names no key"))
}

/// What the header says of the signature
/// ([RFC 7515 §4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1)).
struct Header {
    alg: String,
    kid: Option<String>,
    crit: Option<Value>,
    b64: Option<Value>,
}

impl Part for Header {
    fn of(value: Value) -> Option<Header> {
        let mut header = Object::of(value)?;
        Some(Header {
            alg: header.take("alg")?,
            kid: header.take("kid")?,
            crit: header.take("crit")?,
            b64: header.take("b64")?,
        })
    }
}

#[derive(Debug)]
struct RawClaims {
    iss: String,
    sub: String,
    sid: String,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    auth_time: Option<f64>,
    client_id: Option<String>,
    org_id: Option<String>,
    role: Option<String>,
    roles: Option<Vec<String>>,
    permissions: Option<Vec<String>>,
    entitlements: Option<Vec<String>>,
    feature_flags: Option<Vec<String>>,
    act: Option<Actor>,
}

#[derive(Debug)]
struct Actor {
    sub: String,
}

impl Part for Actor {
    fn of(value: Value) -> Option<Actor> {
        let sub = Object::of(value)?.take("sub")?;
        Some(Actor { sub })
    }
}

impl Part for RawClaims {
    fn of(value: Value) -> Option<RawClaims> {
        let mut claims = Object::of(value)?;
        Some(RawClaims {
            iss: claims.take("iss")?,
            sub: claims.take("sub")?,
            sid: claims.take("sid")?,
            exp: claims.take("exp")?,
            nbf: claims.take("nbf")?,
            iat: claims.take("iat")?,
            auth_time: claims.take("auth_time")?,
            client_id: claims.take("client_id")?,
            org_id: claims.take("org_id")?,
            role: claims.take("role")?,
            roles: claims.take("roles")?,
            permissions: claims.take("permissions")?,
            entitlements: claims.take("entitlements")?,
            feature_flags: claims.take("feature_flags")?,
            act: claims.take("act")?,
        })
    }
}

impl RawClaims {
    fn read(token: &str) -> Option<RawClaims> {
        let Tree(claims) = insecure_decode_claims(token).ok()?;
        RawClaims::of(claims)
    }

    fn admit(&self, rules: &TokenRules, now: UnixTime) -> Result<(), Refusal> {
        // 3.
        if !rules.issuers.contains(&self.iss) {
            return Err(Refusal::Invalid(
                "its issuer is not on the list (WORKOS_ISSUER)",
            ));
        }
        if self
            .client_id
            .as_ref()
            .is_some_and(|id| *id != rules.client_id)
        {
            return Err(Refusal::Invalid("it was issued to another client"));
        }
        if self.sub.is_empty() || self.sid.is_empty() {
            return Err(Refusal::Invalid("it names no user or no session"));
        }
        let expires_at = whole_seconds(self.exp).ok_or(MALFORMED)?;
        let latest_start = now.plus(LEEWAY);
        for start in [self.nbf, self.iat].into_iter().flatten() {
            if whole_seconds(start).ok_or(MALFORMED)? > latest_start {
                return Err(Refusal::NotYetValid);
            }
        }
        // 4.
        if expires_at <= now {
            let organization_id = self.org_id.clone();
            return Err(Refusal::Expired(ExpiredToken { organization_id }));
        }
        Ok(())
    }
}

impl From<RawClaims> for Claims {
    fn from(claims: RawClaims) -> Claims {
        Claims {
            user_id: claims.sub,
            session_id: claims.sid,
            expires_at: whole_seconds(claims.exp).unwrap_or(UnixTime(0)),
            issued_at: claims.iat.and_then(whole_seconds),
            authenticated_at: claims.auth_time.and_then(whole_seconds).map(|time| time.0),
            organization_id: claims.org_id,
            role: claims.role,
            roles: claims.roles.unwrap_or_default(),
            permissions: claims.permissions.unwrap_or_default(),
            entitlements: claims.entitlements.unwrap_or_default(),
            feature_flags: claims.feature_flags.unwrap_or_default(),
            impersonator: claims.act.map(|actor| actor.sub),
        }
    }
}

/// A `NumericDate` that a clock can reach: up to the year 9999.
fn whole_seconds(date: f64) -> Option<UnixTime> {
    const LATEST: f64 = 253_402_300_799.0;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the range check leaves only what fits"
    )]
    (0.0..=LATEST)
        .contains(&date)
        .then_some(UnixTime(date as u64))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::outside::VerifierFailed;
    use crate::scripted::{Scripted, at_once};

    const NOW: UnixTime = UnixTime(1_700_000_000);

    fn rules() -> TokenRules {
        TokenRules {
            issuers: vec!["https://api.workos.com".to_owned()],
            client_id: "client_1".to_owned(),
        }
    }

    fn header() -> Value {
        json!({ "alg": "RS256", "kid": "k1" })
    }

    fn claims() -> Value {
        json!({ "iss": "https://api.workos.com", "sub": "user_1", "sid": "session_1",
                "exp": NOW.0 + 300, "iat": NOW.0, "org_id": "org_1" })
    }

    /// The object with a member changed; `null` removes it.
    fn with(mut object: Value, name: &str, value: Value) -> Value {
        let members = object.as_object_mut().expect("an object");
        members.insert(name.to_owned(), value);
        members.retain(|_, value| !value.is_null());
        object
    }

    fn token(header: &str, claims: &str) -> String {
        let [header, claims] = [header, claims].map(|part| URL_SAFE_NO_PAD.encode(part));
        format!("{header}.{claims}.AAAA")
    }

    /// What became of a token: a word.
    fn told(token: &str) -> &'static str {
        match Unverified::parse(token, &rules(), NOW) {
            Ok(_) => "good",
            Err(Refusal::Expired(_)) => "expired",
            Err(Refusal::Invalid(why)) => why,
            Err(Refusal::NotYetValid) => "it is not valid yet",
        }
    }

    #[test]
    fn the_header_is_rs256_with_a_key_and_nothing_critical() {
        let good = claims().to_string();
        let rows = [
            ("plain", header(), "good"),
            ("typ", with(header(), "typ", json!("JWT")), "good"),
            (
                "none",
                with(header(), "alg", json!("none")),
                "its algorithm is not RS256",
            ),
            (
                "HS256",
                with(header(), "alg", json!("HS256")),
                "its algorithm is not RS256",
            ),
            (
                "RS512",
                with(header(), "alg", json!("RS512")),
                "its algorithm is not RS256",
            ),
            (
                "no alg",
                with(header(), "alg", Value::Null),
                "it is malformed",
            ),
            (
                "no kid",
                with(header(), "kid", Value::Null),
                "it names no key",
            ),
            ("kid", with(header(), "kid", json!(7)), "it is malformed"),
            (
                "crit",
                with(header(), "crit", json!(["x"])),
                "its header has a critical parameter",
            ),
            (
                "empty crit",
                with(header(), "crit", json!([])),
                "its header has a critical parameter",
            ),
            (
                "odd crit",
                with(header(), "crit", json!("x")),
                "its header has a critical parameter",
            ),
            (
                "b64",
                with(header(), "b64", json!(false)),
                "its header has a critical parameter",
            ),
        ];
        for (name, header, expected) in rows {
            assert_eq!(told(&token(&header.to_string(), &good)), expected, "{name}");
        }
    }

    #[test]
    fn claims_have_their_types_and_say_what_they_must() {
        let issuer = "its issuer is not on the list (WORKOS_ISSUER)";
        let nobody = "it names no user or no session";
        let rows = [
            ("as they are", claims(), "good"),
            ("audience", with(claims(), "aud", json!("anything")), "good"),
            (
                "own client",
                with(claims(), "client_id", json!("client_1")),
                "good",
            ),
            (
                "other client",
                with(claims(), "client_id", json!("client_2")),
                "it was issued to another client",
            ),
            (
                "issuer",
                with(claims(), "iss", json!("https://api.workos.com.evil")),
                issuer,
            ),
            (
                "issuer's case",
                with(claims(), "iss", json!("HTTPS://api.workos.com")),
                issuer,
            ),
            (
                "issuers",
                with(claims(), "iss", json!(["https://api.workos.com"])),
                "it is malformed",
            ),
            (
                "no issuer",
                with(claims(), "iss", Value::Null),
                "it is malformed",
            ),
            (
                "no sid",
                with(claims(), "sid", Value::Null),
                "it is malformed",
            ),
            ("empty sid", with(claims(), "sid", json!("")), nobody),
            ("empty sub", with(claims(), "sub", json!("")), nobody),
            (
                "text exp",
                with(claims(), "exp", json!("9999999999")),
                "it is malformed",
            ),
            (
                "no exp",
                with(claims(), "exp", Value::Null),
                "it is malformed",
            ),
            (
                "huge exp",
                with(claims(), "exp", json!(1e300)),
                "it is malformed",
            ),
            (
                "negative exp",
                with(claims(), "exp", json!(-1)),
                "it is malformed",
            ),
            ("now", with(claims(), "exp", json!(NOW.0)), "expired"),
            (
                "in a second",
                with(claims(), "exp", json!(NOW.0 + 1)),
                "good",
            ),
            ("skew", with(claims(), "iat", json!(NOW.0 + 30)), "good"),
            (
                "future",
                with(claims(), "iat", json!(NOW.0 + 31)),
                "it is not valid yet",
            ),
            (
                "not before",
                with(claims(), "nbf", json!(NOW.0 + 31)),
                "it is not valid yet",
            ),
            (
                "text nbf",
                with(claims(), "nbf", json!("1")),
                "it is malformed",
            ),
            (
                "roles",
                with(claims(), "roles", json!("admin")),
                "it is malformed",
            ),
        ];
        for (name, claims, expected) in rows {
            assert_eq!(
                told(&token(&header().to_string(), &claims.to_string())),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn any_key_of_its_name_may_have_signed_a_token() {
        const FAILED: Result<bool, VerifierFailed> = Err(VerifierFailed);
        let token = AccessToken::new(token(&header().to_string(), &claims().to_string()));
        let token = Unverified::read(&token, &rules(), NOW).expect("a good token");
        let rows: [(&[Result<bool, VerifierFailed>], Signature); 9] = [
            (&[], Signature::UnknownKey),
            (&[Ok(true)], Signature::Good),
            (&[Ok(false)], Signature::Wrong),
            (&[FAILED], Signature::Unchecked),
            (&[Ok(false), Ok(false)], Signature::Wrong),
            (&[Ok(false), Ok(true)], Signature::Good),
            (&[FAILED, Ok(true)], Signature::Good),
            (&[Ok(false), FAILED], Signature::Unchecked),
            (&[FAILED, Ok(false)], Signature::Unchecked),
        ];
        for (told, expected) in rows {
            let outside = Scripted::default();
            outside.signatures.borrow_mut().extend(told);
            let keys = key_set(told.len());
            assert_eq!(at_once(token.check(&keys, &outside)), expected, "{told:?}");
        }
    }

    /// So many keys of the name `k1`, and one of another.
    fn key_set(count: usize) -> KeySet {
        let modulus = URL_SAFE_NO_PAD.encode([0xff; 256]);
        let names = std::iter::repeat_n("k1", count).chain(["k2"]);
        let keys: Vec<Value> = names
            .map(|kid| json!({ "kty": "RSA", "kid": kid, "n": modulus, "e": "AQAB" }))
            .collect();
        KeySet::parse(&json!({ "keys": keys }).to_string()).expect("usable keys")
    }

    #[test]
    fn a_text_that_is_no_token_is_malformed() {
        let good = token(&header().to_string(), &claims().to_string());
        let nested = "[".repeat(5000);
        let rows = [
            String::new(),
            ".".repeat(1000),
            "a.b".to_owned(),
            format!("{good}.x"),
            format!("{good}="),
            token(&header().to_string(), &nested),
            token(&nested, &claims().to_string()),
            token(
                r#"{"alg":"RS256","alg":"none","kid":"k1"}"#,
                &claims().to_string(),
            ),
            token(
                &header().to_string(),
                r#"{"exp":1,"exp":9999999999,"iss":"i","sub":"s","sid":"s"}"#,
            ),
            token(
                &header().to_string(),
                r#"{"exp":9999999999,"iss":"i","sub":"s","sid":"s","x":[{"y":1,"\u0079":2}]}"#,
            ),
        ];
        for text in rows {
            assert_eq!(told(&text), "it is malformed", "{text:.60}");
        }
        assert_eq!(told(&"a".repeat(LONGEST_TOKEN)), "it is malformed");
        assert_eq!(told(&"a".repeat(LONGEST_TOKEN + 1)), "it is too long");
    }
}
