//! What isolates share: coordinators, and a cache. Neither is there until it is switched on.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use authkit_gateway::coordinator::{Coordinator, Storage};

/// What isolates share.
#[derive(Default)]
pub(crate) struct Shared {
    pub(crate) has_cache: Cell<bool>,
    /// Whether coordinators answer.
    pub(crate) has_coordinators: Cell<bool>,
    pub(super) cache: RefCell<HashMap<String, String>>,
    coordinators: RefCell<HashMap<String, Rc<Desk>>>,
}

/// A coordinator, and what it keeps.
#[derive(Default)]
pub(crate) struct Desk {
    pub(super) coordinator: Coordinator,
    /// By name: the text, and for how many seconds it is kept.
    pub(crate) kept: RefCell<HashMap<String, (String, u64)>>,
}

impl Shared {
    /// Returns the coordinator of a session, which is begun where there was none.
    pub(super) fn desk(&self, session: &str) -> Rc<Desk> {
        let mut coordinators = self.coordinators.borrow_mut();
        Rc::clone(coordinators.entry(session.to_owned()).or_default())
    }

    /// Returns every coordinator.
    pub(crate) fn desks(&self) -> Vec<Rc<Desk>> {
        self.coordinators.borrow().values().cloned().collect()
    }

    /// Changes what is in the cache.
    pub(crate) fn poison(&self, change: impl Fn(&str) -> String) {
        for text in self.cache.borrow_mut().values_mut() {
            *text = change(text);
        }
    }
}

impl Storage for Desk {
    async fn get(&self, name: &str) -> Option<String> {
        let kept = self.kept.borrow();
        kept.get(name).map(|(text, _)| text.clone())
    }

    async fn put(&self, name: &str, text: String, seconds: u64) {
        self.kept
            .borrow_mut()
            .insert(name.to_owned(), (text, seconds));
    }
}
