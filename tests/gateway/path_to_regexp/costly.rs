//! What JavaScript would take for ever over ends here, and counts as protected.

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::{Match, Pattern};
use authkit_gateway::path::PathViews;

/// Patterns that have ever so many ways to fail, with what makes a path of it when repeated.
const COSTLY: [(&str, &str); 9] = [
    ("/:a((?:a+)+)b", "a"),
    ("/((?:a+){2,})b", "a"),
    ("/((?:a|aa|a.)+)b", "a"),
    ("/((?:(?:a|b)+c?)+)d", "ab"),
    ("/(.*)(.*)(.*)(.*)(.*)x", "a"),
    ("/{a:b(.*)}*x", "a"),
    ("/:path([^/]+)*/((?:a+)+)b", "a"),
    ("/((?=(?:a+)+b).*)", "a"),
    ("/((?!(?:a+)+b)c)", "a"),
];

#[test]
fn what_costs_too_much_is_protected() {
    for (text, turn) in COSTLY {
        let pattern = Pattern::compile(text).expect("a fair pattern");
        let path = format!("/{}", turn.repeat(64));
        assert_eq!(pattern.matches(&path), Match::TooCostly, "{text}");
        assert_eq!(
            pattern.matches_ignoring_case(&path.to_uppercase()),
            Match::TooCostly,
            "{text}"
        );
        let everything = Pattern::compile("/(.*)").expect("a fair pattern");
        for (matcher, unauthenticated) in [
            (vec![pattern.clone()], vec![]),
            (vec![], vec![pattern.clone()]),
            (vec![], vec![pattern, everything]),
        ] {
            let rules = PathRules {
                matcher,
                unauthenticated,
                rules: Vec::new(),
            };
            let views = PathViews::of(&path, &path).expect("a well-formed path");
            let judged = rules.judge(&views, &views, "GET");
            assert_eq!(judged.access, Access::Protected, "{rules:?}");
        }
    }
}
