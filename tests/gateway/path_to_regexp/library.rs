//! Asks path-to-regexp itself, in Node.js, about patterns and paths that `cases.mjs` makes by chance.

use std::env;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde::Deserialize;

const PATHS_EACH: usize = 40;

const CURE: &str = "path-to-regexp could not be asked: run `npm ci`, which installs it, with \
                    Node.js 20 or newer in PATH (or named by the variable NODE)";

/// A pattern, and what path-to-regexp says of it.
#[derive(Deserialize)]
pub(super) struct Case {
    pub(super) pattern: String,
    /// None where the library, or Next.js for want of a leading `/`, refuses the pattern.
    pub(super) verdicts: Option<Verdicts>,
}

/// For each path a sign: `1` for matched, `0` for not, `?` where JavaScript took too long.
#[derive(Deserialize)]
pub(super) struct Verdicts {
    pub(super) paths: Vec<String>,
    pub(super) exact: String,
    /// Without regard to case.
    pub(super) folded: String,
}

/// Hands over each of the patterns that a seed makes.
pub(super) fn each_case(seed: u32, patterns: usize, mut look: impl FnMut(&Case)) {
    let mut library = started(seed, patterns);
    let output = library.stdout.take().expect("it is piped");
    let mut told = 0;
    for line in BufReader::new(output).lines() {
        let line = line.expect("cases.mjs writes text");
        look(&serde_json::from_str(&line).expect("cases.mjs writes a case a line"));
        told += 1;
    }
    let status = library.wait().expect("it was started");
    assert!(status.success() && told == patterns, "{CURE}; {status}");
}

fn started(seed: u32, patterns: usize) -> Child {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    Command::new(node(root))
        .arg(root.join("tests/gateway/path_to_regexp/cases.mjs"))
        .args([seed.to_string(), patterns.to_string()])
        .arg(PATHS_EACH.to_string())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{CURE}; {error}"))
}

/// The Node.js that runs the tests, else the one that npm installed, else that in PATH.
fn node(root: &Path) -> PathBuf {
    let installed = root.join("node_modules/.bin/node");
    let installed = || installed.is_file().then_some(installed);
    let named = env::var_os("NODE").map(PathBuf::from);
    named.or_else(installed).unwrap_or_else(|| "node".into())
}
