//! Replays what the fuzzers begin with and what they have found: `fuzz/corpus`.
#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows has failed"
)]

#[path = "../fuzz/src/lib.rs"]
#[expect(unreachable_pub, reason = "a crate of its own, which this one borrows")]
mod fuzz;

use std::fs;
use std::panic::catch_unwind;
use std::path::Path;

#[test]
fn every_input_of_the_corpus_keeps_what_its_target_asserts() {
    let mut failed = Vec::new();
    for (name, target) in fuzz::TARGETS {
        let inputs = inputs(name);
        assert!(!inputs.is_empty(), "fuzz/corpus/{name} has no input");
        for (file, data) in inputs {
            if catch_unwind(|| target(&data)).is_err() {
                failed.push(file);
            }
        }
    }
    assert!(failed.is_empty(), "{failed:#?}");
}

/// Returns the inputs of a target, by the names of their files.
fn inputs(target: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    let entries = fs::read_dir(folder.join(target)).expect("a folder for each target");
    let files = entries.map(|entry| entry.expect("a file that can be read").path());
    files
        .map(|path| {
            let data = fs::read(&path).expect("a file that can be read");
            (path.display().to_string(), data)
        })
        .collect()
}
