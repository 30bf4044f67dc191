//! The keys that access tokens are signed with, kept per isolate.
//!
//! 1. Keys older than an hour are fetched again; where that fails, or takes longer than a second, the
//!    last good ones serve for a day.
//! 2. A token signed by an unknown key, or by another key of that name, may come after a rotation:
//!    where the keys are older than the token, give or take a clock's error, they are fetched again,
//!    but not more than once in thirty seconds, whoever asks: the token may be made up. One that
//!    WorkOS has just given us isn't: its key is looked for until it is there. Until keys younger than
//!    a token lack its key, nothing is known against it.
//! 3. Requests share results, never futures: a Worker may not await another request's promise.
//! 4. Isolates share keys through a cache, sealed: whoever else can write there can't make us
//!    believe in a key.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use serde::Serialize;

use crate::json::{self, Object};
use crate::jwk::KeySet;
use crate::outside::{Deadline, Outside, UnixTime};
use crate::seal::{Keyring, Place, Purpose};
use crate::token::{AccessToken, Signature, TokenRules, Unverified, Verification};
use crate::workos::{Api, ApiRequest};

/// Seconds after which keys are fetched again.
const FRESH_FOR: u64 = 3600;
/// Seconds for which keys serve that can't be fetched again.
const GOOD_FOR: u64 = 86_400;
/// Seconds between two fetches that weren't needed for lack of any key.
const COOL_DOWN: u64 = 30;
/// Seconds between two fetches that were.
const SHORT_COOL_DOWN: u64 = 2;
const BUDGET: Duration = Duration::from_secs(5);
/// The longest that somebody waits for keys while there are good ones.
const AGAIN: Duration = Duration::from_secs(1);
const POLL: Duration = Duration::from_millis(40);

/// Where keys come from, and how long they may take to.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// Who has them.
    pub api: &'a Api,
    /// What seals them for other isolates.
    pub keyring: &'a Keyring,
    /// How long the request that needs them can wait.
    pub deadline: Deadline,
    /// Who brought the token that is to be verified.
    pub bearer: Bearer,
}

/// Who brings a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Bearer {
    /// A visitor: it may be made up.
    Visitor,
    /// WorkOS, just now.
    WorkOs,
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
    /// How many fetches have brought keys.
    fetches: u64,
    /// When the fetch that is under way began.
    running: Option<UnixTime>,
    /// Whether other isolates' keys were looked for.
    recalled: bool,
}

