//! Decides by path alone whether a request may reach the origin without a session.
//!
//! 1. Protected if any view of the path is protected; public only if all views are.
//! 2. The matcher covers a view if any of its patterns matches, with or without regard to case.
//! 3. A covered view is public only if an allow-listed pattern matches it, with regard to case; a
//!    view in lower case is compared with the pattern in lower case. All views count, so a path with
//!    escapes is allow-listed by a parameter, or as it is encoded and as it reads decoded, both.
//! 4. A view that ends in `//` is on no allow-list: as one `/` may end any path, `/` would allow it.
//! 5. A match that would cost too much counts as covered, and as not allow-listed.
//! 6. Where the matcher covers no view, the gateway does not look for a session at all.
//! 7. A rule that covers a view makes the path protected, matched or not, allow-listed or not: see
//!    [`crate::rule`].

use crate::matcher::{Match, Pattern};
use crate::path::{PathViews, Spelling, View};
use crate::rule::{Condition, Rule};

/// What the path rules say about a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Access {
    /// The matcher covers no view of the path.
    Unmatched,
    /// A visitor may see it without a session; who is signed in is told.
    Public,
    /// It takes a session.
    Protected,
}

/// The path rules of a deployment.
#[derive(Clone, Debug, Default)]
pub struct PathRules {
    /// Where the gateway looks for a session; empty means everywhere.
    pub matcher: Vec<Pattern>,
    /// What of this is public.
    pub unauthenticated: Vec<Pattern>,
    /// Who may ask for what.
    pub rules: Vec<Rule>,
}

/// What the path rules ask of a request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judgement<'r> {
    /// Whether it takes a session.
    pub access: Access,
    /// What that session must show; `None` where no rule covers the request.
    pub conditions: Option<Vec<&'r Condition>>,
}

impl PathRules {
    /// Judges a request for a path; a rule may be about the path as it was `sent`, too, where the
    /// site's framework takes it for another.
    #[must_use]
    pub fn judge(&self, views: &PathViews, sent: &PathViews, method: &str) -> Judgement<'_> {
        // 7.
        let mut covering = self.rules.iter().filter(|rule| {
            let covers = |view| covers(&rule.pattern, view);
            let is_met = views.iter().any(covers) || sent.iter().any(covers);
            rule.is_about(method) && rule.conditions.is_some() && is_met
        });
        let first = covering.next();
        let rules = first.map(|first| std::iter::once(first).chain(covering));
        let conditions = rules.map(|rules| rules.flat_map(|rule| rule.conditions.iter().flatten()));
        match conditions {
            Some(conditions) => Judgement {
                access: Access::Protected,
                conditions: Some(conditions.collect()),
            },
            None => Judgement {
                access: self.access(views, method),
                conditions: None,
            },
        }
    }

    fn access(&self, views: &PathViews, method: &str) -> Access {
        let mut access = Access::Unmatched;
        for view in views.iter().filter(|view| self.covers(*view)) {
            if !self.allows(view, method) {
                return Access::Protected;
            }
            access = Access::Public;
        }
        access
    }

    /// Rule 2.
    fn covers(&self, view: View<'_>) -> bool {
        self.matcher.is_empty() || self.matcher.iter().any(|pattern| covers(pattern, view))
    }

    /// Rules 3 to 5. Nothing is tried after a match that cost too much, which bounds the cost.
    fn allows(&self, view: View<'_>, method: &str) -> bool {
        let public = |rule: &&Rule| rule.conditions.is_none() && rule.is_about(method);
        let public = self.rules.iter().filter(public).map(|rule| &rule.pattern);
        let mut answers = self
            .unauthenticated
            .iter()
            .chain(public)
            .map(|pattern| allowed(pattern, view));
        !view.text.ends_with("//")
            && answers.find(|answer| *answer != Match::Unmatched) == Some(Match::Matched)
    }
}

/// Rule 2.
fn covers(pattern: &Pattern, view: View<'_>) -> bool {
    pattern.matches(view.text) != Match::Unmatched
        || !is_alike_in_any_case(pattern, view)
            && pattern.matches_ignoring_case(view.text) != Match::Unmatched
}

/// Returns whether any view of a path matches any of the patterns, in any case of letters.
#[must_use]
pub fn are_met_by(patterns: &[Pattern], views: &PathViews) -> bool {
    let met = |pattern| views.iter().any(|view| covers(pattern, view));
    patterns.iter().any(met)
}

