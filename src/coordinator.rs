//! Makes the refreshes of one session one after the other, wherever in the world they are asked for.
//!
//! Optional: a Durable Object of this very Worker, one for each session, to which all isolates give
//! the session's refreshes.
//!
//! 1. One exchange at a time. Whoever waits for their turn finds its result.
//! 2. A result is kept for two minutes under a hash of the refresh token that was exchanged, sealed
//!    by that token: only who holds it can read what became of it. A client that left in the middle
//!    of a refresh finds its tokens when it returns.
//! 3. A failure isn't kept: asking again is right.
//! 4. A sign-out leaves a tombstone for a day: what refreshes the session after that, or was at it
//!    then, is told that it has ended.

use std::cell::Cell;
use std::time::Duration;

use serde::Serialize;

use crate::json::{self, Object};
use crate::outside::{Deadline, Outside, UnixTime};
use crate::refresh::Key;
use crate::seal::{Keyring, Place, Purpose};
use crate::token::unverified_expiry;
use crate::workos::{
    Api, ApiResponse, Grant, RefreshToken, RequestBody, ResponseBody, authentication,
};

/// How long a result is kept, in seconds.
pub const KEPT_FOR: u64 = 120;
/// How long a session that was signed out of is refused, in seconds: no access token lives longer.
const TOMBSTONE_FOR: u64 = 86_400;
/// The tombstone's name in the storage; results have 64 hexadecimal digits.
const TOMBSTONE: &str = "signed-out";
/// How long an exchange may take that others wait for.
const BUDGET: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(20);

/// Where a coordinator keeps what must outlive it.
#[expect(
    async_fn_in_trait,
    reason = "a Durable Object is single-threaded: no future of ours needs to be Send"
)]
pub trait Storage {
    /// Returns what is kept under `name`.
    async fn get(&self, name: &str) -> Option<String>;

    /// Keeps `text` under `name` for so many seconds.
    async fn put(&self, name: &str, text: String, seconds: u64);
}

/// What a coordinator is asked to do.
#[derive(Debug, Serialize)]
#[serde(tag = "errand", rename_all = "kebab-case")]
enum Errand {
    /// To exchange a refresh token.
    Refresh {
        refresh_token: String,
        organization_id: Option<String>,
    },
    /// To refuse the session from here on.
    SignOut,
}

impl Errand {
    fn parse(text: &str) -> Option<Errand> {
        let mut errand: Object = json::read(text)?;
        let name: String = errand.take("errand")?;
        match name.as_str() {
            "refresh" => Some(Errand::Refresh {
                refresh_token: errand.take("refresh_token")?,
                organization_id: errand.take("organization_id")?,
            }),
            "sign-out" => Some(Errand::SignOut),
            _ => None,
        }
    }
}

/// What a coordinator answers: what WorkOS answered.
#[derive(Debug, Serialize)]
struct Reply {
    status: u16,
    retry_after: Option<String>,
    body: String,
}

/// Returns what asks a coordinator for the exchange of `grant`, if it is one it makes.
pub(crate) fn errand(grant: &Grant<'_>) -> Option<RequestBody> {
    let Grant::RefreshToken {
        refresh_token,
        organization_id,
    } = grant
    else {
        return None;
    };
    Some(written(&Errand::Refresh {
        refresh_token: refresh_token.secret().to_owned(),
        organization_id: organization_id.map(str::to_owned),
    }))
}

/// Returns what tells a coordinator that its session has been signed out of.
pub(crate) fn sign_out_errand() -> RequestBody {
    written(&Errand::SignOut)
}

fn written(errand: &Errand) -> RequestBody {
    RequestBody::new(json::written(errand))
}

/// Returns what a coordinator's answer says.
pub fn reply(text: &str) -> Option<ApiResponse> {
    let mut reply: Object = json::read(text)?;
    let status: u64 = reply.take("status")?;
    Some(ApiResponse {
        status: status.try_into().ok()?,
        retry_after: reply.take("retry_after")?,
        body: ResponseBody::new(reply.take("body")?),
    })
}

/// One session's coordinator.
#[derive(Debug, Default)]
pub struct Coordinator {
    busy: Cell<bool>,
}

