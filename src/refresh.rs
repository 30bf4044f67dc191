//! Exchanges a session's refresh token for new tokens, and decides what came of it.
//!
//! 1. Nobody is signed out by accident: only `invalid_grant` ends a session, and even then the
//!    cookie stays: a request that lost a race must not delete the winner's.
//! 2. Requests of one isolate that hold the same refresh token make one exchange. They share its
//!    result, plain data, and poll for it: a Worker may not await another request's promise.
//! 3. A result is kept for less than the 30 s in which WorkOS answers a replay with the same pair,
//!    so that two isolates end up with the same tokens.
//! 4. What is shared is found by a hash of the whole refresh token, the organization and the host,
//!    each behind its length, and must be of the same user: nobody is handed another's session.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::cookie::SetCookie;
use crate::outside::{Outside, SendFailed, UnixTime};
use crate::visitor::SignedIn;
use crate::workos::{Api, ApiError, Authentication, Grant, RefreshToken, authentication};

/// What came of a refresh.
#[derive(Clone, Debug)]
pub enum Refreshed {
    /// Our key or client id is wrong; carries WorkOS' error code.
    Misconfigured(String),
    /// The organization isn't the visitor's to be in; carries WorkOS' error code.
    OrganizationDenied(String),
    /// There are new tokens, and the cookies that put them into the browser: the same bytes for
    /// every request that shares them.
    Renewed(Rc<SignedIn>, Vec<SetCookie>),
    /// The visitor has another step to take at AuthKit; carries WorkOS' error code.
    StepUp(String),
    /// The session is over: sign in again.
    Terminal,
    /// WorkOS can't answer now; carries the seconds it asked us to wait.
    Transient(Option<u64>),
    /// There are new tokens which can't be verified now: kept in the cookie, not acted on.
    Unverified(Vec<SetCookie>),
}

impl Refreshed {
    /// Returns the outcome's name in the log.
    pub fn name(&self) -> &'static str {
        match self {
            Refreshed::Misconfigured(_) => "misconfigured",
            Refreshed::OrganizationDenied(_) => "organization-denied",
            Refreshed::Renewed(..) => "renewed",
            Refreshed::StepUp(_) => "step-up",
            Refreshed::Terminal => "terminal",
            Refreshed::Transient(_) => "transient",
            Refreshed::Unverified(_) => "unverified",
        }
    }

    /// Seconds for which the outcome serves other requests with the same refresh token.
    fn lifetime(&self) -> u64 {
        match self {
            Refreshed::Misconfigured(_)
            | Refreshed::OrganizationDenied(_)
            | Refreshed::Transient(_) => 2,
            // 3.
            Refreshed::Renewed(..) | Refreshed::StepUp(_) | Refreshed::Unverified(_) => 25,
            Refreshed::Terminal => 600,
        }
    }
}

/// Finds what requests share.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Key([u8; 32]);

impl Key {
    /// Returns the key of an exchange.
    pub fn of(refresh_token: &RefreshToken, organization_id: Option<&str>, host: &str) -> Key {
        let mut hash = Sha256::new();
        for field in [
            refresh_token.secret(),
            organization_id.unwrap_or_default(),
            host,
        ] {
            hash.update(field.len().to_be_bytes());
            hash.update(field.as_bytes());
        }
        Key(hash.finalize().into())
    }
}

/// The exchanges of this isolate, under way and lately done.
#[derive(Default)]
pub struct Refreshes {
    entries: RefCell<HashMap<Key, Entry>>,
}

enum Entry {
    Done(UnixTime, Refreshed),
    /// The exchange is taken to have died with its request when this moment has passed.
    Running(UnixTime),
}

/// What a request finds that needs an exchange.
#[derive(Debug)]
pub enum Joined {
    /// Another request has made it, or can't for as long as this one could wait.
    Done(Refreshed),
    /// This one is to make it, in the time that is left, and then to call [`Refreshes::finish`].
    Lead(Duration),
}

