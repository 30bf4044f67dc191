//! What comes of refreshes, and how the requests of one isolate share it.
//!
//! 1. Nobody is signed out by accident: only `invalid_grant` ends a session, and even then the
//!    cookie stays: a request that lost a race must not delete the winner's.
//! 2. Requests of one isolate that hold the same refresh token make one exchange. They share its
//!    result, plain data, and poll for it: a Worker may not await another request's promise.
//! 3. A result is kept for less than the 30 s in which WorkOS answers a replay with the same pair,
//!    so that two isolates end up with the same tokens.
//! 4. A session whose refresh fails is left alone for 2, 4, 8, then 10 s; one that has ended, for
//!    ten minutes.
//! 5. That somebody with little patience had no answer says nothing to those who have more.
//! 6. What is shared is found by a hash of the whole refresh token, the organization and the host,
//!    each behind its length, and must be of the same user: nobody is handed another's session.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt;
use std::rc::Rc;
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::cookie::SetCookie;
use crate::exchange::{Patience, whole_seconds};
use crate::outside::{Deadline, Outside};
use crate::visitor::SignedIn;
use crate::workos::RefreshToken;

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
    /// WorkOS can't answer now; carries the seconds after which it is worth trying again, where
    /// they are known.
    Transient(Option<u64>),
    /// There are no keys to verify new tokens with, so none were asked for.
    Unverifiable,
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
            Refreshed::Unverifiable => "unverifiable",
            Refreshed::Unverified(_) => "unverified",
        }
    }

    /// Seconds for which the outcome serves other requests with the same refresh token, `failures`
    /// having come before it.
    fn lifetime(&self, failures: u32) -> u64 {
        match self {
            Refreshed::OrganizationDenied(_) => 2,
            // 4.
            Refreshed::Misconfigured(_) | Refreshed::Unverifiable => pause(failures),
            Refreshed::Transient(asked) => pause(failures).max(asked.unwrap_or(0)).min(LONGEST),
            // 3.
            Refreshed::Renewed(..) | Refreshed::StepUp(_) | Refreshed::Unverified(_) => AT_HAND,
            Refreshed::Terminal => 600,
        }
    }

    /// Returns whether asking again may lead to something else.
    pub(crate) fn is_failure(&self) -> bool {
        matches!(
            self,
            Refreshed::Misconfigured(_) | Refreshed::Transient(_) | Refreshed::Unverifiable
        )
    }

    fn has_tokens(&self) -> bool {
        matches!(self, Refreshed::Renewed(..) | Refreshed::Unverified(_))
    }
}

/// How long new tokens are at hand, in seconds.
const AT_HAND: u64 = 25;
/// The longest pause after a failure, in seconds.
const LONGEST: u64 = 10;

/// 2, 4, 8, then 10 seconds.
fn pause(failures: u32) -> u64 {
    2_u64
        .checked_shl(failures)
        .filter(|pause| *pause < LONGEST)
        .unwrap_or(LONGEST)
}

/// Finds what requests share.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct Key([u8; 32]);

impl fmt::Display for Key {
    /// Writes 64 hexadecimal digits.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

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
    /// The refresh tokens whose exchange gave new ones, and until when those are at hand: found
    /// without hashing every token that comes by.
    replaced: RefCell<HashMap<String, Duration>>,
}

struct Entry {
    /// How many failures in a row there have been.
    failures: u32,
    /// How long its leader could wait.
    patience: Patience,
    /// When it counts no more, as [`Outside::clock`] tells it.
    until: Duration,
    state: State,
}

enum State {
    Done(Refreshed),
    /// The exchange is taken to have died with its request when the entry's time has passed.
    Running,
}

/// What a request finds that could make an exchange.
#[derive(Debug)]
pub enum Claim {
    /// Another request has made it.
    Done(Refreshed),
    /// This one is to make it, and then to call [`Refreshes::finish`].
    Lead,
    /// Another request is making it.
    Running,
}

/// More entries than this are not worth their memory.
const MOST_ENTRIES: usize = 1000;
/// Within this time a running exchange makes its next attempt, if it is alive.
pub(crate) const ALIVE_FOR: Duration = Duration::from_secs(7);
const POLL: Duration = Duration::from_millis(40);
/// An exchange with less time than this isn't begun: its reply, and the tokens in it, would come
/// when nobody waits any more.
pub(crate) const LEAST: Duration = Duration::from_millis(500);