impl Coordinator {
    /// Does what it is asked to and returns the answer; `None` where it isn't asked anything it
    /// knows.
    pub async fn answer(
        &self,
        errand: &str,
        api: &Api,
        storage: &impl Storage,
        outside: &impl Outside,
    ) -> Option<String> {
        match Errand::parse(errand)? {
            Errand::SignOut => {
                storage.put(TOMBSTONE, String::new(), TOMBSTONE_FOR).await;
                Some(ended())
            }
            Errand::Refresh {
                refresh_token,
                organization_id,
            } => {
                let refresh_token = RefreshToken::new(refresh_token);
                let deadline = Deadline::after(BUDGET, outside);
                let Some(_turn) = self.turn(deadline, outside).await else {
                    return Some(unavailable());
                };
                let ticket = Ticket::of(&refresh_token, organization_id.as_deref());
                Some(ticket.redeemed(api, storage, outside).await)
            }
        }
    }

    // 1.
    async fn turn(&self, deadline: Deadline, outside: &impl Outside) -> Option<Turn<'_>> {
        while self.busy.replace(true) {
            if deadline.left(outside).is_zero() {
                return None;
            }
            outside.sleep(POLL).await;
        }
        Some(Turn { busy: &self.busy })
    }
}

/// A refresh token, and where its result is kept.
struct Ticket<'a> {
    refresh_token: &'a RefreshToken,
    organization_id: Option<&'a str>,
    name: String,
    keyring: Keyring,
}

impl<'a> Ticket<'a> {
    fn of(refresh_token: &'a RefreshToken, organization_id: Option<&'a str>) -> Ticket<'a> {
        Ticket {
            refresh_token,
            organization_id,
            name: Key::of(refresh_token, organization_id, "").to_string(),
            keyring: Keyring::new(refresh_token.secret(), None),
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            purpose: Purpose::Coordinator,
            cookie: &self.name,
            host: "",
        }
    }

    async fn redeemed(&self, api: &Api, storage: &impl Storage, outside: &impl Outside) -> String {
        // 4.
        if storage.get(TOMBSTONE).await.is_some() {
            return ended();
        }
        // 2.
        let kept = storage.get(&self.name).await;
        let kept = kept.and_then(|text| self.keyring.open(&text, self.place()).ok());
        let kept = kept.and_then(|opened| String::from_utf8(opened.plaintext).ok());
        if let Some(text) = kept.filter(|text| self.is_of_use(text, outside.now())) {
            return text;
        }
        let grant = Grant::RefreshToken {
            refresh_token: self.refresh_token,
            organization_id: self.organization_id,
        };
        let Ok(response) = outside.send(api.authenticate(&grant), BUDGET).await else {
            return unavailable();
        };
        let text = Reply {
            status: response.status,
            retry_after: response.retry_after.clone(),
            body: response.body.secret().to_owned(),
        }
        .text();
        if storage.get(TOMBSTONE).await.is_some() {
            return ended();
        }
        // 3.
        if authentication(Ok(response)).is_ok()
            && let Ok(sealed) = self.keyring.seal(text.as_bytes(), self.place(), outside)
        {
            storage.put(&self.name, sealed, KEPT_FOR).await;
        }
        text
    }

    /// A refresh token that stays good gives a new access token when the kept one has run out.
    fn is_of_use(&self, kept: &str, now: UnixTime) -> bool {
        let Some(Ok(kept)) = reply(kept).map(|response| authentication(Ok(response))) else {
            return false;
        };
        let rotated = kept
            .refresh_token
            .is_some_and(|new| new != *self.refresh_token);
        rotated || unverified_expiry(&kept.access_token).is_some_and(|at| at > now)
    }
}

/// The right to make an exchange, until it is dropped.
struct Turn<'a> {
    busy: &'a Cell<bool>,
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.busy.set(false);
    }
}

impl Reply {
    fn text(&self) -> String {
        json::written(self)
    }
}

/// What WorkOS would say of a session that has ended.
fn ended() -> String {
    let body = r#"{"error":"invalid_grant","error_description":"Session has already ended."}"#;
    Reply {
        status: 400,
        retry_after: None,
        body: body.to_owned(),
    }
    .text()
}

/// What it would say if it could say nothing.
fn unavailable() -> String {
    Reply {
        status: 503,
        retry_after: None,
        body: String::new(),
    }
    .text()
}
