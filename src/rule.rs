//! One line of `RULES`: who may ask for what, in WorkOS' words.
//!
//! `[METHOD|METHOD…] PATTERN [condition…]`
//!
//! 1. A rule wants somebody signed in who meets all of its conditions. It covers a request if any
//!    view of the path matches, in any case of letters; without a method it covers all.
//! 2. Of several rules that cover a request all must be met, in whatever order they stand: the
//!    strictest wins. So no line can open what another one closes.
//! 3. `public` is the exception for a method: what no other rule covers needs nobody, if every view
//!    of the path is on the allow-list or matches such a rule, in its very case.

use std::fmt;

use crate::matcher::{Pattern, PatternError};
use crate::token::Claims;

/// One rule.
#[derive(Clone, Debug)]
pub struct Rule {
    /// None: whatever the method is.
    methods: Vec<String>,
    /// The paths.
    pub pattern: Pattern,
    /// What it asks for; `None` is `public`.
    pub conditions: Option<Vec<Condition>>,
}

/// What a rule asks of a visitor.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    text: String,
    test: Test,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Test {
    /// One of the values is among the fact's, or the fact is there at all.
    Fact(Fact, Values),
    /// The user proved who they are at most so many seconds ago.
    MaxAge(u64),
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Fact {
    Entitlement,
    Flag,
    Organization,
    Permission,
    Role,
}

#[derive(Clone, Debug, Eq, PartialEq)]
enum Values {
    Any,
    OneOf(Vec<String>),
}

/// Why a line isn't a rule.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RuleError {
    /// A condition means nothing we know.
    Condition(String),
    /// A method is none that we know: a rule for it would never hold.
    Method(String),
    /// There is no path in it.
    NoPattern,
    /// The path isn't a pattern.
    Pattern(PatternError),
    /// `public` stands beside conditions.
    PublicAndMore,
}

impl fmt::Display for RuleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RuleError::Condition(word) => write!(
                f,
                "`{word}` is none of role:…, permission:…, org:…, entitlement:…, flag:…, \
                 max_age:15m and public"
            ),
            RuleError::Method(word) => write!(
                f,
                "`{word}` is neither a path, which begins with /, nor methods, like GET|POST"
            ),
            RuleError::NoPattern => f.write_str("it has no path"),
            RuleError::Pattern(error) => error.fmt(f),
            RuleError::PublicAndMore => f.write_str("`public` stands alone"),
        }
    }
}

/// Those of the [IANA's registry](https://www.iana.org/assignments/http-methods) that anything asks
/// with, and `PURGE`, `NOTIFY`, `SUBSCRIBE` and `UNSUBSCRIBE`, which the platform lets through, too.
const METHODS: &str = "ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY \
    MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT \
    SEARCH SUBSCRIBE TRACE UNBIND UNLINK UNLOCK UNSUBSCRIBE";

impl Rule {
    /// Reads a line.
    ///
    /// # Errors
    /// See [`RuleError`].
    pub fn parse(line: &str) -> Result<Rule, RuleError> {
        let mut words = line.split_ascii_whitespace().peekable();
        let methods = words.next_if(|word| !word.starts_with('/'));
        let methods: Vec<String> = methods
            .into_iter()
            .flat_map(|methods| methods.split('|'))
            .map(str::to_owned)
            .collect();
        let is_known = |method: &str| METHODS.split(' ').any(|known| known == method);
        if let Some(method) = methods.iter().find(|method| !is_known(method)) {
            return Err(RuleError::Method(method.clone()));
        }
        let pattern = words.next().ok_or(RuleError::NoPattern)?;
        let pattern = Pattern::compile(pattern).map_err(RuleError::Pattern)?;
        let words: Vec<&str> = words.collect();
        let conditions = match words.as_slice() {
            ["public"] => None,
            words if words.contains(&"public") => return Err(RuleError::PublicAndMore),
            words => Some(
                words
                    .iter()
                    .map(|word| Condition::parse(word))
                    .collect::<Result<_, _>>()?,
            ),
        };
        Ok(Rule {
            methods,
            pattern,
            conditions,
        })
    }

    /// Returns whether the rule is about requests with this method; HEAD asks for what GET does.
    pub fn is_about(&self, method: &str) -> bool {
        let is = |name: &String| name == method || (name == "GET" && method == "HEAD");
        self.methods.is_empty() || self.methods.iter().any(is)
    }
}