impl Refreshes {
    /// Returns what another request has come to, or comes to before `deadline`; `None` where the
    /// exchange is left to the caller, who calls [`Refreshes::finish`].
    pub async fn join(
        &self,
        key: Key,
        patience: Patience,
        deadline: Deadline,
        outside: &impl Outside,
    ) -> Option<Refreshed> {
        loop {
            let left = deadline.left(outside);
            let clock = outside.clock();
            // Who can't make it mustn't lead it.
            let claim = match left < LEAST {
                true => self.look(key, patience, clock),
                false => self.claim(key, patience, clock),
            };
            match claim {
                Claim::Done(refreshed) => return Some(refreshed),
                Claim::Lead if left >= LEAST => return None,
                Claim::Running if !left.is_zero() => outside.sleep(POLL.min(left)).await,
                Claim::Lead | Claim::Running => return Some(Refreshed::Transient(None)),
            }
        }
    }

    /// Returns what another request has come to, or that it hasn't yet; or leaves the exchange to
    /// the caller.
    pub fn claim(&self, key: Key, patience: Patience, clock: Duration) -> Claim {
        let claim = self.look(key, patience, clock);
        if matches!(claim, Claim::Lead) {
            self.keep_alive(key, patience, ALIVE_FOR, clock);
        }
        claim
    }

    /// Marks the exchange as running for so long; its leader does so again before each attempt.
    pub fn keep_alive(&self, key: Key, patience: Patience, for_now: Duration, clock: Duration) {
        let entry = Entry {
            failures: self.failures(key),
            patience,
            until: clock.saturating_add(for_now),
            state: State::Running,
        };
        self.insert(key, entry, clock);
    }

    /// Leaves the exchange to whoever comes next: it wasn't begun.
    pub fn leave(&self, key: Key, patience: Patience, clock: Duration) {
        self.keep_alive(key, patience, Duration::ZERO, clock);
    }

    /// Shares what an exchange came to, and returns what counts: tokens that another request got
    /// meanwhile aren't given up for a failure.
    pub fn finish(
        &self,
        key: Key,
        outcome: Refreshed,
        patience: Patience,
        clock: Duration,
    ) -> Refreshed {
        if !outcome.has_tokens()
            && let Some(known) = self.known(key, clock)
        {
            return known;
        }
        let failures = self.failures(key);
        let lifetime = Duration::from_secs(outcome.lifetime(failures));
        let entry = Entry {
            failures: match outcome.is_failure() {
                true => failures.saturating_add(1),
                false => 0,
            },
            patience,
            until: clock.saturating_add(lifetime),
            state: State::Done(outcome.clone()),
        };
        self.insert(key, entry, clock);
        outcome
    }

    /// Remembers that the exchange of a refresh token gave new ones.
    pub(crate) fn replaced(&self, token: &RefreshToken, clock: Duration) {
        let mut replaced = self.replaced.borrow_mut();
        if replaced.len() >= MOST_ENTRIES {
            replaced.retain(|_, until| clock < *until);
        }
        if replaced.len() >= MOST_ENTRIES {
            replaced.clear();
        }
        let until = clock.saturating_add(Duration::from_secs(AT_HAND));
        replaced.insert(token.secret().to_owned(), until);
    }

    /// Returns whether the exchange of a refresh token has lately given new ones.
    pub(crate) fn is_replaced(&self, token: &RefreshToken, clock: Duration) -> bool {
        let replaced = self.replaced.borrow();
        replaced
            .get(token.secret())
            .is_some_and(|until| clock < *until)
    }

    /// Returns the new tokens that are at hand.
    pub(crate) fn known(&self, key: Key, clock: Duration) -> Option<Refreshed> {
        match self.look(key, Patience::Brief, clock) {
            Claim::Done(known) if known.has_tokens() => Some(known),
            Claim::Done(_) | Claim::Lead | Claim::Running => None,
        }
    }

    fn look(&self, key: Key, patience: Patience, clock: Duration) -> Claim {
        let entries = self.entries.borrow();
        let Some(entry) = entries.get(&key).filter(|entry| clock < entry.until) else {
            return Claim::Lead;
        };
        match &entry.state {
            // 5.
            State::Done(outcome) if outcome.is_failure() && entry.patience < patience => {
                Claim::Lead
            }
            State::Done(Refreshed::Transient(asked)) => {
                let left = whole_seconds(entry.until.saturating_sub(clock));
                let wait = asked.map_or(left, |asked| asked.max(left));
                Claim::Done(Refreshed::Transient(Some(wait)))
            }
            State::Done(outcome) => Claim::Done(outcome.clone()),
            State::Running => Claim::Running,
        }
    }

    fn failures(&self, key: Key) -> u32 {
        let entries = self.entries.borrow();
        entries.get(&key).map_or(0, |entry| entry.failures)
    }

