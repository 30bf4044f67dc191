//! What must be true in the end: when nothing goes wrong any more, everybody who didn't sign out is
//! let in again, or is sent to sign in because their tokens are truly lost, and then is let in.

use super::book::Standing;
use super::kind::Kind;
use super::plan::Person;
use super::stage::Stage;
use super::verdict::Verdict;
use crate::support::LIFETIME;

/// How often somebody tries to sign in.
const MOST_TRIES: u16 = 30;
/// How long somebody may be told to come back, in milliseconds.
const RECOVERY: u64 = 40_000;
/// What a person waits before they try again, in milliseconds.
const PAUSE: u64 = 5_000;
/// A pair is asked for again if WorkOS gives it for so many more seconds: nobody is told to wait for
/// longer.
const IN_TIME: u64 = 15;

impl Stage {
    /// Ends all trouble, and checks that everybody is let in.
    pub(super) fn end(&mut self) {
        self.scene.note(|| "all is well from here on".to_owned());
        self.scene.weather.set((None, None));
        self.settle();
        for round in 0..2 {
            for browser in 0..self.browsers.len() {
                self.check_return(browser, round);
            }
            // The tokens they have now must be good for the next ones.
            self.scene.pass_until(self.scene.now() + LIFETIME * 1000);
        }
    }

    fn check_return(&mut self, browser: usize, first: u16) {
        if self.scene.is_broken() {
            return;
        }
        let Some(session) = self.browsers[browser].session(&self.scene) else {
            return;
        };
        let is_leaving = self
            .scene
            .book
            .borrow()
            .leaving
            .contains(&session.session_id);
        let is_good = match self.scene.standing(&session.refresh_token) {
            Standing::Dead => false,
            Standing::Live => !is_leaving,
            Standing::Replayable(left) => !is_leaving && left >= IN_TIME,
        };
        let verdict = self.come_back(browser, first);
        if matches!(verdict, Verdict::SignedIn(_)) {
            return;
        }
        if is_good || verdict != Verdict::Nobody {
            let token = &session.refresh_token;
            let what = || format!("browser {browser} comes with {token} and is {verdict:?}");
            return self.scene.breach(what);
        }
        self.sign_in_again(browser, &session.session_id);
        let verdict = self.come_back(browser, first);
        if !matches!(verdict, Verdict::SignedIn(_)) {
            self.scene
                .breach(|| format!("browser {browser} has signed in and is {verdict:?}"));
        }
    }

    /// Signs in, trying again for as long as that doesn't lead to another session.
    fn sign_in_again(&mut self, browser: usize, last: &str) {
        for isolate in 0..MOST_TRIES {
            self.sign_in(browser, isolate, Person::Owner);
            self.settle();
            let session = self.browsers[browser].session(&self.scene);
            if session.is_some_and(|session| session.session_id != last) {
                return;
            }
            self.scene.pass_until(self.scene.now() + PAUSE);
        }
    }

    /// Goes to a page, trying again for as long as it is told to.
    fn come_back(&mut self, browser: usize, first: u16) -> Verdict {
        let until = self.scene.now() + RECOVERY;
        for isolate in first.. {
            let verdict = self.visit(browser, isolate);
            let Verdict::Unknown(seconds) = verdict else {
                return verdict;
            };
            self.scene.pass_until(self.scene.now() + seconds * 1000);
            if self.scene.now() > until {
                break;
            }
        }
        Verdict::Other("told to come back for too long".to_owned())
    }

    /// Goes to a page while nothing else happens.
    fn visit(&mut self, browser: usize, isolate: u16) -> Verdict {
        self.ask(browser, Kind::Page, isolate);
        self.settle();
        let verdict = self.last_verdict.take();
        verdict.unwrap_or_else(|| Verdict::Other("no answer".to_owned()))
    }
}
