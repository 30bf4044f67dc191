//! A sign-in that waits for the visitor to choose an organization.
//!
//! WorkOS has seen the code and wants to know which organization the session is for. What it gave
//! us to go on with is kept in a sealed cookie for ten minutes, and nowhere else.

use serde::Serialize;

use crate::config::Config;
use crate::cookie::SetCookie;
use crate::json::{self, Object};
use crate::outside::{Outside, UnixTime};
use crate::passing::PENDING;
use crate::return_path::ReturnPath;
use crate::seal::Purpose;
use crate::workos::PendingToken;

/// Seconds in which an organization is chosen.
const LIFETIME: u64 = 600;

/// A sign-in that waits.
pub(crate) struct Pending {
    /// `pending_authentication_token`.
    pub(crate) token: PendingToken,
    /// Where the sign-in is to end.
    pub(crate) landing: ReturnPath,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    token: &'a str,
    landing: &'a str,
    issued_at: u64,
}

impl Pending {
    /// Returns what keeps the sign-in in the browser; without randomness it can't be kept.
    pub(crate) fn keep(
        &self,
        config: &Config,
        host: &str,
        outside: &impl Outside,
    ) -> Option<SetCookie> {
        let payload = Payload {
            token: self.token.secret(),
            landing: self.landing.as_str(),
            issued_at: outside.now().0,
        };
        let json = json::written(&payload);
        let Config {
            passing_cookies,
            keyring,
            ..
        } = config;
        let content = (json.as_bytes(), LIFETIME);
        passing_cookies
            .seal(Purpose::Pending, PENDING, content, keyring, host, outside)
            .ok()
    }

    /// Returns the sign-in that waits in `field`, a `Cookie` field.
    pub(crate) fn find(config: &Config, field: &str, host: &str, now: UnixTime) -> Option<Pending> {
        let Config {
            passing_cookies,
            keyring,
            ..
        } = config;
        let json = passing_cookies.open(Purpose::Pending, PENDING, field, keyring, host)?;
        let mut payload: Object = json::read(json)?;
        let landing: String = payload.take("landing")?;
        let young = now.since(UnixTime(payload.take("issuedAt")?)) < LIFETIME;
        let token = PendingToken::new(payload.take("token")?);
        young.then(|| Pending {
            token,
            landing: ReturnPath::parse(&landing).unwrap_or_else(ReturnPath::root),
        })
    }
}
