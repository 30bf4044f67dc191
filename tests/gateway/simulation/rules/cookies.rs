//! What becomes of the browser's session.

use authkit_gateway::cookie::SetCookie;

use super::super::content::Content;
use super::super::exchange::{Exchange, State};
use super::super::kind::Kind;
use super::super::scene::Scene;
use super::{Checked, Judged};
use crate::support::{SESSION, Seen};

impl Judged<'_> {
    // 5.
    pub(super) fn check_removal(&self) -> Checked {
        let is_removal = |cookie: &SetCookie| cookie.name() == SESSION && cookie.pair().is_none();
        let removes = self.outcome.cookies().iter().any(is_removal);
        match (removes, self.request.kind.is_sign_out()) {
            (true, false) => Err("the session is removed without a sign-out".to_owned()),
            (false, true) => Err("a sign-out leaves the session where it is".to_owned()),
            (true, true) | (false, false) => Ok(()),
        }
    }

    // 6.
    pub(super) fn check_delivery(&self) -> Checked {
        let book = self.scene.book.borrow();
        let own = [Some(self.request.id), self.served.beside];
        let is_own =
            |exchange: &&Exchange| own.contains(&Some(exchange.work)) && exchange.token.is_some();
        let last = book.exchanges.iter().rev().find(is_own);
        match last.map(|last| &last.state) {
            Some(State::Received(fresh)) => self.check_handed_on(fresh),
            Some(State::Abandoned | State::Failed | State::UnderWay) | None => Ok(()),
        }
    }

    // 6.
    pub(super) fn check_retention(&self) -> Checked {
        let request = self.request;
        let Some(sent) = request.sent.as_ref().filter(|_| !request.is_marked) else {
            return Ok(());
        };
        let (now, book) = (self.scene.now(), self.scene.book.borrow());
        let last = book.last_exchange(request.life, &sent.refresh_token);
        let known = last.filter(|last| last.ended.is_some_and(|ended| ended < request.began));
        let fresh = known.and_then(|known| known.shared(now));
        // What couldn't be verified isn't given for a session that is good.
        let is_due = |fresh: &&str| *fresh != sent.refresh_token && book.is_verified(fresh);
        match fresh
            .filter(is_due)
            .filter(|_| request.kind.looks_at_session())
        {
            Some(fresh) => self.check_handed_on(fresh),
            None => Ok(()),
        }
    }

    fn check_handed_on(&self, fresh: &str) -> Checked {
        let set = self.set.as_ref().map(|set| set.refresh_token.as_str());
        match set == Some(fresh) {
            true => Ok(()),
            false => Err(format!("{fresh} came, and {set:?} is handed on")),
        }
    }
}

/// Checks that a session which a response to a request of some kind takes out of the jar is one that
/// was signed out of.
pub(in super::super) fn check_loss(lost: &Content, kind: Kind, scene: &Scene) {
    if !kind.is_sign_out() {
        let session_id = &lost.session_id;
        scene.breach(|| format!("{session_id} is removed without a sign-out"));
    }
}
