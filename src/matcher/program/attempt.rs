//! Runs a program's operations over one path: backtracking without recursion, with a step limit.
//!
//! 1. Each operation is a step, and so is each fourth byte of a run; look-aheads draw on the same
//!    limit.
//! 2. A program's jumps stay inside it; one that did not would fail to match.

use super::super::Match;
use super::super::node::{Class, Times, is_word};
use super::Operation;

/// At a few nanoseconds a step, well under a millisecond.
const MOST_STEPS: usize = 50_000;

pub(super) struct Attempt<'p> {
    operations: &'p [Operation],
    path: &'p [u8],
    steps_left: usize,
}

/// The next operation, and the next byte.
#[derive(Clone, Copy)]
struct Point {
    next: usize,
    at: usize,
}

/// Where to go on when what was tried first fails: at the byte `longest`, failing that ever nearer.
struct Retry {
    next: usize,
    shortest: usize,
    longest: usize,
}

impl<'p> Attempt<'p> {
    pub(super) fn new(operations: &'p [Operation], path: &'p str) -> Self {
        Self {
            operations,
            path: path.as_bytes(),
            steps_left: MOST_STEPS,
        }
    }

    pub(super) fn outcome(mut self) -> Match {
        let is_accepted = self.accepts(Point { next: 0, at: 0 });
        match (self.steps_left, is_accepted) {
            (0, _) => Match::TooCostly,
            (_, true) => Match::Matched,
            (_, false) => Match::Unmatched,
        }
    }

    /// Whether some way leads to an [`Operation::Accept`]; once no steps are left, nothing does.
    fn accepts(&mut self, mut point: Point) -> bool {
        let mut retries = Vec::new();
        while let Some(steps_left) = self.steps_left.checked_sub(1) {
            self.steps_left = steps_left;
            let Some(operation) = self.operations.get(point.next) else {
                return false;
            };
            if matches!(operation, Operation::Accept) {
                return true;
            }
            let onward = self.step(operation, point, &mut retries);
            let Some(onward) = onward.or_else(|| self.retry(&mut retries)) else {
                return false;
            };
            point = onward;
        }
        false
    }

    fn step(
        &mut self,
        operation: &Operation,
        point: Point,
        retries: &mut Vec<Retry>,
    ) -> Option<Point> {
        let Point { next: here, at } = point;
        let next = here.saturating_add(1);
        let (next, at) = match operation {
            Operation::Accept => (here, at),
            Operation::Back(count) => (here.saturating_sub(*count), at),
            Operation::Boundary { negated } => {
                (self.is_boundary(at) != *negated).then_some((next, at))?
            }
            Operation::Bytes(bytes) => {
                self.path.get(at..).filter(|rest| rest.starts_with(bytes))?;
                (next, at.saturating_add(bytes.len()))
            }
            Operation::Class(class) => {
                self.path.get(at).filter(|byte| class.contains(**byte))?;
                (next, at.saturating_add(1))
            }
            Operation::End => (at == self.path.len()).then_some((next, at))?,
            Operation::Fork(count) => {
                retries.push(Retry {
                    next: here.saturating_add(*count),
                    shortest: at,
                    longest: at,
                });
                (next, at)
            }
            Operation::Jump(count) => (here.saturating_add(*count), at),
            Operation::Look { length, negated } => {
                let is_ahead = self.accepts(Point { next, at });
                (is_ahead != *negated).then_some((next.saturating_add(*length), at))?
            }
            Operation::Run { class, times } => {
                let (shortest, longest) = self.reach(*class, *times, at)?;
                retries.push(Retry {
                    next,
                    shortest,
                    longest,
                });
                return self.retry(retries);
            }
            Operation::Start => (at == 0).then_some((next, at))?,
        };
        Some(Point { next, at })
    }

    /// The nearest and the farthest end of a run of a class.
    fn reach(&mut self, class: Class, times: Times, at: usize) -> Option<(usize, usize)> {
        let rest = self.path.get(at..)?;
        let most = times.most.unwrap_or(usize::MAX);
        let count = rest
            .iter()
            .take(most)
            .take_while(|byte| class.contains(**byte))
            .count();
        self.steps_left = self.steps_left.saturating_sub(count >> 2);
        (count >= times.least).then(|| (at.saturating_add(times.least), at.saturating_add(count)))
    }

    fn is_boundary(&self, at: usize) -> bool {
        let is_word = |at: usize| self.path.get(at).copied().is_some_and(is_word);
        at.checked_sub(1).is_some_and(is_word) != is_word(at)
    }

    /// Goes on at the latest retry that may lead somewhere.
    fn retry(&self, retries: &mut Vec<Retry>) -> Option<Point> {
        loop {
            let Retry {
                next,
                shortest,
                longest,
            } = retries.pop()?;
            let Some(at) = self.farthest(next, shortest, longest) else {
                continue;
            };
            if let Some(longest) = at.checked_sub(1).filter(|longest| *longest >= shortest) {
                retries.push(Retry {
                    next,
                    shortest,
                    longest,
                });
            }
            return Some(Point { next, at });
        }
    }

    /// The farthest place at which the next operation, should it be a text, finds its first byte.
    fn farthest(&self, next: usize, shortest: usize, longest: usize) -> Option<usize> {
        let Some(Operation::Bytes(bytes)) = self.operations.get(next) else {
            return Some(longest);
        };
        let first = bytes.first()?;
        (shortest..=longest)
            .rev()
            .find(|at| self.path.get(*at) == Some(first))
    }
}
