//! `RULES`: of all rules that cover a request all must be met, and no line opens what another closes.

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::{Match, Pattern};
use authkit_gateway::path::PathViews;
use authkit_gateway::rule::Rule;

use super::path_views::pathname;

/// The input is a method and a path, and on the next lines rules.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let mut lines = text.lines();
    let Some((method, path)) = lines.next().and_then(|line| line.split_once(' ')) else {
        return;
    };
    let mut rules = Vec::new();
    for line in lines.take(8) {
        match Rule::parse(line) {
            Ok(rule) => rules.push(rule),
            Err(error) => assert!(!error.to_string().is_empty()),
        }
    }
    let views = pathname(path).and_then(|pathname| PathViews::of(path, &pathname).ok());
    let Some(views) = views else {
        return;
    };
    let all = deployment(rules.clone());
    let judged = told(&all, &views, method);
    let mut expected: Vec<&str> = Vec::new();
    let mut is_covered = false;
    for rule in rules.iter().filter(|rule| rule.is_about(method)) {
        let Some(conditions) = &rule.conditions else {
            continue;
        };
        if covers(&rule.pattern, &views) {
            is_covered = true;
            expected.extend(conditions.iter().map(|condition| condition.text()));
        }
    }
    assert_eq!(judged.1, is_covered.then_some(sorted(expected)));
    if is_covered {
        assert_eq!(judged.0, Access::Protected);
    }
    let backwards = deployment(rules.iter().rev().cloned().collect());
    assert_eq!(
        told(&backwards, &views, method),
        judged,
        "their order says nothing"
    );
    let is_public = |rule: &Rule| rule.conditions.is_none();
    let closing = deployment(rules.into_iter().filter(|rule| !is_public(rule)).collect());
    assert_eq!(
        told(&closing, &views, method).1,
        judged.1,
        "`public` opens nothing that is closed"
    );
}

/// Everything is matched.
fn deployment(rules: Vec<Rule>) -> PathRules {
    PathRules {
        rules,
        ..PathRules::default()
    }
}

fn told<'r>(
    rules: &'r PathRules,
    views: &PathViews,
    method: &str,
) -> (Access, Option<Vec<&'r str>>) {
    let judged = rules.judge(views, views, method);
    let texts = judged.conditions.map(|conditions| {
        let texts = conditions.iter().map(|condition| condition.text());
        sorted(texts.collect())
    });
    (judged.access, texts)
}

fn covers(pattern: &Pattern, views: &PathViews) -> bool {
    views.iter().any(|view| {
        let matches = [
            pattern.matches(view.text),
            pattern.matches_ignoring_case(view.text),
        ];
        matches.iter().any(|answer| *answer != Match::Unmatched)
    })
}

fn sorted(mut texts: Vec<&str>) -> Vec<&str> {
    texts.sort_unstable();
    texts
}
