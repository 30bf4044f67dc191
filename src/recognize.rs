//! Finds out who is asking.
//!
//! 1. The cookies of the session's name are opened; of what opens, the newest counts, and where two
//!    are of different users neither is believed.
//! 2. The access token inside is verified, and is the sealed user's.
//! 3. One that has run out is exchanged; one that soon will may be, ahead of time: see
//!    [`crate::renewal`].
//! 4. A session that was signed out of stays so, whatever a late answer put back: see
//!    [`crate::signed_out`]. Its cookie is left where it is: a removal could be late, too, and take
//!    the next session along.
//! 5. A token that can't be verified now is good until it runs out if it was verified before it was
//!    sealed. Not being able to verify never leads to an exchange.
//! 6. A session is never sealed again as it is: an answer that is late would put its refresh token
//!    back, which may be spent. What has an old seal is exchanged.

use std::borrow::Cow;
use std::rc::Rc;

use crate::cookie;
use crate::exchange::Patience;
use crate::gateway::Gateway;
use crate::keys::{Bearer, Source};
use crate::outside::{Deadline, Outside, UnixTime};
use crate::passing::SIGNED_OUT;
use crate::renewal::{Renewal, unverifiable};
use crate::request::RequestHead;
use crate::session::{Session, Standing};
use crate::session_cookie::{Sealed, Sealing};
use crate::signed_out::is_marked;
use crate::token::{
    AccessToken, Claims, Verification, unverified_expiry, unverified_organization_id,
};
use crate::visitor::{INVALID_BEARER, OldSeal, Recognized, SignedIn, Visitor};

