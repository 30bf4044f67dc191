//! `RULES`: somebody may have what every rule that covers it allows them, in whatever order they
//! stand; told once more, with plain paths and without any of our types.

use proptest::prelude::*;
use serde_json::json;

use crate::support::{ADA, Ask, Browser, Seen, Site};

#[derive(Clone, Debug)]
struct Line {
    methods: &'static [&'static str],
    /// A folder that is covered with all that is in it.
    folder: &'static str,
    /// The roles, of which one is asked for; none: `public`.
    roles: Option<Vec<&'static str>>,
}

impl Line {
    fn text(&self) -> String {
        let condition = match &self.roles {
            Some(roles) => format!("role:{}", roles.join("|")),
            None => "public".to_owned(),
        };
        let (methods, folder) = (self.methods.join("|"), self.folder);
        format!("{methods} {folder}/:path* {condition}")
    }

    fn covers(&self, method: &str, path: &str) -> bool {
        let is_about = self.methods.is_empty()
            || self.methods.contains(&method)
            || (method == "HEAD" && self.methods.contains(&"GET"));
        let rest = path.strip_prefix(self.folder);
        is_about && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }

    fn admits(&self, mine: &[&str]) -> bool {
        let roles = self.roles.iter().flatten();
        self.roles.is_none() || roles.into_iter().any(|role| mine.contains(role))
    }
}

fn line() -> impl Strategy<Value = Line> {
    let methods: [&[&str]; 4] = [&[], &["GET"], &["POST"], &["GET", "POST"]];
    let roles = prop::sample::subsequence(vec!["admin", "auditor", "member"], 1..=2);
    (
        prop::sample::select(methods.to_vec()),
        prop::sample::select(vec!["/a", "/a/b", "/c"]),
        prop::option::weighted(0.7, roles),
    )
        .prop_map(|(methods, folder, roles)| Line {
            methods,
            folder,
            roles,
        })
}

fn site(lines: &[Line]) -> Site {
    let text: Vec<String> = lines.iter().map(Line::text).collect();
    Site::new(&[("RULES", &text.join("\n")), ("MATCHER", "/a/:path*,/c")])
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 96,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn every_rule_that_covers_a_request_must_be_met(
        lines in prop::collection::vec(line(), 1..5),
        mine in prop::sample::subsequence(vec!["admin", "auditor", "member"], 0..=2),
        method in prop::sample::select(vec!["GET", "HEAD", "POST", "DELETE"]),
        path in prop::sample::select(vec!["/a", "/a/b", "/a/b/x", "/a/bc", "/c/x", "/d"]),
    ) {
        let site = site(&lines);
        let roles: Vec<String> = mine.iter().map(ToString::to_string).collect();
        *site.world.workos.twist.borrow_mut() = Some(Box::new(move |token, _| {
            token.claims["roles"] = json!(roles);
        }));
        let ada = Browser::signed_in(&site, ADA);
        let ask = Ask::bare(path).method(method);
        let asked_for = |line: &&Line| line.roles.is_some() && line.covers(method, path);
        let may = lines.iter().filter(asked_for).all(|line| line.admits(&mine));
        let told = site.decide(&ada.dress(&ask)).verdict();
        prop_assert_eq!(told.starts_with("forwarded"), may, "{}", told);
    }

    #[test]
    fn nobody_needs_nobody_where_no_rule_but_public_covers(
        lines in prop::collection::vec(line(), 0..5),
        method in prop::sample::select(vec!["GET", "HEAD", "POST"]),
        path in prop::sample::select(vec!["/a", "/a/b", "/a/bc", "/c/x", "/c", "/d"]),
    ) {
        let covers = |line: &&Line| line.covers(method, path);
        let is_closed = lines.iter().filter(covers).any(|line| line.roles.is_some());
        let is_public = lines.iter().filter(covers).any(|line| line.roles.is_none());
        let is_matched = path == "/c" || path == "/a" || path.starts_with("/a/");
        let site = site(&lines);
        let told = site.decide(&Ask::bare(path).method(method)).verdict();
        let may = !is_closed && (is_public || !is_matched);
        prop_assert_eq!(told.starts_with("forwarded"), may, "{}", told);
    }
}
