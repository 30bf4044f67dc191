//! Finds out who is asking.
//!
//! 1. The cookies of the session's name are opened; of what opens, the newest counts, and where two
//!    are of different users neither is believed.
//! 2. The access token inside is verified, and is the sealed user's.
//! 3. One that has run out is exchanged: see [`crate::refresh`].
//! 4. A session that was signed out of stays so, whatever a late answer put back: see
//!    [`crate::signed_out`].
//! 5. A token that can't be verified now is good until it runs out if it was verified before it was
//!    sealed. Not being able to verify never leads to an exchange.

use std::rc::Rc;
use std::time::Duration;

use crate::cookie::SetCookie;
use crate::gateway::Gateway;
use crate::keys::Source;
use crate::outside::{Outside, UnixTime, random};
use crate::passing::SIGNED_OUT;
use crate::refresh::{Joined, Key, Patience, Refreshed, exchange};
use crate::request::RequestHead;
use crate::seal::SealedBy;
use crate::session::{Session, Standing};
use crate::session_cookie::{MOST_CHUNKS, Sealed, Sealing, WriteFailed};
use crate::signed_out::is_marked;
use crate::token::{Claims, Verification, unverified_expiry, unverified_organization_id};
use crate::visitor::{MISCONFIGURED, ORGANIZATION_DENIED, Recognized, STEP_UP, SignedIn, Visitor};
use crate::workos::{ApiError, Grant};

/// Seconds after which it is worth trying again where WorkOS didn't say.
const RETRY_AFTER: u64 = 5;

/// A request, as far as it matters for finding out who is asking.
struct Asking<'a> {
    head: &'a RequestHead<'a>,
    cookies: &'a str,
    patience: Patience,
}

/// What is to be exchanged, and how long that may take.
struct Renewal<'a> {
    grant: Grant<'a>,
    budget: Duration,
}

/// When a token's signature was checked.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Checked {
    BeforeSealing,
    Now,
}

struct Opened {
    text: String,
    sealed: Sealed,
}

impl Gateway {
    /// Returns who is asking, having refreshed the session where its access token had run out.
    pub(crate) async fn recognize(
        &self,
        head: &RequestHead<'_>,
        patience: Patience,
        outside: &impl Outside,
    ) -> Recognized {
        let Some(cookies) = head.field("cookie") else {
            return Recognized::nobody("no_session");
        };
        let texts = self.config.session_cookie.candidates(&cookies);
        if let [text] = texts.as_slice()
            && !self.config.passing_cookies.has(SIGNED_OUT, &cookies)
            && let Some(signed_in) = self.recent.get(text, head.host(), outside.now())
        {
            return Recognized::plainly(Visitor::SignedIn(signed_in));
        }
        let asking = Asking {
            head,
            cookies: &cookies,
            patience,
        };
        match self.open(texts, &asking, outside) {
            Ok(opened) => self.verify(opened, &asking, outside).await,
            Err(nobody) => *nobody,
        }
    }

    /// Returns who is asking after their session was refreshed, whether it had run out or not; into
    /// `organization_id`, where one is given.
    pub(crate) async fn renewed(
        &self,
        head: &RequestHead<'_>,
        organization_id: Option<&str>,
        outside: &impl Outside,
    ) -> Recognized {
        let Some(cookies) = head.field("cookie") else {
            return Recognized::nobody("no_session");
        };
        let texts = self.config.session_cookie.candidates(&cookies);
        let asking = Asking {
            head,
            cookies: &cookies,
            patience: Patience::Program,
        };
        match self.open(texts, &asking, outside) {
            Ok(Opened {
                sealed: Sealed { session, .. },
                ..
            }) => {
                let own = unverified_organization_id(&session.access_token);
                let target = organization_id.or(own.as_deref());
                let renewed = self.refresh(&session, target, &asking, outside).await;
                match elsewhere(&renewed, organization_id) {
                    None => renewed,
                    Some(there) => {
                        let again = self.refresh(&there.session, target, &asking, outside).await;
                        // What the first exchange gave is the newest, if the second gave nothing.
                        let cookies = match again.cookies.is_empty() {
                            true => renewed.cookies,
                            false => again.cookies,
                        };
                        Recognized { cookies, ..again }
                    }
                }
            }
            Err(nobody) => *nobody,
        }
    }