impl Condition {
    fn parse(word: &str) -> Result<Condition, RuleError> {
        let unknown = || RuleError::Condition(word.to_owned());
        let (name, value) = word.split_once(':').ok_or_else(unknown)?;
        let fact = match name {
            "entitlement" => Fact::Entitlement,
            "flag" => Fact::Flag,
            "org" => Fact::Organization,
            "permission" => Fact::Permission,
            "role" => Fact::Role,
            "max_age" => {
                let seconds = seconds(value).ok_or_else(unknown)?;
                return Ok(Condition {
                    text: word.to_owned(),
                    test: Test::MaxAge(seconds),
                });
            }
            _ => return Err(unknown()),
        };
        let values: Vec<String> = value.split('|').map(str::to_owned).collect();
        if values.iter().any(String::is_empty) {
            return Err(unknown());
        }
        let values = match value {
            "*" => Values::Any,
            _ => Values::OneOf(values),
        };
        Ok(Condition {
            text: word.to_owned(),
            test: Test::Fact(fact, values),
        })
    }

    /// Returns the condition as it stands in its rule.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the condition in words for people.
    pub fn description(&self) -> String {
        let (fact, values) = match &self.test {
            Test::MaxAge(_) => return "You must have signed in lately.".to_owned(),
            Test::Fact(fact, values) => (fact, values),
        };
        let name = match fact {
            Fact::Entitlement => "the entitlement",
            Fact::Flag => "the feature flag",
            Fact::Organization => "the organization",
            Fact::Permission => "the permission",
            Fact::Role => "the role",
        };
        match values {
            Values::Any if *fact == Fact::Organization => "You must be in an organization.".into(),
            Values::Any => format!("You need {name}, whichever it is."),
            Values::OneOf(values) => format!("You need {name} {}.", values.join(" or ")),
        }
    }

    /// Returns how many seconds ago the user may have signed in, where that is the condition.
    pub fn max_age(&self) -> Option<u64> {
        match &self.test {
            Test::MaxAge(seconds) => Some(*seconds),
            Test::Fact(..) => None,
        }
    }

    /// Returns the one organization the visitor must be in.
    pub fn organization(&self) -> Option<&str> {
        match &self.test {
            Test::Fact(Fact::Organization, Values::OneOf(ids)) => match ids.as_slice() {
                [id] => Some(id),
                _ => None,
            },
            Test::Fact(..) | Test::MaxAge(_) => None,
        }
    }

    /// Returns whether a visitor meets the condition at `now`, in seconds since 1970. Who doesn't
    /// say when they signed in did so too long ago.
    pub fn is_met(&self, claims: &Claims, now: u64) -> bool {
        let (fact, values) = match &self.test {
            Test::Fact(fact, values) => (fact, values),
            Test::MaxAge(seconds) => {
                let at = claims.authenticated_at;
                return at.is_some_and(|at| now.saturating_sub(at) <= *seconds);
            }
        };
        match fact {
            Fact::Entitlement => values.are_among(&claims.entitlements),
            Fact::Flag => values.are_among(&claims.feature_flags),
            Fact::Organization => values.are_among(claims.organization_id.as_slice()),
            Fact::Permission => values.are_among(&claims.permissions),
            Fact::Role => {
                values.are_among(claims.role.as_slice()) || values.are_among(&claims.roles)
            }
        }
    }
}

impl Values {
    fn are_among(&self, own: &[String]) -> bool {
        match self {
            Values::Any => !own.is_empty(),
            Values::OneOf(wanted) => own.iter().any(|value| wanted.contains(value)),
        }
    }
}

