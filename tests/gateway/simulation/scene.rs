//! What all of a run shares: time, WorkOS and what is on its way there, and what is true.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::seal::Purpose;

use super::book::{Book, Standing};
use super::content::Content;
use super::desk::Desk;
use super::fate::Fate;
use super::job::Job;
use super::plan::{Beginning, Rotation};
use super::shelf::Shelf;
use super::timer::Waits;
use super::trace::Trace;
use super::workos::Errand;
use crate::support::{SESSION, Site, opened};

pub(super) struct Scene {
    /// WorkOS, randomness and signatures.
    pub(super) site: Site,
    pub(super) rotation: Rotation,
    pub(super) book: RefCell<Book>,
    pub(super) errands: RefCell<Vec<Errand>>,
    pub(super) jobs: RefCell<Vec<Job>>,
    /// The coordinators, by the session's name.
    pub(super) desks: RefCell<BTreeMap<String, Rc<Desk>>>,
    /// What isolates leave to one another, where they can.
    pub(super) cache: Option<Shelf>,
    /// What becomes of the next request to WorkOS.
    pub(super) fate: Cell<Fate>,
    /// What becomes of all of them: for tokens, and for keys.
    pub(super) weather: Cell<(Option<Fate>, Option<Fate>)>,
    pub(super) waits: Waits,
    trace: Trace,
    /// When the run began, and what time it is, in milliseconds.
    began: u64,
    clock: Cell<u64>,
    numbers: Cell<usize>,
    broken: RefCell<Option<String>>,
}

impl Scene {
    pub(super) fn new(site: Site, beginning: &Beginning, trace: Trace) -> Scene {
        let now = site.world.milliseconds();
        Scene {
            site,
            rotation: beginning.rotation,
            book: RefCell::default(),
            errands: RefCell::default(),
            jobs: RefCell::default(),
            desks: RefCell::default(),
            cache: beginning.has_cache.then(Shelf::default),
            fate: Cell::default(),
            weather: Cell::default(),
            waits: Waits::default(),
            trace,
            began: now,
            clock: Cell::new(now),
            numbers: Cell::new(0),
            broken: RefCell::default(),
        }
    }

    /// Returns the time, in milliseconds.
    pub(super) fn now(&self) -> u64 {
        self.clock.get()
    }

    /// Returns the time, in seconds.
    pub(super) fn seconds(&self) -> u64 {
        self.now() / 1000
    }

    /// Lets time pass until `moment`.
    pub(super) fn pass_until(&self, moment: u64) {
        self.clock.set(moment.max(self.now()));
        let behind = self.seconds() - self.site.now().0;
        self.site.world.pass(behind);
    }

    /// Returns a number nobody else has.
    pub(super) fn number(&self) -> usize {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }

    /// Returns what is in a sealed cookie.
    pub(super) fn content(&self, sealed: &str) -> Rc<Content> {
        let open = |sealed: &str| opened(&self.site, Purpose::Session, SESSION, sealed);
        self.book.borrow_mut().content(sealed, open)
    }

    /// Returns the session that cookies put into the browser.
    pub(super) fn session_in(&self, cookies: &[SetCookie]) -> Option<Rc<Content>> {
        let set = cookies.iter().filter_map(SetCookie::pair);
        let pairs = set.filter_map(|pair| pair.split_once('='));
        let mut values = pairs.filter(|(name, _)| *name == SESSION);
        values.next().map(|(_, sealed)| self.content(sealed))
    }

    /// Returns what WorkOS would make of a refresh token.
    pub(super) fn standing(&self, token: &str) -> Standing {
        let (rotation, now) = (self.rotation, self.seconds());
        self.book.borrow().standing(token, rotation, now)
    }

    /// Notes an event.
    pub(super) fn note(&self, event: impl FnOnce() -> String) {
        self.trace.note(self.now() - self.began, event);
    }

    /// Notes that what must always hold doesn't; what comes after that isn't looked at.
    pub(super) fn breach(&self, what: impl FnOnce() -> String) {
        if !self.is_broken() {
            let what = what();
            self.note(|| format!("BROKEN: {what}"));
            *self.broken.borrow_mut() = Some(what);
        }
    }

    pub(super) fn is_broken(&self) -> bool {
        self.broken.borrow().is_some()
    }

    /// Returns what doesn't hold.
    pub(super) fn broken(&self) -> Option<String> {
        self.broken.borrow().clone()
    }
}
