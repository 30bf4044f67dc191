//! The keys that access tokens are signed with, kept per isolate.
//!
//! 1. Keys older than an hour are fetched again; where that fails, the last good ones serve.
//! 2. A token signed by an unknown key may come after a rotation: where the keys are older than the
//!    token, give or take a clock's error, they are fetched again, but not more than once in thirty
//!    seconds, whoever asks. Until keys younger than the token lack its key, nothing is known
//!    against it.
//! 3. Requests share results, never futures: a Worker may not await another request's promise.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::jwk::KeySet;
use crate::outside::{Outside, UnixTime};
use crate::token::{AccessToken, Signature, TokenRules, Unverified, Verification};
use crate::workos::Api;

/// Seconds after which keys are fetched again.
const FRESH_FOR: u64 = 3600;
/// Seconds between two fetches that weren't needed for lack of any key.
const COOL_DOWN: u64 = 30;
const BUDGET: Duration = Duration::from_secs(5);
const POLL: Duration = Duration::from_millis(40);

/// Where keys come from, and how long they may take to.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Who has them.
    pub api: &'a Api,
    /// How long the request that needs them can wait.
    pub budget: Duration,
}

/// The key set of this isolate.
#[derive(Debug, Default)]
pub struct Keys {
    held: RefCell<Held>,
}

#[derive(Clone, Debug, Default)]
struct Held {
    set: Option<Rc<KeySet>>,
    /// When the keys held were asked for.
    fetched: Option<UnixTime>,
    /// When keys were asked for last.
    attempted: Option<UnixTime>,
    /// When the fetch that is under way began.
    running: Option<UnixTime>,
}

impl Keys {
    /// Returns what `token` says, fetching keys within `budget` where they are needed.
    pub async fn verify(
        &self,
        token: &AccessToken,
        rules: &TokenRules,
        source: Source<'_>,
        outside: &impl Outside,
    ) -> Verification {
        let token = match Unverified::read(token, rules, outside.now()) {
            Ok(token) => token,
            Err(refusal) => return refusal.into(),
        };
        let set = self.current(source, outside).await.unwrap_or_default();
        let signature = token.check(&set, outside).await;
        if signature != Signature::UnknownKey {
            return token.told(signature);
        }
        match self.since(token.issued_at(), source, outside).await {
            Some(set) => {
                let signature = token.check(&set, outside).await;
                token.told(signature)
            }
            None => token.told(Signature::Unchecked),
        }
    }

    /// Returns whether there are keys at all, having fetched them where there were none.
    pub async fn are_there(&self, source: Source<'_>, outside: &impl Outside) -> bool {
        self.current(source, outside).await.is_some()
    }

    async fn current(&self, source: Source<'_>, outside: &impl Outside) -> Option<Rc<KeySet>> {
        let held = self.held.borrow().clone();
        let fresh = held
            .fetched
            .is_some_and(|at| outside.now().since(at) < FRESH_FOR);
        if fresh {
            return held.set;
        }
        self.fetched(source, outside).await.or(held.set)
    }

    async fn since(
        &self,
        issued_at: UnixTime,
        source: Source<'_>,
        outside: &impl Outside,
    ) -> Option<Rc<KeySet>> {
        let held = self.held.borrow().clone();
        let settled = issued_at.plus(COOL_DOWN);
        if held.fetched.is_some_and(|at| at >= settled) {
            return held.set;
        }
        self.fetched(source, outside).await
    }

    /// Returns newly fetched keys: fetched by this request, or by another that is at it.
    async fn fetched(&self, source: Source<'_>, outside: &impl Outside) -> Option<Rc<KeySet>> {
        let mut has_waited = false;
        for _ in 0..=polls(source.budget) {
            let held = self.held.borrow().clone();
            match held.running {
                // 3.
                Some(since) if outside.now().since(since) < BUDGET.as_secs() => {
                    outside.sleep(POLL).await;
                    has_waited = true;
                }
                None if held.is_cooling_down(outside.now()) => {
                    let came = has_waited && held.fetched >= held.attempted;
                    return held.set.filter(|_| came);
                }
                // Nobody is at it, or who was is gone.
                None | Some(_) => return self.fetch(source, outside).await,
            }
        }
        None
    }

    async fn fetch(&self, source: Source<'_>, outside: &impl Outside) -> Option<Rc<KeySet>> {
        let began = Some(outside.now());
        self.held.borrow_mut().attempted = began;
        self.held.borrow_mut().running = began;
        let answer = outside
            .send(source.api.jwks(), source.budget.min(BUDGET))
            .await;
        let mut held = self.held.borrow_mut();
        held.running = None;
        let response = answer.ok().filter(|response| response.status == 200)?;
        let set = Rc::new(KeySet::parse(response.body.secret())?);
        held.set = Some(Rc::clone(&set));
        held.fetched = began;
        Some(set)
    }
}

fn polls(budget: Duration) -> u128 {
    budget
        .min(BUDGET)
        .as_millis()
        .checked_div(POLL.as_millis())
        .unwrap_or(0)
}

impl Held {
    fn is_cooling_down(&self, now: UnixTime) -> bool {
        self.attempted.is_some_and(|at| now.since(at) < COOL_DOWN)
    }
}
