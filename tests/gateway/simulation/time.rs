//! Whose turn it is.
//!
//! 1. While anybody can go on, no time passes.
//! 2. What is on its way arrives in its time, whoever has gone meanwhile.

use super::fate::Fate;
use super::stage::Stage;

/// More turns than any run has that ends.
const ENDLESS: usize = 20_000;

impl Stage {
    /// Gives one of those a turn who can go on; where there is none, lets time pass until there is.
    /// Returns whether anything was left to happen.
    pub(super) fn go_on(&mut self, whose: usize) -> bool {
        // 1.
        let ready = self.ready();
        if let Some(index) = whose.checked_rem(ready.len()).map(|index| ready[index]) {
            match index.checked_sub(self.requests.len()) {
                None => self.turn(index),
                Some(job) => self.work(job),
            }
            return true;
        }
        let next = self.next_event();
        next.into_iter().for_each(|moment| self.pass_until(moment));
        next.is_some()
    }

    /// Lets everything happen that still will, and nothing go wrong.
    pub(super) fn settle(&mut self) {
        self.scene.fate.set(Fate::default());
        self.go_on_while(|_| true);
    }

    /// Lets time pass, and all happen that happens meanwhile.
    pub(super) fn pass(&mut self, milliseconds: u64, fate: Fate) {
        self.scene.note(|| format!("{milliseconds} ms pass"));
        self.scene.fate.set(fate);
        let until = self.scene.now() + milliseconds;
        self.go_on_while(|stage| {
            let next = stage.next_event();
            !stage.ready().is_empty() || next.is_some_and(|next| next <= until)
        });
        self.pass_until(until);
    }

    fn go_on_while(&mut self, happens: impl Fn(&Stage) -> bool) {
        for _ in 0..ENDLESS {
            if self.scene.is_broken() || !happens(self) || !self.go_on(0) {
                return;
            }
        }
        self.scene.breach(|| "this goes on for ever".to_owned());
    }

    /// Returns who can go on: requests, and behind them jobs.
    fn ready(&self) -> Vec<usize> {
        let scene = &self.scene;
        let jobs = scene.jobs.borrow();
        let requests = self.requests.iter().map(|request| request.can_go_on(scene));
        let all = requests.chain(jobs.iter().map(|job| job.can_go_on(scene)));
        let ready = all.enumerate().filter(|(_, can_go_on)| *can_go_on);
        ready.map(|(index, _)| index).collect()
    }

    fn work(&mut self, index: usize) {
        let mut job = self.scene.jobs.borrow_mut().remove(index);
        match job.turn(&self.scene) {
            true => self.scene.book.borrow_mut().close(job.id, self.scene.now()),
            false => self.scene.jobs.borrow_mut().insert(index, job),
        }
    }

    fn next_event(&self) -> Option<u64> {
        let arrival = self.wire.iter().map(|response| response.due).min();
        let next = [self.scene.waits.next(), self.scene.next_errand(), arrival];
        next.into_iter().flatten().min()
    }

    fn pass_until(&mut self, moment: u64) {
        self.scene.pass_until(moment);
        // 2.
        self.scene.run_errands();
        let now = self.scene.now();
        while let Some(index) = self.wire.iter().position(|response| response.due <= now) {
            self.arrive(index);
        }
    }
}