/// Rule 3. A plain view is both as it was sent and in lower case, so it must match both ways.
fn allowed(pattern: &Pattern, view: View<'_>) -> Match {
    match view.spelling {
        Spelling::AsSent => pattern.matches(view.text),
        Spelling::Lowered => pattern.matches_ignoring_case(view.text),
        Spelling::Plain => match pattern.matches(view.text) {
            Match::Matched if !pattern.is_lower_case() => pattern.matches_ignoring_case(view.text),
            answer @ (Match::Matched | Match::TooCostly | Match::Unmatched) => answer,
        },
    }
}

fn is_alike_in_any_case(pattern: &Pattern, view: View<'_>) -> bool {
    pattern.is_lower_case() && view.spelling != Spelling::AsSent
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn protected_if_any_view_is() {
        let rules = rules(&["/admin/:path*"], &[]);
        for path in [
            "/admin",
            "//admin//",
            "/Admin/x",
            "/%61dmin",
            "/admin;x=1",
            "/admin%2fx",
            "/admi%6E",
            "/admin.",
        ] {
            check(&rules, path, Access::Protected);
        }
        for path in ["/", "/administrator", "/public/admin", "/public/caf%C3%A9"] {
            check(&rules, path, Access::Unmatched);
        }
    }

    #[test]
    fn the_matcher_covers_any_case_of_letters() {
        let rules = rules(&["/Admin/:path*", "/v1."], &[]);
        for path in ["/admin", "/ADMIN/x", "/Admin/X", "/%41dmin", "/V1."] {
            check(&rules, path, Access::Protected);
        }
        for path in ["/administrator", "/V1"] {
            check(&rules, path, Access::Unmatched);
        }
    }

    #[test]
    fn public_only_if_all_views_are() {
        let rules = rules(&[], &["/", "/public/:path*", "/healthz"]);
        for path in [
            "/",
            "/public",
            "/public/",
            "/public/a;v=1",
            "/public/A%20b",
            "/healthz/",
        ] {
            check(&rules, path, Access::Public);
        }
        for path in [
            "//",
            "/public//",
            "/healthz//",
            "/publicity",
            "/PUBLIC/x",
            "/healthz%2Fx",
            "/%68ealthz",
            "/%2F",
        ] {
            check(&rules, path, Access::Protected);
        }
    }

    #[test]
    fn allow_listing_inside_a_protected_area_is_exact() {
        let rules = rules(&["/admin/:path*"], &["/admin/public/:path*"]);
        check(&rules, "/admin/public/x", Access::Public);
        check(&rules, "/admin/users", Access::Protected);
        check(&rules, "/", Access::Unmatched);
    }

    #[test]
    fn an_allow_list_without_children_allows_none() {
        let rules = rules(&[], &["/public"]);
        check(&rules, "/public/", Access::Public);
        check(&rules, "/public/secret", Access::Protected);
        check(&rules, "/publicity", Access::Protected);
    }

    #[test]
    fn allow_lists_keep_case() {
        let rules = rules(&[], &["/Readme", "/((?!Secret).*)x"]);
        check(&rules, "/Readme", Access::Public);
        check(&rules, "/readme", Access::Protected);
        check(&rules, "/README", Access::Protected);
        check(&rules, "/secretx", Access::Protected);
    }

    #[test]
    fn next_js_documented_matcher_leaves_assets_alone() {
        let rules = rules(
            &[r"/((?!_next/static|favicon.ico|.*\.(?:svg|png)$).*)"],
            &[],
        );
        for path in [
            "/_next/static/chunks/Main-1.js",
            "/logo.png",
            "/favicon.ico",
        ] {
            check(&rules, path, Access::Unmatched);
        }
        for path in [
            "/",
            "/x",
            "/admin%3Fx.png",
            "/admin;x.png",
            "/%5Fnext/static/x",
        ] {
            check(&rules, path, Access::Protected);
        }
    }

    #[test]
    fn too_costly_is_protected() {
        let costly = "/((?:a+)+)b";
        let path = format!("/{}", "a".repeat(64));
        check(&rules(&[costly], &[]), &path, Access::Protected);
        check(&rules(&[], &[costly]), &path, Access::Protected);
    }

    #[track_caller]
    fn check(rules: &PathRules, path: &str, expected: Access) {
        let views = PathViews::of(path, path).expect("a well-formed path");
        assert_eq!(
            rules.judge(&views, &views, "GET").access,
            expected,
            "{path}"
        );
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
}
