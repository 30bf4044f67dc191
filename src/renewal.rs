//! Exchanges a session for a newer one.
//!
//! 1. What couldn't be verified or sealed isn't asked for; what is asked for names the organization
//!    the session is in, so that it stays there.
//! 2. The new tokens are verified, and are the same user's: else they are thrown away, loudly, and
//!    the old ones stay.
//! 3. A session that will soon run out, or has the seal of an outgoing password, is exchanged ahead
//!    of time, beside whatever its request is about: the visitor notices nothing, whatever becomes of
//!    it. One that has been exchanged already is replaced: the answer that had the new one may never
//!    have arrived.

use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use crate::cookie::SetCookie;
use crate::exchange::{ATTEMPT, Exchange, Patience, whole_seconds};
use crate::gateway::Gateway;
use crate::keys::Bearer;
use crate::outside::{Deadline, Outside, UnixTime, random, spread};
use crate::recognize::Asking;
use crate::refresh::{ALIVE_FOR, Claim, Key, Refreshed};
use crate::session::{Session, Standing};
use crate::session_cookie::{MOST_CHUNKS, WriteFailed};
use crate::token::{Claims, Verification, unverified_expiry, unverified_session_id};
use crate::visitor::{
    MISCONFIGURED, ORGANIZATION_DENIED, OldSeal, Recognized, STEP_UP, SignedIn, Visitor,
};
use crate::workos::{ApiError, Grant};

/// Seconds after which it is worth trying again where WorkOS didn't say.
const RETRY_AFTER: u64 = 5;

/// A session to be exchanged, and the browser it came from.
pub struct Renewal {
    session: Session,
    organization_id: Option<String>,
    /// The request's `Cookie` field.
    cookies: String,
    host: String,
}

impl fmt::Debug for Renewal {
    /// Shows no cookie.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("Renewal");
        shown.field("host", &self.host).finish_non_exhaustive()
    }
}

impl Renewal {
    pub(crate) fn of(
        session: &Session,
        organization_id: Option<&str>,
        asking: &Asking<'_>,
    ) -> Renewal {
        Renewal {
            session: session.clone(),
            organization_id: organization_id.map(str::to_owned),
            cookies: asking.cookies.to_owned(),
            host: asking.head.host().to_owned(),
        }
    }

    fn key(&self) -> Key {
        let organization_id = self.organization_id.as_deref();
        Key::of(&self.session.refresh_token, organization_id, &self.host)
    }

    fn recognized(&self, refreshed: Refreshed) -> Recognized {
        let name = refreshed.name();
        let recognized = match refreshed {
            Refreshed::Renewed(signed_in, cookies)
                if signed_in.claims.user_id == self.session.user_id() =>
            {
                let detail = self.moved(&signed_in.claims);
                Recognized {
                    cookies,
                    detail,
                    ..Recognized::plainly(Visitor::SignedIn(signed_in))
                }
            }
            Refreshed::Renewed(..) => Recognized::nobody("user_mismatch"),
            Refreshed::Terminal => Recognized::nobody("session_ended"),
            Refreshed::StepUp(code) => {
                let visitor = Visitor::Anonymous {
                    reason: STEP_UP,
                    organization_id: self.organization_id.clone(),
                };
                Recognized::plainly(visitor).detail(code)
            }
            Refreshed::OrganizationDenied(code) => {
                Recognized::nobody(ORGANIZATION_DENIED).detail(code)
            }
            Refreshed::Transient(retry_after) => unverifiable("workos_unavailable", retry_after),
            Refreshed::Misconfigured(code) => unverifiable(MISCONFIGURED, None).detail(code),
            Refreshed::Unverifiable => unverifiable("keys_unavailable", None),
            Refreshed::Unverified(cookies) => Recognized {
                cookies,
                ..unverifiable("keys_unavailable", None)
            },
        };
        Recognized {
            refresh: Some(name),
            ..recognized
        }
    }

    /// Returns what the log says of a session that has another id than before.
    fn moved(&self, claims: &Claims) -> Option<String> {
        let before = unverified_session_id(&self.session.access_token)?;
        (before != claims.session_id).then(|| "the session has another id now".to_owned())
    }
}

