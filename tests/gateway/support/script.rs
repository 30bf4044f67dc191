//! Who signs in at WorkOS, what it is asked, and what goes wrong with it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;

/// Somebody who can sign in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Person {
    pub(crate) id: &'static str,
    pub(crate) email: &'static str,
    pub(crate) organization: Option<&'static str>,
}

pub(crate) const ADA: Person = Person {
    id: "user_ada",
    email: "ada@example.com",
    organization: None,
};
pub(crate) const BOB: Person = Person {
    id: "user_bob",
    email: "bob@example.com",
    organization: Some("org_acme"),
};

/// What becomes of a refresh token that is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Rotation {
    /// It stays good.
    None,
    /// It is replaced; within 30 s it gives the same pair again.
    Replayed,
    /// It is replaced, and never good again.
    Strict,
}

/// What can go wrong with a request to WorkOS.
#[derive(Clone, Debug)]
pub(crate) enum Fault {
    /// An answer like this one.
    Answer(u16, &'static str),
    /// The same, with `Retry-After`.
    Later(u16, &'static str),
    /// WorkOS does it, and the answer is lost.
    LostReply,
    Network,
    Timeout,
}

/// What goes wrong, and how often.
#[derive(Default)]
pub(crate) struct Faults {
    /// How many requests go well before that.
    spared: Cell<usize>,
    next: RefCell<VecDeque<Fault>>,
    always: RefCell<Option<Fault>>,
}

impl Faults {
    pub(crate) fn once(&self, fault: Fault) {
        self.next.borrow_mut().push_back(fault);
    }

    pub(crate) fn always(&self, fault: Fault) {
        *self.always.borrow_mut() = Some(fault);
    }

    /// Goes wrong for good once so many more requests have gone well.
    pub(crate) fn after(&self, requests: usize, fault: Fault) {
        self.spared.set(requests);
        self.always(fault);
    }

    pub(crate) fn end(&self) {
        self.next.borrow_mut().clear();
        *self.always.borrow_mut() = None;
    }

    pub(super) fn take(&self) -> Option<Fault> {
        if let Some(left) = self.spared.get().checked_sub(1) {
            self.spared.set(left);
            return None;
        }
        self.next
            .borrow_mut()
            .pop_front()
            .or_else(|| self.always.borrow().clone())
    }
}

/// A request WorkOS got, and the secret that came with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Call {
    Code(String),
    Keys,
    Refresh(String),
    Selection(String),
}