    fn open(
        &self,
        texts: Vec<String>,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Result<Opened, Box<Recognized>> {
        let host = asking.head.host();
        let opened = self.open_newest(texts, host, outside.now());
        let opened = opened.map_err(|reason| Box::new(Recognized::nobody(reason)))?;
        // 4.
        let token = &opened.sealed.session.access_token;
        if is_marked(token, &self.config, asking.cookies, host) {
            let cookies = self.config.session_cookie.remove(asking.cookies);
            return Err(Box::new(Recognized {
                cookies,
                ..Recognized::nobody("signed_out")
            }));
        }
        Ok(opened)
    }

    fn open_newest(
        &self,
        texts: Vec<String>,
        host: &str,
        now: UnixTime,
    ) -> Result<Opened, &'static str> {
        // 1.
        let without = if texts.is_empty() {
            "no_session"
        } else {
            "unreadable_session"
        };
        let cookie = &self.config.session_cookie;
        let opened = texts.into_iter().filter_map(|text| {
            let sealed = cookie.open(&text, &self.config.keyring, host, now)?;
            Some(Opened { text, sealed })
        });
        let opened: Vec<Opened> = opened.collect();
        let agree = opened
            .iter()
            .zip(opened.iter().skip(1))
            .all(|(one, next)| one.sealed.session.user_id() == next.sealed.session.user_id());
        if !agree {
            return Err("conflicting_sessions");
        }
        let expiry = |opened: &Opened| unverified_expiry(&opened.sealed.session.access_token);
        opened.into_iter().max_by_key(expiry).ok_or(without)
    }

    async fn verify(
        &self,
        opened: Opened,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        match self
            .check(&opened.sealed.session, asking.patience.total(), outside)
            .await
        {
            Verification::Valid(claims) => {
                self.admit(opened, claims, Checked::Now, asking, outside)
            }
            Verification::Expired(expired) => {
                let organization_id = expired.organization_id.as_deref();
                self.refresh(&opened.sealed.session, organization_id, asking, outside)
                    .await
            }
            // 5.
            Verification::Unverifiable(unchecked)
                if opened.sealed.session.standing == Standing::Verified =>
            {
                let claims = unchecked.vouched_for_by_seal();
                self.admit(opened, claims, Checked::BeforeSealing, asking, outside)
            }
            Verification::Unverifiable(_) => unverifiable("keys_unavailable", None),
            Verification::UnknownKey => Recognized::nobody("unknown_key"),
            Verification::Invalid(why) => {
                Recognized::nobody("invalid_token").detail(format!("the access token: {why}"))
            }
        }
    }

    /// Returns what the session's access token says, waiting for keys no longer than `budget`.
    pub(crate) async fn check(
        &self,
        session: &Session,
        budget: Duration,
        outside: &impl Outside,
    ) -> Verification {
        let config = &self.config;
        let source = Source {
            api: &config.api,
            budget,
        };
        self.keys
            .verify(&session.access_token, &config.token_rules, source, outside)
            .await
    }

    fn admit(
        &self,
        opened: Opened,
        claims: Claims,
        checked: Checked,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let Opened {
            text,
            sealed:
                Sealed {
                    mut session,
                    by,
                    sealing,
                },
        } = opened;
        // 2.
        if claims.user_id != session.user_id() {
            return Recognized::nobody("user_mismatch");
        }
        // A seal of an outgoing password, or of an unverified token, is worth making again; one of
        // the site's own SDK isn't ours to change before it must be.
        let lasting = by == SealedBy::Current
            && (session.standing == Standing::Verified || sealing == Sealing::Iron);
        session.standing = Standing::Verified;
        let cookies = match lasting {
            true => Vec::new(),
            false => self.seal(&session, asking, outside).unwrap_or_default(),
        };
        let signed_in = Rc::new(SignedIn {
            session,
            claims,
            sealing,
        });
        if lasting && checked == Checked::Now {
            self.recent.put(text, asking.head.host(), &signed_in);
        }
        Recognized {
            cookies,
            ..Recognized::plainly(Visitor::SignedIn(signed_in))
        }
    }

