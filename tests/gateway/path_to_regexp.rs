//! Replays what path-to-regexp 6.3.0 itself said (`tests/corpora/path_to_regexp.json`, made by the
//! `.mjs` beside it), and asks it anew about patterns made by chance ([`generated`]).

mod costly;
mod deployed;
mod generated;
mod library;
mod stricter;
mod tally;

use serde::Deserialize;

use authkit_gateway::matcher::{Match, Pattern};

#[derive(Deserialize)]
struct Vectors {
    paths: Vec<String>,
    patterns: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    pattern: String,
    /// By path-to-regexp, or by Next.js for want of a leading `/`.
    #[serde(default)]
    refused: bool,
    #[serde(default)]
    matches: Vec<String>,
    #[serde(default)]
    ignoring_case: Vec<String>,
}

#[test]
fn patterns_mean_what_they_mean_to_path_to_regexp() {
    let Vectors { paths, patterns } =
        serde_json::from_str(include_str!("../corpora/path_to_regexp.json"))
            .expect("the vectors are JSON");
    for vector in patterns {
        let text = vector.pattern.as_str();
        let compiled = Pattern::compile(text);
        assert_eq!(compiled.is_err(), vector.refused, "{text}: {compiled:?}");
        let Ok(pattern) = compiled else { continue };
        for path in &paths {
            check(
                pattern.matches(path),
                vector.matches.contains(path),
                text,
                path,
            );
            check(
                pattern.matches_ignoring_case(path),
                vector.ignoring_case.contains(path),
                text,
                path,
            );
        }
    }
}

#[track_caller]
fn check(found: Match, matches: bool, text: &str, path: &str) {
    assert_eq!(
        found,
        if matches {
            Match::Matched
        } else {
            Match::Unmatched
        },
        "{text} on {path}"
    );
}