/// A request, as far as it matters for finding out who is asking.
pub(crate) struct Asking<'a> {
    pub(crate) head: &'a RequestHead<'a>,
    pub(crate) cookies: &'a str,
    patience: Patience,
    deadline: Deadline,
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
        let pairs: Vec<(&str, &str)> = cookie::pairs(&cookies).collect();
        let pairs = || pairs.iter().copied();
        let texts = self.config.session_cookie.candidates(pairs());
        let asking = Asking {
            head,
            cookies: &cookies,
            patience,
            deadline: patience.deadline(outside),
        };
        if let [text] = texts.as_slice()
            && !self.config.passing_cookies.has(SIGNED_OUT, pairs())
            && let Some(signed_in) = self.recent.get(text, head.host(), outside.now())
        {
            return self.welcome(signed_in, &asking, outside);
        }
        match self.open(texts, &asking, outside) {
            Ok(opened) => self.verify(opened, &asking, outside).await,
            Err(nobody) => *nobody,
        }
    }

    /// Returns who is asking with an access token of their own: nobody else vouches for them, and
    /// nothing is refreshed or kept.
    pub(crate) async fn recognize_bearer(
        &self,
        token: AccessToken,
        patience: Patience,
        outside: &impl Outside,
    ) -> Recognized {
        let source = self.source(Bearer::Visitor, patience.deadline(outside));
        let rules = &self.config.token_rules;
        match self.keys.verify(&token, rules, source, outside).await {
            Verification::Valid(claims) => {
                let session = Session::borrowed(token, &claims.user_id);
                let signed_in = SignedIn::new(session, claims, None);
                Recognized::plainly(Visitor::SignedIn(Rc::new(signed_in)))
            }
            Verification::Expired(_) => Recognized::nobody(INVALID_BEARER).detail("it has run out"),
            Verification::NotYetValid => {
                Recognized::nobody(INVALID_BEARER).detail("it isn't valid yet")
            }
            Verification::Unverifiable(_) => unverifiable("keys_unavailable", None),
            Verification::UnknownKey => {
                Recognized::nobody(INVALID_BEARER).detail("its key is unknown")
            }
            Verification::Invalid(why) => Recognized::nobody(INVALID_BEARER).detail(why),
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
        let pairs = cookie::pairs(&cookies);
        let texts = self.config.session_cookie.candidates(pairs);
        let asking = Asking {
            head,
            cookies: &cookies,
            patience: Patience::Program,
            deadline: Patience::Program.deadline(outside),
        };
        match self.open(texts, &asking, outside) {
            Ok(Opened {
                sealed: Sealed { session, .. },
                ..
            }) => {
                let own = unverified_organization_id(&session.access_token);
                let target = organization_id.or(own.as_deref());
                let renewed = self.exchanged(&session, target, &asking, outside).await;
                match elsewhere(&renewed, organization_id) {
                    None => renewed,
                    Some(there) => {
                        let again = self
                            .exchanged(&there.session, target, &asking, outside)
                            .await;
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
        texts: Vec<Cow<'_, str>>,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Result<Opened, Box<Recognized>> {
        let host = asking.head.host();
        let opened = self.open_newest(texts, host, outside.now());
        let opened = opened.map_err(|reason| Box::new(Recognized::nobody(reason)))?;
        // 4.
        let token = &opened.sealed.session.access_token;
        if is_marked(token, &self.config, asking.cookies, host) {
            return Err(Box::new(Recognized::nobody("signed_out")));
        }
        Ok(opened)
    }

    fn open_newest(
        &self,
        texts: Vec<Cow<'_, str>>,
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
            let text = text.into_owned();
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
        match <[Opened; 1]>::try_from(opened) {
            // There is mostly one, and no need to read its token for this.
            Ok([only]) => Ok(only),
            Err(several) => several.into_iter().max_by_key(expiry).ok_or(without),
        }
    }

    async fn verify(
        &self,
        opened: Opened,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let session = &opened.sealed.session;
        let bearer = bearer(&opened.sealed);
        match self.check(session, bearer, asking.deadline, outside).await {
            Verification::Valid(claims) => {
                self.admit(opened, claims, Checked::Now, asking, outside)
            }
            Verification::Expired(expired) => {
                let organization_id = expired.organization_id.as_deref();
                let old = OldSeal::of(&opened.sealed, self.config.session_cookie.sealing);
                let recognized = self
                    .exchanged(session, organization_id, asking, outside)
                    .await;
                Recognized { old, ..recognized }
            }
            // 5.
            Verification::Unverifiable(unchecked)
                if opened.sealed.session.standing == Standing::Verified =>
            {
                let claims = unchecked.vouched_for_by_seal();
                self.admit(opened, claims, Checked::BeforeSealing, asking, outside)
            }
            Verification::Unverifiable(_) => unverifiable("keys_unavailable", None),
            Verification::NotYetValid => unverifiable("token_of_the_future", None)
                .detail("the access token isn't valid yet: a clock is wrong"),
            // What WorkOS gave us may be ahead of the keys it publishes.
            Verification::UnknownKey if bearer == Bearer::WorkOs => {
                unverifiable("keys_unavailable", None)
            }
            Verification::UnknownKey => Recognized::nobody("unknown_key"),
            Verification::Invalid(why) => {
                Recognized::nobody("invalid_token").detail(format!("the access token: {why}"))
            }
        }
    }

    async fn exchanged(
        &self,
        session: &Session,
        organization_id: Option<&str>,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let renewal = Renewal::of(session, organization_id, asking);
        self.renew(&renewal, asking.patience, asking.deadline, outside)
            .await
    }

    /// Returns what the session's access token says, waiting for keys until `deadline`.
    pub(crate) async fn check(
        &self,
        session: &Session,
        bearer: Bearer,
        deadline: Deadline,
        outside: &impl Outside,
    ) -> Verification {
        let rules = &self.config.token_rules;
        let source = self.source(bearer, deadline);
        self.keys
            .verify(&session.access_token, rules, source, outside)
            .await
    }

    /// Returns where keys come from, for a request that can wait until `deadline`.
    pub(crate) fn source(&self, bearer: Bearer, deadline: Deadline) -> Source<'_> {
        Source {
            api: &self.config.api,
            keyring: &self.config.keyring,
            deadline,
            bearer,
        }
    }

    fn admit(
        &self,
        opened: Opened,
        claims: Claims,
        checked: Checked,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let old = OldSeal::of(&opened.sealed, self.config.session_cookie.sealing);
        let Opened { text, sealed } = opened;
        let mut session = sealed.session;
        // 2.
        if claims.user_id != session.user_id() {
            return Recognized::nobody("user_mismatch");
        }
        session.standing = Standing::Verified;
        let signed_in = Rc::new(SignedIn::new(session, claims, old));
        if checked == Checked::Now {
            let host = asking.head.host();
            self.recent.put(text, host, sealed.opens_until, &signed_in);
        }
        self.welcome(signed_in, asking, outside)
    }

    /// Returns a visitor whose session is good, and what is to be done about it if it soon isn't.
    fn welcome(
        &self,
        signed_in: Rc<SignedIn>,
        asking: &Asking<'_>,
        outside: &impl Outside,
    ) -> Recognized {
        let ahead = self.ahead(&signed_in, asking, outside);
        Recognized {
            ahead,
            old: signed_in.old,
            ..Recognized::plainly(Visitor::SignedIn(signed_in))
        }
    }
}

/// Our own seal of an unverified token says that WorkOS gave it to us, and that the keys weren't to be
/// had.
fn bearer(sealed: &Sealed) -> Bearer {
    let kept = sealed.session.standing == Standing::Unverified && sealed.sealing == Sealing::Gcm;
    if kept {
        Bearer::WorkOs
    } else {
        Bearer::Visitor
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