    fn seal(
        &self,
        session: &Session,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Result<Vec<SetCookie>, WriteFailed> {
        let host = asking.head.host();
        let cookie = &self.config.session_cookie;
        cookie.write(session, asking.cookies, &self.config.keyring, host, outside)
    }

    async fn refresh(
        &self,
        session: &Session,
        organization_id: Option<&str>,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let key = Key::of(&session.refresh_token, organization_id, asking.head.host());
        let refreshed = match self
            .refreshes
            .join(key, asking.patience.total(), outside)
            .await
        {
            Joined::Done(refreshed) => refreshed,
            Joined::Lead(budget) => {
                let grant = Grant::RefreshToken {
                    refresh_token: &session.refresh_token,
                    organization_id,
                };
                let attempts = || self.refreshes.keep_alive(key, outside.now());
                let renewal = Renewal { grant, budget };
                let refreshed = self
                    .renew(session, &renewal, attempts, asking, outside)
                    .await;
                self.refreshes.finish(key, &refreshed, outside.now());
                refreshed
            }
        };
        let name = refreshed.name();
        let recognized = recognized(refreshed, session.user_id(), organization_id);
        Recognized {
            refresh: Some(name),
            ..recognized
        }
    }

    async fn renew(
        &self,
        session: &Session,
        renewal: &Renewal<'_>,
        attempts: impl Fn(),
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Refreshed {
        // Without randomness the new tokens could not be sealed: better not to ask for them.
        if random::<1>(outside).is_err() {
            return Refreshed::Transient(None);
        }
        let Renewal { grant, budget } = renewal;
        let answer = exchange(grant, *budget, &attempts, &self.config.api, outside).await;
        // The keys may take as long again.
        attempts();
        let authentication = match answer {
            Ok(authentication) => authentication,
            Err(ApiError::InvalidGrant) => return Refreshed::Terminal,
            Err(ApiError::Misconfigured(code)) => return Refreshed::Misconfigured(code),
            Err(ApiError::OrganizationDenied(code)) => {
                return Refreshed::OrganizationDenied(code);
            }
            Err(ApiError::StepUp(step)) => return Refreshed::StepUp(step.code),
            Err(ApiError::Unavailable(retry_after)) => return Refreshed::Transient(retry_after),
        };
        let Some(mut renewed) =
            Session::from_authentication(authentication, Some(&session.refresh_token))
        else {
            return Refreshed::Transient(None);
        };
        if renewed.user_id() != session.user_id() {
            return Refreshed::Misconfigured("tokens of another user".to_owned());
        }
        let claims = match self.check(&renewed, *budget, outside).await {
            Verification::Valid(claims) if claims.user_id == renewed.user_id() => Some(claims),
            Verification::Unverifiable(_) => None,
            Verification::Valid(_)
            | Verification::Expired(_)
            | Verification::Invalid(_)
            | Verification::UnknownKey => {
                return Refreshed::Misconfigured("a token that isn't good".to_owned());
            }
        };
        if claims.is_some() {
            renewed.standing = Standing::Verified;
        }
        match (self.seal(&renewed, asking, outside), claims) {
            (Ok(cookies), Some(claims)) => {
                let sealing = self.config.session_cookie.sealing;
                let signed_in = SignedIn {
                    session: renewed,
                    claims,
                    sealing,
                };
                Refreshed::Renewed(Rc::new(signed_in), cookies)
            }
            (Ok(cookies), None) => Refreshed::Unverified(cookies),
            (Err(WriteFailed::Randomness), _) => Refreshed::Transient(None),
            (Err(WriteFailed::TooLarge(bytes)), _) => Refreshed::Misconfigured(too_large(bytes)),
        }
    }
}

/// Returns the session that isn't in the organization asked for: a refresh token that another request
/// has just used gives what it gave there.
fn elsewhere(renewed: &Recognized, organization_id: Option<&str>) -> Option<Rc<SignedIn>> {
    let Visitor::SignedIn(signed_in) = &renewed.visitor else {
        return None;
    };
    let is_there = signed_in.claims.organization_id.as_deref() == organization_id;
    (organization_id.is_some() && !is_there).then(|| Rc::clone(signed_in))
}

/// Returns what the log says of a session that doesn't fit into cookies.
pub(crate) fn too_large(bytes: usize) -> String {
    format!(
        "a session of {bytes} bytes, more than {MOST_CHUNKS} cookies hold, or the one of \
         COOKIE_SEAL=iron; make the access token smaller (JWT template, permissions)"
    )
}

fn recognized(refreshed: Refreshed, user_id: &str, organization_id: Option<&str>) -> Recognized {
    match refreshed {
        Refreshed::Renewed(signed_in, cookies) if signed_in.claims.user_id == user_id => {
            Recognized {
                cookies,
                ..Recognized::plainly(Visitor::SignedIn(signed_in))
            }
        }
        Refreshed::Renewed(..) => Recognized::nobody("user_mismatch"),
        Refreshed::Terminal => Recognized::nobody("session_ended"),
        Refreshed::StepUp(code) => {
            let organization_id = organization_id.map(str::to_owned);
            let visitor = Visitor::Anonymous {
                reason: STEP_UP,
                organization_id,
            };
            Recognized::plainly(visitor).detail(code)
        }
        Refreshed::OrganizationDenied(code) => Recognized::nobody(ORGANIZATION_DENIED).detail(code),
        Refreshed::Transient(retry_after) => unverifiable("workos_unavailable", retry_after),
        Refreshed::Misconfigured(code) => unverifiable(MISCONFIGURED, None).detail(code),
        Refreshed::Unverified(cookies) => Recognized {
            cookies,
            ..unverifiable("keys_unavailable", None)
        },
    }
}

fn unverifiable(reason: &'static str, retry_after: Option<u64>) -> Recognized {
    let retry_after = retry_after.unwrap_or(RETRY_AFTER);
    Recognized::plainly(Visitor::Unverifiable {
        reason,
        retry_after,
    })
}
