//! What comparing us with path-to-regexp has come to.

use std::collections::BTreeMap;
use std::fmt;

use authkit_gateway::matcher::{Match, Pattern};

use super::deployed::Deployed;
use super::library::{Case, Verdicts};
use super::stricter;

/// As many are told as one can read.
const MOST_TOLD: usize = 10;

#[derive(Default)]
pub(super) struct Tally {
    pub(super) patterns: usize,
    pub(super) refused_by_both: usize,
    /// By reason: what the library takes.
    pub(super) refused_by_us: BTreeMap<&'static str, usize>,
    /// Paths that both have an answer for, with regard to case and without.
    pub(super) compared: usize,
    pub(super) matched: usize,
    /// Paths as a request has them, that were judged by the whole of the path rules.
    pub(super) judged: usize,
    /// We gave up, which protects; the library has an answer.
    pub(super) too_costly: usize,
    /// JavaScript took too long.
    pub(super) unanswered: usize,
    /// The first of each pattern.
    pub(super) disagreements: Vec<String>,
}

impl Tally {
    pub(super) fn add(&mut self, Case { pattern, verdicts }: &Case) {
        self.patterns += 1;
        let before = self.disagreements.len();
        match (Pattern::compile(pattern), verdicts) {
            (Err(_), None) => self.refused_by_both += 1,
            (Ok(_), None) => self.disagree(format!("{pattern} is refused by the library alone")),
            (Err(error), Some(_)) => match stricter::reason(pattern, error) {
                Some(reason) => *self.refused_by_us.entry(reason).or_default() += 1,
                None => self.disagree(format!("{pattern} is refused by us alone: {error}")),
            },
            (Ok(pattern), Some(verdicts)) => self.compare(&pattern, verdicts),
        }
        self.disagreements.truncate(before + 1);
    }

    fn compare(&mut self, pattern: &Pattern, verdicts: &Verdicts) {
        let Verdicts {
            paths,
            exact,
            folded,
        } = verdicts;
        let deployed = Deployed::with(pattern);
        for ((path, exact), folded) in paths.iter().zip(exact.chars()).zip(folded.chars()) {
            self.answer(pattern, path, exact, pattern.matches(path));
            self.answer(pattern, path, folded, pattern.matches_ignoring_case(path));
            if exact != '?' {
                self.judge(pattern, &deployed, path, exact == '1');
            }
        }
    }

    fn answer(&mut self, pattern: &Pattern, path: &str, says: char, found: Match) {
        match (says, found) {
            ('?', _) => self.unanswered += 1,
            (_, Match::TooCostly) => self.too_costly += 1,
            ('1', Match::Matched) => {
                self.compared += 1;
                self.matched += 1;
            }
            ('0', Match::Unmatched) => self.compared += 1,
            (_, Match::Matched | Match::Unmatched) => {
                let text = pattern.text();
                self.disagree(format!(
                    "{text} on {path}: the library says {says}, we {found:?}"
                ));
            }
        }
    }

    /// A request is guarded wherever the library would guard it, and public only where it would be.
    fn judge(&mut self, pattern: &Pattern, deployed: &Deployed, path: &str, is_matched: bool) {
        let Some(judged) = deployed.judge(path, is_matched) else {
            return;
        };
        self.judged += 1;
        if let Err(what) = judged {
            self.disagree(format!("{} on {path}: {what}", pattern.text()));
        }
    }

    fn disagree(&mut self, what: String) {
        self.disagreements.push(what);
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} patterns, {} refused by both",
            self.patterns, self.refused_by_both
        )?;
        for (reason, count) in &self.refused_by_us {
            writeln!(f, "{count} refused by us alone: {reason}")?;
        }
        writeln!(
            f,
            "{} comparisons ({} matched), {} too costly to us, {} to JavaScript; {} paths judged",
            self.compared, self.matched, self.too_costly, self.unanswered, self.judged
        )?;
        for told in self.disagreements.iter().take(MOST_TOLD) {
            writeln!(f, "DISAGREE {told}")?;
        }
        write!(f, "{} patterns disagreed on", self.disagreements.len())
    }
}