impl Gateway {
    /// Returns the visitor with new tokens, from an exchange of this request's or another's; waits
    /// for it until `deadline`.
    pub(crate) async fn renew(
        &self,
        renewal: &Renewal,
        patience: Patience,
        deadline: Deadline,
        outside: &impl Outside,
    ) -> Recognized {
        let key = renewal.key();
        let shared = self.refreshes.join(key, patience, deadline, outside).await;
        let refreshed = match shared {
            Some(refreshed) => refreshed,
            None => self.lead(renewal, patience, deadline, outside).await,
        };
        renewal.recognized(refreshed)
    }

    /// Returns the visitor with new tokens that were asked for ahead of time. `None` where that is
    /// another request's business, or no use now.
    pub async fn renew_ahead(
        &self,
        renewal: &Renewal,
        outside: &impl Outside,
    ) -> Option<Recognized> {
        let patience = Patience::Person;
        match self
            .refreshes
            .claim(renewal.key(), patience, outside.clock())
        {
            Claim::Running => None,
            Claim::Done(refreshed) if refreshed.is_failure() => None,
            Claim::Done(refreshed) => Some(renewal.recognized(refreshed)),
            Claim::Lead => {
                let deadline = patience.deadline(outside);
                let refreshed = self.lead(renewal, patience, deadline, outside).await;
                Some(renewal.recognized(refreshed))
            }
        }
    }

    /// Returns the visitor, with new tokens where theirs would soon run out and new ones can be had
    /// in one attempt's time.
    pub(crate) async fn lasting(
        &self,
        mut visitor: Recognized,
        outside: &impl Outside,
    ) -> Recognized {
        let Some(renewal) = visitor.ahead.take() else {
            return visitor;
        };
        let deadline = Deadline::after(ATTEMPT, outside);
        let renewed = self
            .renew(&renewal, Patience::Program, deadline, outside)
            .await;
        // The wait may have been the end of it.
        let is_good = matches!(&visitor.visitor, Visitor::SignedIn(signed_in)
            if signed_in.claims.expires_at > outside.now());
        if !is_good || matches!(renewed.visitor, Visitor::SignedIn(_)) {
            let old = visitor.old;
            return Recognized { old, ..renewed };
        }
        visitor.learn(renewed);
        visitor
    }

    async fn lead(
        &self,
        renewal: &Renewal,
        patience: Patience,
        deadline: Deadline,
        outside: &impl Outside,
    ) -> Refreshed {
        let key = renewal.key();
        let alive = |for_now| {
            let clock = outside.clock();
            self.refreshes.keep_alive(key, patience, for_now, clock);
        };
        let refreshed = self.refreshed(renewal, deadline, alive, outside).await;
        let clock = outside.clock();
        let refreshed = match refreshed {
            Ok(refreshed) => self.refreshes.finish(key, refreshed, patience, clock),
            Err(wait) => {
                self.refreshes.leave(key, patience, clock);
                return Refreshed::Transient(Some(whole_seconds(wait)));
            }
        };
        let spent = &renewal.session.refresh_token;
        if let Refreshed::Renewed(now, _) = &refreshed
            && now.session.refresh_token != *spent
        {
            self.refreshes.replaced(spent, clock);
        }
        refreshed
    }

    /// Returns what comes of a refresh, or how long WorkOS is left alone, whoever asks.
    async fn refreshed(
        &self,
        renewal: &Renewal,
        deadline: Deadline,
        alive: impl Fn(Duration),
        outside: &impl Outside,
    ) -> Result<Refreshed, Duration> {
        // 1.
        if random::<1>(outside).is_err() {
            return Ok(Refreshed::Transient(None));
        }
        let source = self.source(Bearer::Visitor, deadline);
        alive(deadline.left(outside).max(ALIVE_FOR));
        if !self.keys.are_there(source, outside).await {
            return Ok(Refreshed::Unverifiable);
        }
        // Whoever took this request for dead may have done it by now.
        let known = self.refreshes.known(renewal.key(), outside.clock());
        if let Some(known) = known {
            return Ok(known);
        }
        self.breaker.admit(outside.clock())?;
        Ok(
            match self.newest(renewal, deadline, &alive, outside).await {
                Ok(newest) => self.verified(newest, renewal, deadline, outside).await,
                Err(refreshed) => refreshed,
            },
        )
    }