/// More entries than this are not worth their memory.
const MOST_ENTRIES: usize = 1000;
/// Seconds within which a running exchange makes its next attempt, if it is alive.
const ALIVE_FOR: u64 = 7;
const POLL: Duration = Duration::from_millis(40);
/// An exchange with less time than this isn't begun: its reply, and the tokens in it, would come
/// when nobody waits any more.
const LEAST: Duration = Duration::from_millis(500);

impl Refreshes {
    /// Returns the outcome another request has come to, or comes to within `budget`; or leaves the
    /// exchange to the caller.
    pub async fn join(&self, key: Key, budget: Duration, outside: &impl Outside) -> Joined {
        let mut left = budget;
        loop {
            let now = outside.now();
            let is_running = match self.entries.borrow().get(&key) {
                Some(Entry::Done(at, outcome)) if now.since(*at) < outcome.lifetime() => {
                    return Joined::Done(outcome.clone());
                }
                Some(Entry::Running(until)) => now < *until,
                Some(Entry::Done(..)) | None => false,
            };
            let too_late = if is_running {
                left.is_zero()
            } else {
                left < LEAST
            };
            if too_late {
                return Joined::Done(Refreshed::Transient(None));
            }
            if !is_running {
                self.keep_alive(key, now);
                return Joined::Lead(left);
            }
            outside.sleep(POLL).await;
            left = left.saturating_sub(POLL);
        }
    }

    /// Marks the exchange as running; its leader does so again before each attempt.
    pub fn keep_alive(&self, key: Key, now: UnixTime) {
        self.insert(key, Entry::Running(now.plus(ALIVE_FOR)), now);
    }

    /// Shares what an exchange came to.
    pub fn finish(&self, key: Key, outcome: &Refreshed, now: UnixTime) {
        self.insert(key, Entry::Done(now, outcome.clone()), now);
    }

    fn insert(&self, key: Key, entry: Entry, now: UnixTime) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= MOST_ENTRIES {
            entries.retain(|_, entry| match entry {
                Entry::Done(at, outcome) => now.since(*at) < outcome.lifetime(),
                Entry::Running(until) => now < *until,
            });
        }
        if entries.len() >= MOST_ENTRIES {
            entries.clear();
        }
        entries.insert(key, entry);
    }
}

/// How long a visitor may be kept waiting.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Patience {
    /// The request can go on without knowing who it is.
    Brief,
    /// A program waits.
    Program,
    /// A person looks at a page that loads.
    Person,
}

impl Patience {
    /// Returns the time for all attempts together.
    pub fn total(self) -> Duration {
        match self {
            Patience::Brief => Duration::from_secs(2),
            Patience::Program => Duration::from_secs(8),
            Patience::Person => Duration::from_secs(20),
        }
    }
}

/// One attempt's time.
const ATTEMPT: Duration = Duration::from_secs(5);
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(1000)];

/// Exchanges the refresh token within `budget`, calling `attempts` before each attempt. A lost reply
/// is asked for again with the same token: within 30 s WorkOS gives the same answer.
///
/// # Errors
/// See [`ApiError`].
pub async fn exchange(
    grant: &Grant<'_>,
    budget: Duration,
    attempts: &impl Fn(),
    api: &Api,
    outside: &impl Outside,
) -> Result<Authentication, ApiError> {
    let began = outside.now();
    let mut pauses = PAUSES.iter();
    loop {
        attempts();
        let spent = Duration::from_secs(outside.now().since(began));
        let left = budget.saturating_sub(spent);
        let answer = outside
            .send(api.authenticate(grant), left.min(ATTEMPT))
            .await;
        let timed_out = matches!(answer, Err(SendFailed::Timeout));
        match (authentication(answer), pauses.next()) {
            // Who asks us to wait is not asked again by the same request.
            (Err(ApiError::Unavailable(None)), Some(pause)) if left > ATTEMPT || !timed_out => {
                outside.sleep(*pause).await;
            }
            (told, _) => return told,
        }
    }
}
