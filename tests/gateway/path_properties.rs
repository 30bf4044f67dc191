//! What holds for every path: judging it is bounded, and no origin's reading of it slips past.

use proptest::prelude::*;
use url::Url;

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::{Match, Pattern};
use authkit_gateway::path::PathViews;
use authkit_gateway::return_path::ReturnPath;

const SITE: &str = "https://app.example.com";

/// One habit of reading a path, told simply; [`proptest`] composes them.
type Habit = fn(&str) -> String;

const HABITS: [Habit; 10] = [
    str::to_owned,
    decoded,
    |path| path.replace('\\', "/"),
    merged,
    |path| {
        segments(path, |segment| {
            segment.split(';').next().unwrap_or_default()
        })
    },
    |path| segments(path, |segment| segment.trim_end_matches(['.', ' '])),
    str::to_ascii_lowercase,
    |path| path.split(['#', '?']).next().unwrap_or_default().to_owned(),
    |path| path.split('\0').next().unwrap_or_default().to_owned(),
    without_dot_segments,
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 2048,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_protected_path_is_protected_however_an_origin_reads_it(
        path in hostile_path(),
        readings in prop::collection::vec(prop::sample::select(HABITS.to_vec()), 1..=3),
    ) {
        let read = readings.iter().fold(pathname(&path), |path, habit| habit(&path));
        for rules in deployments() {
            if is_protected(&rules, &read) {
                let views = PathViews::of(&path, &pathname(&path));
                let judged = views.map_or(Access::Protected, |views| rules.judge(&views, &views, "GET").access);
                prop_assert_eq!(judged, Access::Protected, "read as {}", read);
            }
        }
    }

    #[test]
    fn views_are_bounded_and_begin_with_what_is_sent(path in hostile_path()) {
        let Ok(views) = PathViews::of(&path, &pathname(&path)) else { return Ok(()) };
        prop_assert_eq!(views.canonical(), pathname(&path));
        prop_assert_eq!(views.iter().next().map(|view| view.text), Some(views.canonical()));
        prop_assert!(views.iter().count() <= 128);
        prop_assert!(views.iter().all(|view| view.text.starts_with('/')));
    }

    #[test]
    fn a_return_path_stays_on_the_site(
        text in hostile_path(),
        readings in prop::collection::vec(prop::sample::select(HABITS.to_vec()), 0..=2),
    ) {
        let Some(kept) = ReturnPath::parse(&text) else { return Ok(()) };
        let target = Url::parse(SITE).and_then(|site| site.join(kept.as_str()));
        let target = target.map(|target| target.to_string());
        prop_assert_eq!(target, Ok(format!("{SITE}{}", kept.as_str())));
        prop_assert_eq!(ReturnPath::parse(kept.as_str()), Some(kept.clone()));
        let path = kept.as_str().split(['?', '#']).next().unwrap_or_default().to_owned();
        let read = readings.iter().fold(path, |path, habit| habit(&path));
        prop_assert!(!read.starts_with("//") && !read.starts_with("/\\"), "{}", read);
    }

    #[test]
    fn nothing_panics(
        pattern in r"/[a:(){}?*+\\|\[\]^$.,0-9!=/-]{0,24}",
        text in any::<String>(),
        path in hostile_path(),
    ) {
        for pattern in [&pattern, &text] {
            let Ok(pattern) = Pattern::compile(pattern) else { continue };
            let _ = (pattern.matches(&path), pattern.matches_ignoring_case(&text));
        }
        let _ = (PathViews::of(&text, &text), PathViews::of(&path, &text));
        let _ = ReturnPath::parse(&text);
    }
}

fn hostile_path() -> impl Strategy<Value = String> {
    let pieces = [
        "/",
        "/",
        "//",
        ".",
        "..",
        "...",
        ";",
        ";x=1",
        "%",
        "%2f",
        "%2F",
        "%5c",
        "\\",
        "%2e",
        "%25",
        "%252e",
        "%252f",
        "%3b",
        "%23",
        "%3f",
        "%20",
        "%00",
        "%61",
        "%41",
        "%2561",
        "%c3%a9",
        "%c0%af",
        "?",
        "#",
        "admin",
        "Admin",
        "ADMIN",
        "public",
        "healthz",
        "a",
        "_next/static",
        ".png",
        "api",
        "private",
        "é",
    ];
    prop::collection::vec(prop::sample::select(pieces.to_vec()), 0..9)
        .prop_map(|pieces| format!("/{}", pieces.concat()))
}

fn deployments() -> [PathRules; 4] {
    [
        rules(&["/admin/:path*", "/api/private/:path*"], &[]),
        rules(&[], &["/", "/public/:path*", "/healthz"]),
        rules(
            &[r"/((?!_next/static|api|.*\.(?:svg|png)$).*)"],
            &["/public/:path*"],
        ),
        rules(&["/admin/:path*"], &["/admin/public/(.*)"]),
    ]
}

/// The rules taken at their word, on one reading of a path.
fn is_protected(rules: &PathRules, path: &str) -> bool {
    let covers = |pattern: &Pattern| {
        pattern.matches(path) == Match::Matched
            || pattern.matches_ignoring_case(path) == Match::Matched
    };
    let is_allowed = rules
        .unauthenticated
        .iter()
        .any(|pattern| pattern.matches(path) == Match::Matched);
    (rules.matcher.is_empty() || rules.matcher.iter().any(covers)) && !is_allowed
}

fn rules(matcher: &[&str], unauthenticated: &[&str]) -> PathRules {
    let compile = |texts: &[&str]| {
        texts
            .iter()
            .map(|text| Pattern::compile(text).expect("a fair pattern"))
            .collect()
    };
    PathRules {
        matcher: compile(matcher),
        unauthenticated: compile(unauthenticated),
        rules: Vec::new(),
    }
}

fn pathname(target: &str) -> String {
    Url::parse(&format!("{SITE}{target}"))
        .expect("a URL")
        .path()
        .to_owned()
}

fn segments(path: &str, change: fn(&str) -> &str) -> String {
    path.split('/').map(change).collect::<Vec<_>>().join("/")
}

fn decoded(path: &str) -> String {
    percent_encoding::percent_decode_str(path)
        .decode_utf8_lossy()
        .into_owned()
}

fn merged(path: &str) -> String {
    if path.contains("//") {
        merged(&path.replace("//", "/"))
    } else {
        path.to_owned()
    }
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
