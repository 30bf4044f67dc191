//! The keys that access tokens are signed with, kept per isolate.
//!
//! 1. Keys older than an hour are fetched again; where that fails, the last good ones serve.
//! 2. A token signed by an unknown key may come after a rotation: where the keys are older than the
//!    token they are fetched again, but not more than once in thirty seconds, whoever asks. Until
//!    keys younger than the token lack its key, nothing is known against it.
//! 3. Requests share results, never futures: a Worker may not await another request's promise.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use crate::outside::{Outside, UnixTime};
use crate::token::{AccessToken, KeySet, TokenRules, Verification, verify};
use crate::workos::Api;

/// Seconds after which keys are fetched again.
const FRESH_FOR: u64 = 3600;
/// Seconds between two fetches that weren't needed for lack of any key.
const COOL_DOWN: u64 = 30;
const BUDGET: Duration = Duration::from_secs(5);

/// The key set of this isolate.
#[derive(Debug, Default)]
pub struct Keys {
    held: RefCell<Held>,
}

#[derive(Clone, Debug, Default)]
struct Held {
    set: Option<Rc<KeySet>>,
    fetched: Option<UnixTime>,
    attempted: Option<UnixTime>,
}

impl Keys {
    /// Returns what `token` says, fetching keys where they are needed.
    pub async fn verify(
        &self,
        token: &AccessToken,
        rules: &TokenRules,
        api: &Api,
        outside: &impl Outside,
    ) -> Verification {
        let set = self.current(api, outside).await.unwrap_or_default();
        let told = verify(token, &set, rules, outside).await;
        let Verification::UnknownKey(unchecked) = told else {
            return told;
        };
        match self.since(unchecked.issued_at, api, outside).await {
            Some(set) => verify(token, &set, rules, outside).await,
            None => Verification::Unverifiable(unchecked),
        }
    }

    async fn current(&self, api: &Api, outside: &impl Outside) -> Option<Rc<KeySet>> {
        let held = self.held.borrow().clone();
        let fresh = held
            .fetched
            .is_some_and(|at| outside.now().since(at) < FRESH_FOR);
        if fresh || self.is_cooling_down(outside) {
            return held.set;
        }
        self.fetch(api, outside).await.or(held.set)
    }

    async fn since(
        &self,
        issued_at: UnixTime,
        api: &Api,
        outside: &impl Outside,
    ) -> Option<Rc<KeySet>> {
        let held = self.held.borrow().clone();
        if held.fetched.is_some_and(|at| at >= issued_at) {
            return held.set;
        }
        if self.is_cooling_down(outside) {
            return None;
        }
        self.fetch(api, outside).await
    }

    fn is_cooling_down(&self, outside: &impl Outside) -> bool {
        let attempted = self.held.borrow().attempted;
        attempted.is_some_and(|at| outside.now().since(at) < COOL_DOWN)
    }

    async fn fetch(&self, api: &Api, outside: &impl Outside) -> Option<Rc<KeySet>> {
        self.held.borrow_mut().attempted = Some(outside.now());
        let response = outside.send(api.jwks(), BUDGET).await.ok()?;
        if response.status != 200 {
            return None;
        }
        let set = Rc::new(KeySet::parse(response.body.secret())?);
        let mut held = self.held.borrow_mut();
        held.set = Some(Rc::clone(&set));
        held.fetched = Some(outside.now());
        Some(set)
    }
}