/// Keys, as isolates leave them to one another.
#[derive(Serialize)]
struct Kept<'a> {
    fetched: u64,
    keys: &'a str,
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
        let mut signature = token.check(&set, outside).await;
        if matches!(signature, Signature::UnknownKey | Signature::Wrong) {
            signature = match self.since(token.issued_at(), source, outside).await {
                Some(set) => token.check(&set, outside).await,
                None if signature == Signature::UnknownKey => Signature::Unchecked,
                None => signature,
            };
        }
        token.told(signature, outside.now())
    }

    /// Returns whether there are keys at all, having fetched them where there were none.
    pub async fn are_there(&self, source: Source<'_>, outside: &impl Outside) -> bool {
        self.current(source, outside).await.is_some()
    }

    async fn current(&self, source: Source<'_>, outside: &impl Outside) -> Option<Rc<KeySet>> {
        if !self.held.borrow().recalled {
            self.recall(source, outside).await;
        }
        let held = self.held.borrow().clone();
        let age = held.fetched.map(|at| outside.now().since(at));
        if age.is_some_and(|age| age < FRESH_FOR) {
            return held.set;
        }
        let serves = held.serves(outside.now());
        let good = held.set.filter(|_| serves);
        // 1.
        let source = match good {
            Some(_) => source.within(AGAIN, outside),
            None => source,
        };
        self.fetched(source, outside).await.or(good)
    }

    // 4.
    async fn recall(&self, source: Source<'_>, outside: &impl Outside) {
        let name = source.name();
        let kept = outside.recall(&name).await;
        let mut held = self.held.borrow_mut();
        held.recalled = true;
        let opened = kept.and_then(|text| source.keyring.open(&text, place(&name)).ok());
        let kept = opened.as_ref().and_then(|opened| {
            let mut kept: Object = json::read(&opened.plaintext)?;
            let keys: String = kept.take("keys")?;
            Some((KeySet::parse(&keys)?, UnixTime(kept.take("fetched")?)))
        });
        // Another request may have fetched them meanwhile.
        if let Some((set, fetched)) = kept.filter(|_| held.set.is_none()) {
            held.set = Some(Rc::new(set));
            held.fetched = Some(fetched.min(outside.now()));
        }
    }

    async fn since(
        &self,
        issued_at: UnixTime,
        source: Source<'_>,
        outside: &impl Outside,
    ) -> Option<Rc<KeySet>> {
        let held = self.held.borrow().clone();
        let settled = issued_at.plus(COOL_DOWN);
        let is_settled = held.fetched.is_some_and(|at| at >= settled);
        if is_settled && source.bearer == Bearer::Visitor {
            return held.set;
        }
        self.fetched(source, outside).await
    }

    /// Returns newly fetched keys: fetched by this request, or by another that is at it.
    async fn fetched(&self, source: Source<'_>, outside: &impl Outside) -> Option<Rc<KeySet>> {
        let before = self.held.borrow().fetches;
        for _ in 0..=polls(source.deadline.left(outside)) {
            let held = self.held.borrow().clone();
            match held.running {
                // 3.
                Some(since) if outside.now().since(since) < BUDGET.as_secs() => {
                    outside.sleep(POLL).await;
                }
                None if held.is_cooling_down(source.bearer, outside.now()) => {
                    return held.set.filter(|_| held.fetches != before);
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
        let budget = source.deadline.left(outside).min(BUDGET);
        let answer = outside.send(source.api.jwks(), budget).await;
        let mut held = self.held.borrow_mut();
        held.running = None;
        let response = answer.ok().filter(|response| response.status == 200)?;
        let set = Rc::new(KeySet::parse(response.body.secret())?);
        held.set = Some(Rc::clone(&set));
        held.fetched = began;
        held.fetches = held.fetches.wrapping_add(1);
        source.keep(response.body.secret(), outside);
        Some(set)
    }
}

impl Source<'_> {
    /// The keys' name in the cache: where they come from, which says whose they are.
    fn name(&self) -> String {
        match self.api.jwks() {
            ApiRequest::Get { url } | ApiRequest::Post { url, .. } => url,
        }
    }

    fn within(self, budget: Duration, outside: &impl Outside) -> Self {
        let budget = budget.min(self.deadline.left(outside));
        Source {
            deadline: Deadline::after(budget, outside),
            ..self
        }
    }

    fn keep(&self, keys: &str, outside: &impl Outside) {
        let kept = Kept {
            fetched: outside.now().0,
            keys,
        };
        let name = self.name();
        let text = json::written(&kept);
        if let Ok(sealed) = self.keyring.seal(text.as_bytes(), place(&name), outside) {
            outside.remember(&name, sealed, Duration::from_secs(GOOD_FOR));
        }
    }
}

fn place(name: &str) -> Place<'_> {
    Place {
        purpose: Purpose::Keys,
        cookie: name,
        host: "",
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
    /// Whether there are keys that are good for something.
    fn serves(&self, now: UnixTime) -> bool {
        let age = self.fetched.map(|at| now.since(at));
        self.set.is_some() && age.is_some_and(|age| age < GOOD_FOR)
    }

    fn is_cooling_down(&self, bearer: Bearer, now: UnixTime) -> bool {
        let cool_down = match bearer {
            Bearer::Visitor if self.serves(now) => COOL_DOWN,
            Bearer::Visitor | Bearer::WorkOs => SHORT_COOL_DOWN,
        };
        self.attempted.is_some_and(|at| now.since(at) < cool_down)
    }
}
