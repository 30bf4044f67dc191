//! What an origin may make of a path before it routes by it, told simply.

use std::collections::BTreeSet;

type Habit = fn(&str) -> String;

const HABITS: [Habit; 9] = [
    decoded,
    |path| path.replace('\\', "/"),
    merged,
    |path| {
        each_segment(path, |segment| {
            segment.split(';').next().unwrap_or_default()
        })
    },
    |path| each_segment(path, |segment| segment.trim_end_matches(['.', ' '])),
    str::to_ascii_lowercase,
    |path| path.split(['#', '?']).next().unwrap_or_default().to_owned(),
    |path| path.split('\0').next().unwrap_or_default().to_owned(),
    without_dot_segments,
];

/// Returns every reading of a path that two habits at the most lead to.
pub fn of(path: &str) -> BTreeSet<String> {
    let once: BTreeSet<String> = HABITS.iter().map(|habit| habit(path)).collect();
    let twice = once
        .iter()
        .flat_map(|path| HABITS.iter().map(move |habit| habit(path)));
    let mut all: BTreeSet<String> = twice.collect();
    all.extend(once.iter().cloned());
    all.insert(path.to_owned());
    all
}

fn decoded(path: &str) -> String {
    let decoded = percent_encoding::percent_decode_str(path);
    decoded.decode_utf8_lossy().into_owned()
}

fn merged(path: &str) -> String {
    let mut merged = path.to_owned();
    while merged.contains("//") {
        merged = merged.replace("//", "/");
    }
    merged
}

fn each_segment(path: &str, change: fn(&str) -> &str) -> String {
    path.split('/').map(change).collect::<Vec<_>>().join("/")
}

fn without_dot_segments(path: &str) -> String {
    let mut kept = Vec::new();
    for segment in path.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(kept.pop()),
            _ => kept.push(segment),
        }
    }
    format!("/{}", kept.join("/"))
}
