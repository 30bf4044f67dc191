//! Replays hostile and ordinary paths and return targets (`tests/corpora/redirect_and_path.json`).

use serde::Deserialize;
use url::Url;

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::Pattern;
use authkit_gateway::path::{MalformedPath, PathViews};
use authkit_gateway::return_path::ReturnPath;

const SITE: &str = "https://app.example.com";

/// Entries that never reach the path rules, and why.
const ANSWERED_BY_THE_RUNTIME: [(&str, &str); 2] = [
    (
        "http://app.example.com/admin",
        "workerd drops an absolute-form authority; `/admin` is another entry",
    ),
    (
        "http:///admin",
        "workerd refuses an absolute form without host",
    ),
];

/// Entries that ask for a preset: they hold once it exists and is on.
const PRESETS: [&str; 7] = [
    "clean-urls",
    "format-suffix",
    "nextjs",
    "react-router",
    "remix",
    "strip-prefix",
    "unicode-fold",
];

#[derive(Deserialize)]
struct Corpus {
    paths: Vec<PathEntry>,
    return_to: Vec<ReturnEntry>,
}

#[derive(Deserialize)]
struct PathEntry {
    input: String,
    must_be_protected_if_protected: Option<String>,
    expect: Option<String>,
    requires_preset: Option<String>,
    why: String,
}

#[derive(Deserialize)]
struct ReturnEntry {
    input: String,
    allowed: bool,
    why: String,
}

#[test]
fn return_targets_are_kept_or_refused() {
    for entry in corpus().return_to {
        let endpoints = ["/login", "/logout", "/callback"];
        let kept = ReturnPath::parse(&entry.input)
            .filter(|path| !endpoints.iter().any(|endpoint| path.leads_to(endpoint)));
        assert_eq!(
            kept.is_some(),
            entry.allowed,
            "{:?}: {}",
            entry.input,
            entry.why
        );
        let Some(kept) = kept else { continue };
        let target = url(kept.as_str());
        assert_eq!(
            target.as_str(),
            format!("{SITE}{}", kept.as_str()),
            "a fixed point of the parser"
        );
        if entry.input.is_ascii() {
            assert_eq!(kept.as_str(), entry.input);
        }
    }
}

#[test]
fn hostile_paths_are_never_public_under_a_protect_list() {
    replay(
        &rules(&["/admin/:path*", "/api/private/:path*"], &[]),
        Access::Unmatched,
    );
}

#[test]
fn hostile_paths_are_never_public_under_default_deny() {
    let rules = rules(&[], &["/", "/public/:path*", "/healthz"]);
    replay(&rules, Access::Public);
}

/// Negative controls come out as `public`, unless only a protect-list leaves them alone.
fn replay(rules: &PathRules, public: Access) {
    for entry in corpus().paths {
        if is_skipped(&entry) {
            continue;
        }
        let judged = judge(rules, &entry.input);
        let PathEntry { input, why, .. } = &entry;
        match (
            &entry.must_be_protected_if_protected,
            entry.expect.as_deref(),
        ) {
            (None, _) if public == Access::Public && is_on_no_allow_list(input) => {
                assert_eq!(judged, Ok(Access::Protected), "{input:?}: {why}");
            }
            (None, _) => assert_eq!(judged, Ok(public), "{input:?}: {why}"),
            (Some(_), Some("400")) => assert!(judged.is_err(), "{input:?}: {why}: {judged:?}"),
            (Some(_), Some("400_or_protected")) => {
                assert!(
                    matches!(judged, Err(_) | Ok(Access::Protected)),
                    "{input:?}: {why}: {judged:?}"
                );
            }
            (Some(_), None) => assert_eq!(judged, Ok(Access::Protected), "{input:?}: {why}"),
            (Some(_), Some(other)) => {
                unreachable!("an expectation the corpus does not define: {other}")
            }
        }
    }
}

/// Controls about the protect-list's segment boundaries; default-deny covers them.
fn is_on_no_allow_list(input: &str) -> bool {
    ["/administrator", "/admins", "/adminx/users"].contains(&input)
}

fn is_skipped(entry: &PathEntry) -> bool {
    if let Some(preset) = &entry.requires_preset {
        assert!(
            PRESETS.contains(&preset.as_str()),
            "a preset the corpus does not define: {preset}"
        );
    }
    entry.requires_preset.is_some()
        || ANSWERED_BY_THE_RUNTIME
            .iter()
            .any(|(input, _)| *input == entry.input)
}

/// Judges a request target as the gateway does: the raw path, and that of the WHATWG serialization.
fn judge(rules: &PathRules, target: &str) -> Result<Access, MalformedPath> {
    let raw_path = target.split('?').next().unwrap_or_default();
    let views = PathViews::of(raw_path, url(target).path())?;
    Ok(rules.judge(&views, &views, "GET").access)
}

fn url(target: &str) -> Url {
    Url::parse(&format!("{SITE}{target}")).expect("a URL")
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

fn corpus() -> Corpus {
    serde_json::from_str(include_str!("../corpora/redirect_and_path.json"))
        .expect("the corpus is JSON")
}