/// Reads `90`, `90s`, `15m`, `8h` or `1d`.
fn seconds(text: &str) -> Option<u64> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_lowercase());
    let unit = match text.strip_prefix(digits)? {
        "" | "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    digits.parse::<u64>().ok()?.checked_mul(unit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outside::UnixTime;

    const NOW: u64 = 1_800_000_000;

    fn claims() -> Claims {
        Claims {
            user_id: "user_1".into(),
            session_id: "session_1".into(),
            expires_at: UnixTime(NOW),
            issued_at: None,
            authenticated_at: NOW.checked_sub(600),
            organization_id: Some("org_1".into()),
            role: Some("admin".into()),
            roles: vec!["admin".into(), "auditor".into()],
            permissions: vec!["items:delete".into()],
            entitlements: vec!["billing".into()],
            feature_flags: Vec::new(),
            impersonator: None,
        }
    }

    fn condition(text: &str) -> Condition {
        let rule = Rule::parse(&format!("/x {text}")).expect(text);
        rule.conditions
            .and_then(|all| all.into_iter().next())
            .expect(text)
    }

    #[test]
    fn conditions_are_about_verified_claims() {
        let rows = [
            ("role:admin", true),
            ("role:auditor", true),
            ("role:owner|auditor", true),
            ("role:owner", false),
            ("role:Admin", false),
            ("role:*", true),
            ("permission:items:delete", true),
            ("permission:items", false),
            ("org:*", true),
            ("org:org_1", true),
            ("org:org_2", false),
            ("entitlement:billing", true),
            ("flag:*", false),
            ("flag:beta", false),
            ("max_age:10m", true),
            ("max_age:599", false),
            ("max_age:1h", true),
            ("max_age:0", false),
        ];
        for (text, met) in rows {
            assert_eq!(condition(text).is_met(&claims(), NOW), met, "{text}");
        }
        let never = Claims {
            authenticated_at: None,
            ..claims()
        };
        assert!(
            !condition("max_age:1d").is_met(&never, NOW),
            "nobody knows when"
        );
    }

    #[test]
    fn a_rule_is_about_its_methods() {
        let rows = [
            ("/x role:a", "DELETE", true),
            ("GET /x role:a", "GET", true),
            ("GET /x role:a", "HEAD", true),
            ("GET /x role:a", "POST", false),
            ("POST|PUT /x role:a", "PUT", true),
            ("POST /x", "post", false),
            ("M-SEARCH /x", "M-SEARCH", true),
        ];
        for (line, method, about) in rows {
            let rule = Rule::parse(line).expect(line);
            assert_eq!(rule.is_about(method), about, "{line} {method}");
        }
    }

    #[test]
    fn what_is_no_rule_says_why() {
        let unknown = |word: &str| RuleError::Condition(word.to_owned());
        let rows = [
            ("", RuleError::NoPattern),
            ("GET", RuleError::NoPattern),
            ("get /x", RuleError::Method("get".into())),
            ("DELTE /x", RuleError::Method("DELTE".into())),
            ("GET,POST /x", RuleError::Method("GET,POST".into())),
            ("GET| /x", RuleError::Method(String::new())),
            ("/x public role:a", RuleError::PublicAndMore),
            ("/x role:a public", RuleError::PublicAndMore),
            ("/x role", unknown("role")),
            ("/x role:", unknown("role:")),
            ("/x role:a|", unknown("role:a|")),
            ("/x roles:a", unknown("roles:a")),
            ("/x max_age:soon", unknown("max_age:soon")),
            ("/x max_age:5w", unknown("max_age:5w")),
            ("/x max_age:-1", unknown("max_age:-1")),
            ("/x Public", unknown("Public")),
            ("/x /y", unknown("/y")),
        ];
        for (line, error) in rows {
            assert_eq!(Rule::parse(line).err(), Some(error), "{line}");
        }
        assert!(matches!(
            Rule::parse("/x/( role:a"),
            Err(RuleError::Pattern(_))
        ));
    }

    #[test]
    fn a_fault_names_the_word_and_the_cure() {
        let rows = [
            ("/x roles:a", "`roles:a` is none of role:"),
            (
                "get /x",
                "`get` is neither a path, which begins with /, nor methods",
            ),
            ("GET", "it has no path"),
            ("/x/( role:a", "at character 4"),
            ("/x public role:a", "`public` stands alone"),
        ];
        for (line, expected) in rows {
            let fault = Rule::parse(line).expect_err(line).to_string();
            assert!(fault.contains(expected), "{line}: {fault}");
        }
    }

    #[test]
    fn a_rule_without_conditions_wants_somebody() {
        let rule = Rule::parse("/x").expect("a rule");
        assert_eq!(rule.conditions, Some(Vec::new()));
        assert_eq!(
            Rule::parse("POST /x public").expect("a rule").conditions,
            None
        );
    }
}