    fn insert(&self, key: Key, entry: Entry, clock: Duration) {
        let mut entries = self.entries.borrow_mut();
        if entries.len() >= MOST_ENTRIES {
            entries.retain(|_, entry| clock < entry.until);
        }
        if entries.len() >= MOST_ENTRIES {
            entries.clear();
        }
        entries.insert(key, entry);
    }
}

#[cfg(test)]
mod tests {
    use super::Patience::{Brief, Person, Program};
    use super::*;
    use crate::cookie::{Attributes, SameSite};
    use crate::scripted::{Scripted, at_once};

    fn key(token: &str) -> Key {
        Key::of(
            &RefreshToken::new(token.to_owned()),
            None,
            "app.example.com",
        )
    }

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_800_000_000).saturating_add(Duration::from_secs(seconds))
    }

    /// How long an outcome keeps others from asking again, in seconds.
    fn lasts(refreshes: &Refreshes, from: u64) -> u64 {
        let mut seconds = (0..2000).filter(|after| {
            matches!(
                refreshes.look(key("rt"), Person, at(from.saturating_add(*after))),
                Claim::Lead
            )
        });
        seconds.next().expect("nothing lasts for ever")
    }

    #[test]
    fn a_session_whose_refresh_fails_is_left_alone_for_longer_each_time() {
        let refreshes = Refreshes::default();
        let failures = (0..6).map(|round| {
            let from = round * 100;
            assert!(matches!(
                refreshes.claim(key("rt"), Person, at(from)),
                Claim::Lead
            ));
            refreshes.finish(key("rt"), Refreshed::Transient(None), Person, at(from));
            lasts(&refreshes, from)
        });
        assert_eq!(failures.collect::<Vec<u64>>(), [2, 4, 8, 10, 10, 10]);
        refreshes.finish(key("rt"), Refreshed::StepUp(String::new()), Person, at(600));
        assert_eq!(lasts(&refreshes, 600), 25);
        refreshes.finish(key("rt"), Refreshed::Transient(None), Person, at(700));
        assert_eq!(lasts(&refreshes, 700), 2, "what went well is the end of it");
    }

    #[test]
    fn workos_may_ask_for_more_time_and_not_for_much_more() {
        for (asked, lasting) in [(1, 2), (7, 7), (60, 10)] {
            let refreshes = Refreshes::default();
            refreshes.finish(key("rt"), Refreshed::Transient(Some(asked)), Person, at(0));
            assert_eq!(lasts(&refreshes, 0), lasting);
        }
    }

    #[test]
    fn one_leads_and_the_others_see_it_running_until_it_must_be_dead() {
        let refreshes = Refreshes::default();
        assert!(matches!(
            refreshes.claim(key("rt"), Person, at(0)),
            Claim::Lead
        ));
        assert!(matches!(
            refreshes.claim(key("rt"), Person, at(6)),
            Claim::Running
        ));
        assert!(matches!(
            refreshes.claim(key("other"), Person, at(6)),
            Claim::Lead
        ));
        assert!(matches!(
            refreshes.claim(key("rt"), Person, at(7)),
            Claim::Lead
        ));
    }

    #[test]
    fn ended_sessions_are_remembered_in_bounded_memory() {
        let refreshes = Refreshes::default();
        for token in 0..5000 {
            refreshes.finish(key(&token.to_string()), Refreshed::Terminal, Person, at(0));
        }
        assert!(refreshes.entries.borrow().len() <= MOST_ENTRIES);
        let last = refreshes.look(key("4999"), Person, at(599));
        assert!(matches!(last, Claim::Done(Refreshed::Terminal)));
    }

    #[test]
    fn a_full_memory_forgets_what_has_run_out_and_nothing_else() {
        for now in [2, 100] {
            let refreshes = Refreshes::default();
            let failure = |token: &str, clock| {
                refreshes.finish(key(token), Refreshed::Transient(None), Person, clock);
            };
            failure("failing", at(0));
            for token in 2..MOST_ENTRIES {
                failure(&token.to_string(), at(0));
            }
            refreshes.finish(key("ended"), Refreshed::Terminal, Person, at(0));
            failure("failing", at(now));
            let next = refreshes.look(key("failing"), Person, at(now + 3));
            assert!(matches!(next, Claim::Done(_)), "it has failed before");
            failure("one more", at(now));
            let ended = refreshes.look(key("ended"), Person, at(now));
            assert!(matches!(ended, Claim::Done(Refreshed::Terminal)));
            assert_eq!(refreshes.entries.borrow().len(), 3);
        }
    }

    #[test]
    fn tokens_at_hand_are_given_up_for_newer_ones_alone() {
        let cookies = |value| {
            let attributes = Attributes {
                domain: None,
                max_age: 600,
                same_site: SameSite::Lax,
                secure: true,
            };
            vec![SetCookie::set("wos-session", value, attributes)]
        };
        let refreshes = Refreshes::default();
        let finish = |outcome, seconds| {
            let counts = refreshes.finish(key("rt"), outcome, Person, at(seconds));
            let shared = refreshes.look(key("rt"), Brief, at(seconds));
            assert!(matches!(shared, Claim::Done(shared) if shared.name() == counts.name()));
            counts
        };
        let is = |found: Refreshed, expected| matches!(found, Refreshed::Unverified(found) if found == cookies(expected));
        assert!(is(finish(Refreshed::Unverified(cookies("one")), 0), "one"));
        assert!(is(finish(Refreshed::Transient(None), 1), "one"));
        assert!(is(finish(Refreshed::Terminal, 1), "one"));
        assert!(is(finish(Refreshed::Unverified(cookies("two")), 2), "two"));
        let late = finish(Refreshed::Terminal, 2 + AT_HAND);
        assert!(matches!(late, Refreshed::Terminal), "nothing is at hand");
        let other = finish(Refreshed::StepUp("mfa".to_owned()), 30);
        assert!(matches!(other, Refreshed::StepUp(_)), "an end is no token");
    }

    #[test]
    fn an_exchange_that_was_not_begun_is_left_to_whoever_comes_next() {
        let refreshes = Refreshes::default();
        for _ in 0..2 {
            let claim = refreshes.claim(key("rt"), Person, at(0));
            assert!(matches!(claim, Claim::Lead));
            refreshes.leave(key("rt"), Person, at(0));
        }
    }

    #[test]
    fn who_has_no_time_for_an_exchange_does_not_lead_it() {
        let outside = Scripted::default();
        let refreshes = Refreshes::default();
        let joined = |time: Duration| {
            let deadline = Deadline::after(time, &outside);
            at_once(refreshes.join(key("rt"), Person, deadline, &outside))
        };
        let hurried = joined(LEAST.saturating_sub(Duration::from_millis(1)));
        assert!(matches!(hurried, Some(Refreshed::Transient(None))));
        assert!(joined(LEAST).is_none(), "it leads");
        let claim = refreshes.claim(key("rt"), Person, outside.clock());
        assert!(matches!(claim, Claim::Running), "and all can see it");
    }

    #[test]
    fn a_token_counts_as_replaced_while_the_new_ones_are_at_hand() {
        let refreshes = Refreshes::default();
        let token = |text: &str| RefreshToken::new(text.to_owned());
        refreshes.replaced(&token("rt"), at(0));
        let is_replaced = |text, after| refreshes.is_replaced(&token(text), at(after));
        assert!(is_replaced("rt", 0) && is_replaced("rt", AT_HAND - 1));
        assert!(!is_replaced("rt", AT_HAND) && !is_replaced("other", 0));
    }

    #[test]
    fn replaced_tokens_are_remembered_in_bounded_memory() {
        let refreshes = Refreshes::default();
        let token = |number: usize| RefreshToken::new(number.to_string());
        for number in 1..MOST_ENTRIES {
            refreshes.replaced(&token(number), at(0));
        }
        refreshes.replaced(&token(0), at(20));
        refreshes.replaced(&token(MOST_ENTRIES), at(AT_HAND));
        for number in [0, MOST_ENTRIES] {
            assert!(
                refreshes.is_replaced(&token(number), at(AT_HAND)),
                "{number}"
            );
        }
        assert_eq!(refreshes.replaced.borrow().len(), 2);
        for number in 0..5000 {
            refreshes.replaced(&token(number), at(30));
        }
        assert!(refreshes.replaced.borrow().len() <= MOST_ENTRIES);
        assert!(refreshes.is_replaced(&token(4999), at(30)));
    }

    #[test]
    fn the_impatience_of_one_says_nothing_to_those_who_can_wait() {
        let refreshes = Refreshes::default();
        refreshes.finish(key("rt"), Refreshed::Transient(None), Program, at(0));
        let looks = [Brief, Program, Person]
            .map(|patience| matches!(refreshes.look(key("rt"), patience, at(1)), Claim::Done(_)));
        assert_eq!(looks, [true, true, false]);
        refreshes.finish(key("rt"), Refreshed::Terminal, Brief, at(0));
        let ended = refreshes.look(key("rt"), Person, at(1));
        assert!(
            matches!(ended, Claim::Done(Refreshed::Terminal)),
            "whoever asks"
        );
    }
}
