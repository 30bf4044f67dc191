//! What is true, whatever the gateway thinks: which refresh tokens are good, what is in each sealed
//! cookie, and what the gateway has been given.

use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use serde_json::Value;

use super::content::{Content, session_id};
use super::exchange::{Exchange, State};
use super::plan::Rotation;

#[derive(Default)]
pub(super) struct Book {
    /// In the order in which they began.
    pub(super) exchanges: Vec<Exchange>,
    /// The sessions that somebody has begun to sign out of.
    pub(super) leaving: HashSet<String>,
    /// The lives of coordinators that were told of a sign-out, and the number of the last work begun
    /// before.
    pub(super) closed_desks: HashMap<usize, usize>,
    grants: HashMap<String, Grant>,
    /// The sessions that have ended at WorkOS.
    ended: HashSet<String>,
    /// By the sealed text.
    contents: HashMap<String, Rc<Content>>,
}

/// What WorkOS would make of a refresh token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Standing {
    /// It gives nothing any more.
    Dead,
    /// It wasn't used, or may be used again.
    Live,
    /// It was used, and for so many more seconds gives the same pair again.
    Replayable(u64),
}

/// A refresh token at WorkOS.
struct Grant {
    session_id: String,
    /// When it was first used, in seconds.
    spent: Option<u64>,
}

impl Book {
    /// Returns what WorkOS would make of `token` at `now`, in seconds.
    pub(super) fn standing(&self, token: &str, rotation: Rotation, now: u64) -> Standing {
        let grant = &self.grants[token];
        if self.ended.contains(&grant.session_id) {
            return Standing::Dead;
        }
        match (grant.spent, rotation) {
            (None, _) | (_, Rotation::None) => Standing::Live,
            (Some(at), Rotation::Window(window)) if now <= at + window => {
                Standing::Replayable(at + window - now)
            }
            (Some(_), Rotation::Strict | Rotation::Window(_)) => Standing::Dead,
        }
    }

    /// Notes that WorkOS gave `answer` for `token`, or for a code, at `now`; returns the refresh
    /// token that is good now.
    pub(super) fn gave(&mut self, token: Option<&str>, answer: &Value, now: u64) -> String {
        let Some(fresh) = answer["refresh_token"].as_str() else {
            return token.expect("a code gives a refresh token").to_owned();
        };
        if let Some(grant) = token.and_then(|token| self.grants.get_mut(token)) {
            grant.spent.get_or_insert(now);
        }
        self.learn(fresh, session_id(&answer["access_token"]));
        fresh.to_owned()
    }

    /// Notes that a session has ended at WorkOS.
    pub(super) fn end(&mut self, session_id: &str) {
        self.ended.insert(session_id.to_owned());
    }

    /// Returns the last exchange of `token` that one of the isolates' lives has begun.
    pub(super) fn last_exchange(&self, life: usize, token: &str) -> Option<&Exchange> {
        let mut latest = self.exchanges.iter().rev();
        latest.find(|exchange| exchange.life == life && exchange.token.as_deref() == Some(token))
    }

    /// Notes that a piece of work came to its end.
    pub(super) fn close(&mut self, work: usize, now: u64) {
        let all = self.exchanges.iter_mut();
        all.filter(|exchange| exchange.work == work)
            .for_each(|exchange| exchange.ended = Some(now));
    }

    /// Notes that nothing more comes of what a piece of work has been given.
    pub(super) fn abandon(&mut self, work: usize) {
        let all = self.exchanges.iter_mut();
        all.filter(|exchange| exchange.work == work)
            .for_each(|exchange| exchange.state = State::Abandoned);
    }

    /// Returns what is in a sealed cookie, opening it with `open` where it is seen for the first
    /// time.
    pub(super) fn content(&mut self, sealed: &str, open: impl Fn(&str) -> Value) -> Rc<Content> {
        if let Some(content) = self.contents.get(sealed) {
            return Rc::clone(content);
        }
        let content = Rc::new(Content::read(&open(sealed)));
        self.learn(&content.refresh_token, content.session_id.clone());
        self.contents.insert(sealed.to_owned(), Rc::clone(&content));
        content
    }

    /// Returns whether the access token that came with a refresh token was verified.
    pub(super) fn is_verified(&self, token: &str) -> bool {
        let mut contents = self.contents.values();
        contents.any(|content| content.refresh_token == token && content.is_verified)
    }

    fn learn(&mut self, token: &str, session_id: String) {
        let grant = Grant {
            session_id,
            spent: None,
        };
        self.grants.entry(token.to_owned()).or_insert(grant);
    }
}
