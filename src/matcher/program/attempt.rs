//! Runs a program's operations over one path: backtracking without recursion, with a step limit.
//!
//! 1. Each operation is a step, and so is each fourth byte of a run; a look-ahead draws on the same limit.
//! 2. A program's jumps stay inside it; one that did not would fail to match.

use super::super::Match;
use super::super::node::{Class, Times, is_word};
use super::Operation;

/// At a few nanoseconds a step, well under a millisecond.
const MOST_STEPS: usize = 100_000;

pub(super) struct Attempt<'p> {
    operations: &'p [Operation],
    path: &'p [u8],
    steps_left: usize,
}

/// Where to go on when what was tried first fails: at `longest`, then nearer by one, down to `shortest`.
struct Retry {
    next: usize,
    shortest: usize,
    longest: usize,
}

impl<'p> Attempt<'p> {
    pub(super) fn new(operations: &'p [Operation], path: &'p [u8]) -> Self {
        Self {
            operations,
            path,
            steps_left: MOST_STEPS,
        }
    }

    /// Matches from the operation `next` and the byte `at` up to an [`Operation::Accept`].
    pub(super) fn run(&mut self, mut next: usize, mut at: usize) -> Match {
        let mut retries = Vec::new();
        loop {
            let Some(steps_left) = self.steps_left.checked_sub(1) else {
                return Match::TooCostly;
            };
            self.steps_left = steps_left;
            let Some(operation) = self.operations.get(next) else {
                return Match::Unmatched;
            };
            let here = next;
            next = next.saturating_add(1);
            let fits = match operation {
                Operation::Accept => return Match::Matched,
                Operation::Back(count) => {
                    next = here.saturating_sub(*count);
                    true
                }
                Operation::Boundary { negated } => self.is_boundary(at) != *negated,
                Operation::Bytes(bytes) => {
                    let fits = self
                        .path
                        .get(at..)
                        .is_some_and(|rest| rest.starts_with(bytes));
                    at = at.saturating_add(bytes.len());
                    fits
                }
                Operation::Class(class) => {
                    let fits = self.path.get(at).is_some_and(|&byte| class.contains(byte));
                    at = at.saturating_add(1);
                    fits
                }
                Operation::End => at == self.path.len(),
                Operation::Fork(count) => {
                    retries.push(Retry {
                        next: here.saturating_add(*count),
                        shortest: at,
                        longest: at,
                    });
                    true
                }
                Operation::Jump(count) => {
                    next = here.saturating_add(*count);
                    true
                }
                Operation::Look { length, negated } => {
                    let ahead = self.run(next, at);
                    if ahead == Match::TooCostly {
                        return ahead;
                    }
                    next = next.saturating_add(*length);
                    (ahead == Match::Matched) != *negated
                }
                Operation::Run { class, times } => match self.reach(*class, *times, at) {
                    None => false,
                    Some((shortest, longest)) => {
                        at = longest;
                        if let Some(longest) = longest
                            .checked_sub(1)
                            .filter(|&longest| longest >= shortest)
                        {
                            retries.push(Retry {
                                next,
                                shortest,
                                longest,
                            });
                        }
                        true
                    }
                },
                Operation::Start => at == 0,
            };
            if !fits {
                let Some(retry) = retries.pop() else {
                    return Match::Unmatched;
                };
                Retry {
                    next,
                    longest: at,
                    ..
                } = retry;
                if let Some(longest) = at
                    .checked_sub(1)
                    .filter(|&longest| longest >= retry.shortest)
                {
                    retries.push(Retry { longest, ..retry });
                }
            }
        }
    }

    /// The nearest and the farthest end of a run of a class.
    fn reach(&mut self, class: Class, times: Times, at: usize) -> Option<(usize, usize)> {
        let rest = self.path.get(at..)?;
        let most = times.most.unwrap_or(usize::MAX);
        let count = rest
            .iter()
            .take(most)
            .take_while(|&&byte| class.contains(byte))
            .count();
        self.steps_left = self.steps_left.saturating_sub(count >> 2);
        (count >= times.least).then(|| (at.saturating_add(times.least), at.saturating_add(count)))
    }

    fn is_boundary(&self, at: usize) -> bool {
        let is_word = |at: usize| self.path.get(at).copied().is_some_and(is_word);
        at.checked_sub(1).is_some_and(is_word) != is_word(at)
    }
}
