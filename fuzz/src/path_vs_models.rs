//! Whatever an origin makes of a path: what its rules protect is protected as it was sent.

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::{Match, Pattern};
use authkit_gateway::path::PathViews;

use super::path_views::pathname;
use super::readings;

/// Matchers and allow-lists as sites have them.
const DEPLOYMENTS: [(&[&str], &[&str]); 4] = [
    (&["/admin/:path*", "/api/private/:path*"], &[]),
    (&[], &["/", "/public/:path*", "/healthz"]),
    (
        &[r"/((?!_next/static|api|.*\.(?:svg|png)$).*)"],
        &["/public/:path*"],
    ),
    (&["/admin/:path*"], &["/admin/public/(.*)"]),
];

/// The input is a request's path.
pub fn target(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    // What is longer adds readings, and nothing new.
    let Some(path) = pathname(raw).filter(|path| path.len() <= 200) else {
        return;
    };
    let views = PathViews::of(raw, &path).ok();
    for (matcher, unauthenticated) in DEPLOYMENTS {
        let rules = PathRules {
            matcher: compiled(matcher),
            unauthenticated: compiled(unauthenticated),
            rules: Vec::new(),
        };
        let judged = views
            .as_ref()
            .map(|views| rules.judge(views, views, "GET").access);
        if matches!(judged, None | Some(Access::Protected)) {
            continue;
        }
        for read in readings::of(&path) {
            assert!(!is_protected(&rules, &read), "{raw:?}, read as {read:?}");
        }
    }
}

/// The rules taken at their word, on one reading.
fn is_protected(rules: &PathRules, path: &str) -> bool {
    let covers = |pattern: &Pattern| {
        pattern.matches(path) == Match::Matched
            || pattern.matches_ignoring_case(path) == Match::Matched
    };
    let allows = |pattern: &Pattern| pattern.matches(path) == Match::Matched;
    (rules.matcher.is_empty() || rules.matcher.iter().any(covers))
        && !rules.unauthenticated.iter().any(allows)
}

fn compiled(texts: &[&str]) -> Vec<Pattern> {
    let compile = |text: &&str| Pattern::compile(text).expect("a fair pattern");
    texts.iter().map(compile).collect()
}