    async fn newest(
        &self,
        renewal: &Renewal,
        deadline: Deadline,
        alive: &impl Fn(Duration),
        outside: &impl Outside,
    ) -> Result<Session, Refreshed> {
        let organization_id = renewal.organization_id.as_deref();
        let next = async |session: &Session| {
            let session_id = unverified_session_id(&session.access_token);
            let exchange = Exchange {
                grant: Grant::RefreshToken {
                    refresh_token: &session.refresh_token,
                    organization_id,
                },
                session_id: session_id.as_deref(),
            };
            let attempts = || alive(ALIVE_FOR);
            let answer = self.exchange(&exchange, deadline, &attempts, outside).await;
            // A new key may take as long as there is time.
            alive(deadline.left(outside).max(ALIVE_FOR));
            let previous = Some(&session.refresh_token);
            Session::from_authentication(answer?, previous).ok_or(Refreshed::Transient(None))
        };
        let given = &renewal.session;
        let renewed = next(given).await?;
        let runs_out = unverified_expiry(&renewed.access_token);
        // What a coordinator kept for us may have run out meanwhile; its refresh token has not.
        let kept_for_long = self.config.has_coordinator
            && renewed.refresh_token != given.refresh_token
            && runs_out.is_some_and(|at| at <= outside.now());
        match kept_for_long {
            true => next(&renewed).await,
            false => Ok(renewed),
        }
    }

    // 2.
    async fn verified(
        &self,
        mut renewed: Session,
        renewal: &Renewal,
        deadline: Deadline,
        outside: &impl Outside,
    ) -> Refreshed {
        if renewed.user_id() != renewal.session.user_id() {
            return Refreshed::Misconfigured("tokens of another user".to_owned());
        }
        let claims = match self
            .check(&renewed, Bearer::WorkOs, deadline, outside)
            .await
        {
            Verification::Valid(claims) if claims.user_id == renewed.user_id() => Some(claims),
            // A clock is wrong, or the keys can't be had, or not yet: neither is the tokens' fault.
            Verification::Expired(_) => {
                self.leave_alone(&renewed, renewal, outside);
                None
            }
            Verification::NotYetValid
            | Verification::UnknownKey
            | Verification::Unverifiable(_) => None,
            Verification::Valid(_) | Verification::Invalid(_) => {
                return Refreshed::Misconfigured("a token that isn't good".to_owned());
            }
        };
        if claims.is_some() {
            renewed.standing = Standing::Verified;
        }
        let cookies = self.seal(&renewed, &renewal.cookies, &renewal.host, outside);
        match (cookies, claims) {
            (Ok(cookies), Some(claims)) => {
                let signed_in = SignedIn::new(renewed, claims, None);
                Refreshed::Renewed(Rc::new(signed_in), cookies)
            }
            (Ok(cookies), None) => Refreshed::Unverified(cookies),
            (Err(WriteFailed::Randomness), _) => Refreshed::Transient(None),
            (Err(WriteFailed::TooLarge(bytes)), _) => Refreshed::Misconfigured(too_large(bytes)),
        }
    }

    /// Tokens that have run out when they come would be exchanged for such again at once.
    fn leave_alone(&self, renewed: &Session, renewal: &Renewal, outside: &impl Outside) {
        let organization_id = renewal.organization_id.as_deref();
        let key = Key::of(&renewed.refresh_token, organization_id, &renewal.host);
        let why = "tokens that have run out when they come: a clock is wrong";
        let outcome = Refreshed::Misconfigured(why.to_owned());
        let clock = outside.clock();
        self.refreshes.finish(key, outcome, Patience::Person, clock);
    }

