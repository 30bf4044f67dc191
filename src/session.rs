//! What a sign-in leaves us with, and its form inside a seal.
//!
//! The payload is JSON with AuthKit's field names; of the user only `id` is required.

use serde::Serialize;
use serde_json::{Map, Value};

use crate::json::{self, Object};
use crate::token::AccessToken;
use crate::workos::{Authentication, RefreshToken};

/// What a sign-in left us with.
#[derive(Clone, Debug)]
pub struct Session {
    /// The access token of the last exchange.
    pub access_token: AccessToken,
    /// The refresh token of the last exchange.
    pub refresh_token: RefreshToken,
    /// The user, with AuthKit's camelCase field names; `id` is there.
    pub user: Map<String, Value>,
    /// Who is acting as the user.
    pub impersonator: Option<Value>,
    /// How the user signed in.
    pub authentication_method: Option<String>,
    /// Whether the access token's signature was checked before this was sealed.
    pub standing: Standing,
}

/// What a seal says of the access token in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It came from WorkOS when the keys could not be had: kept, not yet acted on.
    Unverified,
    /// Its signature was good.
    Verified,
}

impl Session {
    /// Returns the session an exchange leads to, its token not yet verified; `previous` is the
    /// refresh token that was used, if one was: it stays good where the answer has none. `None`
    /// where there is no token at all.
    pub fn from_authentication(
        authentication: Authentication,
        previous: Option<&RefreshToken>,
    ) -> Option<Session> {
        Some(Session {
            access_token: authentication.access_token,
            refresh_token: authentication.refresh_token.or_else(|| previous.cloned())?,
            user: authentication.user,
            impersonator: authentication.impersonator,
            authentication_method: authentication.authentication_method,
            standing: Standing::Unverified,
        })
    }

    /// Returns what there is of a session whose access token somebody brought along: no refresh
    /// token, and of the user nothing but the id. It is in no cookie.
    pub(crate) fn borrowed(access_token: AccessToken, user_id: &str) -> Session {
        let mut user = Map::new();
        user.insert("id".to_owned(), user_id.into());
        Session {
            access_token,
            refresh_token: RefreshToken::new(String::new()),
            user,
            impersonator: None,
            authentication_method: None,
            standing: Standing::Verified,
        }
    }

    /// Returns whether there is no more of the session than an access token.
    pub(crate) fn is_borrowed(&self) -> bool {
        self.refresh_token.secret().is_empty()
    }

    /// Returns the user's id.
    pub fn user_id(&self) -> &str {
        self.user
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns the user's e-mail address.
    pub fn email(&self) -> Option<&str> {
        self.user.get("email").and_then(Value::as_str)
    }

    /// Returns the session as AuthKit's SDKs seal it: JSON with nothing of ours in it.
    pub fn sdk_payload(&self) -> Vec<u8> {
        let verified = Session {
            standing: Standing::Verified,
            ..self.clone()
        };
        verified.payload()
    }

    /// Returns the session as it is sealed.
    pub(crate) fn payload(&self) -> Vec<u8> {
        let payload = Payload {
            access_token: self.access_token.secret(),
            refresh_token: self.refresh_token.secret(),
            user: &self.user,
            impersonator: self.impersonator.as_ref(),
            authentication_method: self.authentication_method.as_deref(),
            unverified: self.standing == Standing::Unverified,
        };
        json::written(&payload).into_bytes()
    }

    /// Leaves of the user what pages commonly show.
    pub(crate) fn slimmed(&self) -> Session {
        const KEPT: [&str; 6] = [
            "email",
            "emailVerified",
            "firstName",
            "id",
            "lastName",
            "name",
        ];
        let mut slim = self.clone();
        slim.user.retain(|name, _| KEPT.contains(&name.as_str()));
        slim
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    access_token: &'a str,
    refresh_token: &'a str,
    user: &'a Map<String, Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    impersonator: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_method: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    unverified: bool,
}

impl Session {
    /// Reads what [`Session::payload`], or an SDK of AuthKit's, made.
    pub(crate) fn parse(json: &[u8]) -> Option<Session> {
        let mut payload: Object = json::read(json)?;
        let unverified: Option<bool> = payload.take("unverified")?;
        let session = Session {
            access_token: AccessToken::new(payload.take("accessToken")?),
            refresh_token: RefreshToken::new(payload.take("refreshToken")?),
            user: payload.take("user")?,
            impersonator: payload.take("impersonator")?,
            authentication_method: payload.take("authenticationMethod")?,
            standing: match unverified {
                Some(true) => Standing::Unverified,
                Some(false) | None => Standing::Verified,
            },
        };
        Some(session).filter(|session| !session.user_id().is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_sdk_finds_nothing_of_ours_in_a_session() {
        let json = r#"{"accessToken":"a","refreshToken":"r","user":{"id":"u"},"unverified":true}"#;
        let session = Session::parse(json.as_bytes()).expect("a session");
        assert_eq!(session.standing, Standing::Unverified);
        assert_eq!(String::from_utf8(session.payload()).as_deref(), Ok(json));
        let plain = json.replace(r#","unverified":true"#, "");
        assert_eq!(String::from_utf8(session.sdk_payload()), Ok(plain));
    }

    #[test]
    fn a_payload_without_a_user_id_is_no_session() {
        for user in ["{}", r#"{"id":""}"#, r#"{"id":7}"#, "[]", "null"] {
            let json = format!(r#"{{"accessToken":"a","refreshToken":"r","user":{user}}}"#);
            assert!(Session::parse(json.as_bytes()).is_none(), "{user}");
        }
    }
}
