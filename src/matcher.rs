//! Decides whether one path-to-regexp 6.3 pattern, as in Next.js' `config.matcher`, covers a path.
//!
//! 1. Syntax and meaning are those of `pathToRegexp(text)` with default options: names `:id`,
//!    expressions `(…)`, modifiers `? * +`, braces `{…}`, escapes `\:`; one `/` may end the path.
//! 2. Case counts, as in Next.js, which compiles the expression's source without its `i` flag.
//! 3. A pattern begins with `/`, as Next.js asks.
//! 4. Syntax we leave out is refused when a pattern is compiled; none is read differently.
//! 5. A match costs a bounded number of steps; one that would cost more is [`Match::TooCostly`].
//! 6. Expressions see bytes: of a character beyond ASCII, which no URL's path has, `.` is one byte.
//!
//! [path-to-regexp 6.3](https://github.com/pillarjs/path-to-regexp/tree/v6.3.0)

mod error;
mod expression;
mod node;
mod program;
mod syntax;
mod token;

use std::borrow::Cow;

pub use self::error::PatternError;
use self::node::Case;
use self::program::Program;

/// A compiled pattern.
///
/// # Examples
///
/// ```
/// use authkit_gateway::matcher::{Match, Pattern, PatternError};
///
/// let admin = Pattern::compile("/admin/:path*")?;
/// assert_eq!(admin.matches("/admin/users"), Match::Matched);
/// assert_eq!(admin.matches("/administrator"), Match::Unmatched);
/// assert_eq!(admin.matches("/Admin"), Match::Unmatched);
/// assert_eq!(admin.matches_ignoring_case("/Admin"), Match::Matched);
/// # Ok::<(), PatternError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    exact: Program,
    /// For paths in lower case; none where it would be `exact` again.
    lowered: Option<Program>,
}

/// What became of matching one path.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Match {
    /// The pattern covers the path.
    Matched,
    /// The step limit came first: the caller takes whichever answer protects.
    TooCostly,
    /// The pattern does not cover the path.
    Unmatched,
}

impl Pattern {
    /// Compiles a pattern.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, where, and the cure.
    pub fn compile(text: &str) -> Result<Self, PatternError> {
        let node = syntax::parse(text)?;
        let exact = Program::of(&node, Case::Exact)?;
        let lowered = Program::of(&node, Case::Lowered)?;
        let lowered = (lowered != exact).then_some(lowered);
        Ok(Self {
            text: text.to_owned(),
            exact,
            lowered,
        })
    }

    /// Matches a path, case-sensitively.
    #[must_use]
    pub fn matches(&self, path: &str) -> Match {
        self.exact.run(path)
    }

    /// Matches a path with the letters A to Z of both taken as a to z.
    #[must_use]
    pub fn matches_ignoring_case(&self, path: &str) -> Match {
        let has_capitals = path.bytes().any(|byte| byte.is_ascii_uppercase());
        let path = if has_capitals {
            Cow::Owned(path.to_ascii_lowercase())
        } else {
            Cow::Borrowed(path)
        };
        self.lowered.as_ref().unwrap_or(&self.exact).run(&path)
    }

    /// Whether a path in lower case matches alike with and without regard to case.
    #[must_use]
    pub fn is_lower_case(&self) -> bool {
        self.lowered.is_none()
    }