    pub(crate) fn seal(
        &self,
        session: &Session,
        cookies: &str,
        host: &str,
        outside: &impl Outside,
    ) -> Result<Vec<SetCookie>, WriteFailed> {
        let cookie = &self.config.session_cookie;
        cookie.write(session, cookies, &self.config.keyring, host, outside)
    }

    /// Returns what is to be done ahead of time about a session that is still good.
    pub(crate) fn ahead(
        &self,
        signed_in: &SignedIn,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Option<Renewal> {
        let SignedIn {
            session,
            claims,
            old,
            ..
        } = signed_in;
        let renewal = || Renewal::of(session, claims.organization_id.as_deref(), asking);
        // A password that is going out takes no seal along.
        let is_worn = *old == Some(OldSeal::PreviousPassword);
        if is_worn || self.is_due(claims, outside.now()) {
            return Some(renewal());
        }
        let clock = outside.clock();
        if !self.refreshes.is_replaced(&session.refresh_token, clock) {
            return None;
        }
        // Into another organization, maybe.
        let renewal = renewal();
        let known = self.refreshes.known(renewal.key(), clock);
        known.is_some().then_some(renewal)
    }

    fn is_due(&self, claims: &Claims, now: UnixTime) -> bool {
        // Who doesn't say how long it lives may have been due when it was issued.
        let Some(issued_at) = claims.issued_at else {
            return false;
        };
        let lifetime = claims.expires_at.since(issued_at);
        let usual = if lifetime <= 300 { 30 } else { 60 };
        // Tokens that live shorter than that would be exchanged by every request.
        let buffer = self.config.refresh_buffer.unwrap_or(usual);
        let buffer = buffer.min(lifetime >> 1);
        // Sessions that began together part ways.
        let early = spread(&claims.session_id, buffer >> 2);
        now.plus(buffer.saturating_sub(early)) > claims.expires_at
    }
}

impl From<ApiError> for Refreshed {
    fn from(error: ApiError) -> Refreshed {
        match error {
            ApiError::InvalidGrant => Refreshed::Terminal,
            ApiError::Misconfigured(code) => Refreshed::Misconfigured(code),
            ApiError::OrganizationDenied(code) => Refreshed::OrganizationDenied(code),
            ApiError::StepUp(step) => Refreshed::StepUp(step.code),
            ApiError::Unavailable(retry_after) => Refreshed::Transient(retry_after),
        }
    }
}

/// Returns what the log says of a session that doesn't fit into cookies.
pub(crate) fn too_large(bytes: usize) -> String {
    format!(
        "a session of {bytes} bytes, more than {MOST_CHUNKS} cookies hold, or the one of \
         COOKIE_SEAL=iron; make the access token smaller (JWT template, permissions)"
    )
}

pub(crate) fn unverifiable(reason: &'static str, retry_after: Option<u64>) -> Recognized {
    let retry_after = retry_after.unwrap_or(RETRY_AFTER);
    Recognized::plainly(Visitor::Unverifiable {
        reason,
        retry_after,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted;

    #[test]
    fn what_another_request_got_is_for_the_same_user_alone() {
        let renewal = Renewal {
            session: scripted::signed_in("user_1", "session_1", 1000).session,
            organization_id: None,
            cookies: String::new(),
            host: "app.example.com".to_owned(),
        };
        let moved = "the session has another id now";
        let rows = [
            ("user_1", "session_1", true, None),
            ("user_1", "session_2", true, Some(moved)),
            ("user_2", "session_1", false, None),
        ];
        for (user_id, session_id, is_theirs, detail) in rows {
            let signed_in = Rc::new(scripted::signed_in(user_id, session_id, 2000));
            let recognized = renewal.recognized(Refreshed::Renewed(signed_in, Vec::new()));
            match &recognized.visitor {
                Visitor::SignedIn(signed_in) => {
                    assert!(is_theirs && signed_in.claims.user_id == user_id);
                }
                Visitor::Anonymous { reason, .. } => {
                    assert!(!is_theirs && *reason == "user_mismatch");
                }
                Visitor::Unverifiable { .. } => panic!("{user_id} can be told"),
            }
            assert_eq!(recognized.detail.as_deref(), detail);
        }
    }
}
