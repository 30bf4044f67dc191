//! Compares us with path-to-regexp 6.3.0 itself, on patterns and paths made by chance.
//!
//! 1. What it refuses we refuse; what we refuse beyond that has a reason ([`super::stricter`]).
//! 2. What it matches we match, and nothing else, with regard to case and without; but where a match
//!    costs too much, we take the answer that protects.
//! 3. What it would guard is guarded, and what it would not allow-list is not public, when a
//!    deployment judges the path with all its views.
//!
//! ```sh
//! PATH_TO_REGEXP_PATTERNS=50000 cargo test --test gateway path_to_regexp -- --nocapture   # more
//! PATH_TO_REGEXP_SEED=7 cargo test --test gateway path_to_regexp -- --nocapture           # again
//! ```

use std::env;
use std::hash::{BuildHasher, RandomState};

use super::library::each_case;
use super::tally::Tally;

const SEED: u32 = 1;
/// Patterns for each seed.
const PATTERNS: usize = 1_000;

#[test]
fn patterns_mean_what_they_mean_to_the_library_itself() {
    let seeds = match number("PATH_TO_REGEXP_SEED") {
        Some(seed) => vec![u32::try_from(seed).expect("a seed of 32 bits")],
        None => vec![SEED, fresh()],
    };
    let patterns = number("PATH_TO_REGEXP_PATTERNS").unwrap_or(PATTERNS);
    for seed in seeds {
        let mut tally = Tally::default();
        each_case(seed, patterns, |case| tally.add(case));
        println!("seed {seed}: {tally}");
        let agrees = tally.disagreements.is_empty();
        assert!(agrees, "PATH_TO_REGEXP_SEED={seed}: {tally}");
        let is_telling = patterns < PATTERNS || tells_much(&tally);
        assert!(is_telling, "too few of a sort, by seed {seed}: {tally}");
    }
}

/// Patterns of all sorts, and enough of both answers, or there is nothing to be learned.
fn tells_much(tally: &Tally) -> bool {
    let least = |count: usize, percent: usize, whole: usize| count * 100 >= percent * whole;
    !tally.refused_by_us.is_empty()
        && least(tally.refused_by_both, 5, tally.patterns)
        && least(tally.compared, 3_000, tally.patterns)
        && least(tally.matched, 15, tally.compared)
        && least(tally.judged, 15, tally.compared)
        && !least(tally.too_costly + tally.unanswered, 5, tally.compared)
}

fn fresh() -> u32 {
    RandomState::new().hash_one(()) as u32
}

fn number(variable: &str) -> Option<usize> {
    let text = env::var(variable).ok()?;
    Some(text.parse().expect("a whole number"))
}
