//! Who waits until when.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::scene::Scene;

#[derive(Default)]
pub(super) struct Waits {
    /// Pieces of work, and when their wait is over, in milliseconds.
    timers: RefCell<BTreeMap<usize, (usize, u64)>>,
    /// The work whose wait is over before its time.
    awake: RefCell<BTreeSet<usize>>,
}

/// Pends at least once, so that others get their turn.
pub(super) struct Timer {
    scene: Rc<Scene>,
    id: usize,
    due: u64,
    has_yielded: bool,
}

impl Waits {
    /// Ends a wait before its time.
    pub(super) fn wake(&self, work: usize) {
        self.awake.borrow_mut().insert(work);
    }

    /// Notes that a piece of work has its turn.
    pub(super) fn begin_turn(&self, work: usize) {
        self.awake.borrow_mut().remove(&work);
    }

    /// Returns whether a piece of work waits for nothing but its turn.
    pub(super) fn is_over(&self, work: usize, now: u64) -> bool {
        let timers = self.timers.borrow();
        let mut own = timers.values().filter(|(whose, _)| *whose == work);
        self.awake.borrow().contains(&work) || own.any(|(_, due)| *due <= now)
    }

    /// Returns when the next wait is over.
    pub(super) fn next(&self) -> Option<u64> {
        self.timers.borrow().values().map(|(_, due)| *due).min()
    }
}

impl Scene {
    /// Returns after `milliseconds`, having let others go first.
    pub(super) fn wait(self: &Rc<Self>, work: usize, milliseconds: u64) -> Timer {
        let (id, due) = (self.number(), self.now() + milliseconds);
        self.waits.timers.borrow_mut().insert(id, (work, due));
        Timer {
            scene: Rc::clone(self),
            id,
            due,
            has_yielded: false,
        }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if self.has_yielded && self.due <= self.scene.now() {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        Poll::Pending
    }
}

impl Drop for Timer {
    fn drop(&mut self) {
        self.scene.waits.timers.borrow_mut().remove(&self.id);
    }
}