    /// The text it was compiled from.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_cover_one_segment() {
        check("/users/:id", "/users/7", true);
        check("/users/:id", "/users/7/", true);
        check("/users/:id", "/users", false);
        check("/users/:id", "/users/7/edit", false);
    }

    #[test]
    fn stars_cover_whole_segments() {
        check("/app/:path*", "/app", true);
        check("/app/:path*", "/app/", true);
        check("/app/:path*", "/app/a/b", true);
        check("/app/:path*", "/app//a", false);
        check("/app/:path*", "/apple", false);
        check("/app/:path+", "/app", false);
    }

    #[test]
    fn literals_are_literals() {
        check("/file.json", "/file.json", true);
        check("/file.json", "/fileXjson", false);
        check(r"/a\+b", "/a+b", true);
        check(r"/a\+b", "/aab", false);
    }

    #[test]
    fn expressions_may_look_ahead() {
        let pages = r"/((?!api|_next/static|.*\.(?:svg|png)$).*)";
        check(pages, "/", true);
        check(pages, "/dashboard", true);
        check(pages, "/api/x", false);
        check(pages, "/_next/static/x.js", false);
        check(pages, "/deep/logo.png", false);
        check(pages, "/deep/logo.png/x", true);
    }

    #[test]
    fn expressions_follow_javascript() {
        check(r"/:id(\d{2,3})", "/12", true);
        check(r"/:id(\d{2,3})", "/1234", false);
        check(r"/([\w-.]+)", "/a-b.c", true);
        check(r"/((?!api\b).*)", "/api/x", false);
        check(r"/((?!api\b).*)", "/apis", true);
        check(r"/(a|bc|)", "/bc", true);
        check(r"/(a|bc|)", "/", true);
        check(r"/([^])", "/x", true);
        check(r"/([])", "/x", false);
        check(r"/(x{1,2}?)", "/xx", true);
        check(r"/(é+)", "/éé", true);
        check(r"/([aab\wa]+)", "/aab", true);
        check(r"/([\Da])", "/a", true);
        check(r"/([\D1]+)", "/é1", true);
        check(r"/([^\f\n\r\v]+)", "/fnrv", true);
        check(r"/(\f)", "/f", false);
        check(r"/(a\)b)", "/a)b", true);
        check(r"/(^a)", "/^a", false);
        check(r"/(a$)", "/a$", false);
    }

    #[test]
    fn only_ignoring_case_ignores_case() {
        for (text, path) in [
            ("/Admin", "/admin"),
            ("/admin", "/ADMIN"),
            ("/([A-F]+)", "/beef"),
            ("/([a-f]+)", "/BEEF"),
        ] {
            check(text, path, false);
            let pattern = Pattern::compile(text).expect("a fair pattern");
            assert_eq!(
                pattern.matches_ignoring_case(path),
                Match::Matched,
                "{text} {path}"
            );
        }
        let all_but = Pattern::compile("/([^A]+)").expect("a fair pattern");
        assert_eq!(all_but.matches_ignoring_case("/a"), Match::Unmatched);
        assert_eq!(all_but.matches("/a"), Match::Matched);
    }

    #[test]
    fn catastrophic_patterns_stop() {
        let pattern = Pattern::compile("/((?:a+)+)b").expect("a fair pattern");
        assert_eq!(
            pattern.matches(&format!("/{}", "a".repeat(64))),
            Match::TooCostly
        );
        let pattern = Pattern::compile("/:a-:b-:c(.*)").expect("a fair pattern");
        assert_ne!(
            pattern.matches(&format!("/{}/", "a-".repeat(8192))),
            Match::Unmatched
        );
    }

    #[test]
    fn faults_say_where_and_what_to_do() {
        let faults = [
            ("", "it is empty"),
            ("admin", "at character 1"),
            (":path*", "at character 1"),
            ("/admin/:", "at character 8"),
            ("/admin/(", "at character 8"),
            ("/admin/()", "at character 8: `()`"),
            ("/a(?:b)", "at character 4: an expression begins"),
            ("/a((b))", "at character 4: groups inside"),
            ("/([é])", "at character 4"),
            ("/a}", "at character 3"),
            ("/{a", "at character 4"),
            ("/*", "at character 2: `*`"),
            (r"/a\", "at character 3"),
            ("/:a:b", "at character 4"),
            ("/x:a*", "at character 3"),
            ("/((?:a*)*)", "at character 9"),
            (r"/((?<!a)b)", "at character 3"),
            (r"/(a\1)", "at character 4"),
            ("/([b-a])", "at character 5"),
            ("/(😀?)", "at character 4"),
            ("/(*)", "at character 3"),
            ("/((?:(?:a{999}){999}){999})", "too large"),
            ("/(a{1001})", "too large"),
            ("/(a{9999,})", "too large"),
        ];
        for (text, expected) in faults {
            let fault = Pattern::compile(text).expect_err(text).to_string();
            assert!(fault.contains(expected), "{text}: {fault}");
        }
    }

    #[test]
    fn a_parameter_ends_where_the_text_before_it_recurs() {
        check("/:a-x-:b-", "/1-x-2-", true);
        check(r"/:a(\d)-x-:b-", "/1-x-2-x-3-", false);
        check("/:a-x/y-:b/y-", "/1-x/y-2-x/y-", true);
    }

    #[test]
    fn long_runs_are_cheap() {
        for text in ["/(.*)", "/(a*)", "/(a+)", "/((?:a)*)", "/:name", "/([^b]*)"] {
            check(text, &format!("/{}", "a".repeat(32 * 1024)), true);
        }
    }

    #[test]
    fn programs_are_bounded() {
        check("/(a{1000})", &format!("/{}", "a".repeat(1000)), true);
        let large = |rest: usize| format!("/((?:(?:ab){{1000}}){{4}}(?:ab){{{rest}}})");
        assert!(Pattern::compile(&large(92)).is_ok());
        assert!(Pattern::compile(&large(93)).is_err());
    }

    #[test]
    fn expressions_nest_to_a_depth() {
        let nested = |depth: usize| format!("/({}a{})", "(?:".repeat(depth), ")".repeat(depth));
        check(&nested(24), "/a", true);
        let fault = Pattern::compile(&nested(25)).expect_err("too deep");
        assert!(fault.to_string().contains("too large"), "{fault}");
    }

    #[track_caller]
    fn check(text: &str, path: &str, expected: bool) {
        let expected = if expected {
            Match::Matched
        } else {
            Match::Unmatched
        };
        let pattern = Pattern::compile(text).expect("a fair pattern");
        assert_eq!(pattern.matches(path), expected, "{text} {path}");
    }
}
