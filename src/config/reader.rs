//! Reads variables one by one and remembers every fault, so that all are reported at once.

use url::Url;

use super::fault::{Fault, Problem};
use super::list;
use crate::matcher::Pattern;
use crate::rule::Rule;

/// Where variables come from.
pub trait Environment {
    /// Returns a variable's text; one that isn't text (a TOML array, number or boolean) as JSON.
    fn variable(&self, name: &str) -> Option<String>;

    /// Returns whether a binding, to a service or to assets, has this name.
    fn has_binding(&self, name: &str) -> bool;
}

/// Reads variables, collecting faults.
pub(super) struct Reader<'a> {
    environment: &'a dyn Environment,
    pub(super) faults: Vec<Fault>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(environment: &'a dyn Environment) -> Reader<'a> {
        Reader {
            environment,
            faults: Vec::new(),
        }
    }

    pub(super) fn fault(&mut self, variable: &'static str, problem: Problem) {
        self.faults.push(Fault { variable, problem });
    }

    /// Returns a variable's text; one that is empty isn't set.
    pub(super) fn optional(&self, name: &str) -> Option<String> {
        let text = self.environment.variable(name)?;
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    }

    pub(super) fn required(&mut self, name: &'static str, cure: &'static str) -> Option<String> {
        let text = self.optional(name);
        if text.is_none() {
            self.fault(name, Problem::Missing(cure));
        }
        text
    }

    /// Returns a variable that has two spellings.
    pub(super) fn aliased(&mut self, name: &'static str, alias: &'static str) -> Option<String> {
        let (text, other) = (self.optional(name), self.optional(alias));
        if text.is_some() && other.is_some() && text != other {
            self.fault(name, Problem::Conflicts { with: alias });
        }
        text.or(other)
    }

    /// Returns what `parse` makes of a variable, or `default` where it isn't set or is faulty.
    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        default: T,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> T {
        let Some(text) = self.optional(name) else {
            return default;
        };
        parse(&text).unwrap_or_else(|| {
            self.fault(name, Problem::Expected(expected));
            default
        })
    }

    pub(super) fn boolean(&mut self, name: &'static str, default: bool) -> bool {
        self.parsed(name, default, "true or false", |text| {
            match text.to_ascii_lowercase().as_str() {
                "true" => Some(true),
                "false" => Some(false),
                _ => None,
            }
        })
    }

    pub(super) fn patterns(&mut self, name: &'static str) -> Vec<Pattern> {
        let mut patterns = Vec::new();
        for text in self.list(name) {
            match Pattern::compile(&text) {
                Ok(pattern) => patterns.push(pattern),
                Err(error) => {
                    let pattern = text;
                    self.fault(name, Problem::Pattern { pattern, error });
                }
            }
        }
        patterns
    }

    pub(super) fn rules(&mut self, name: &'static str) -> Vec<Rule> {
        let mut rules = Vec::new();
        for line in self.list(name) {
            match Rule::parse(&line) {
                Ok(rule) => rules.push(rule),
                Err(error) => self.fault(name, Problem::Rule { line, error }),
            }
        }
        rules
    }

    /// Returns the entries of a list.
    pub(super) fn list(&mut self, name: &'static str) -> Vec<String> {
        let Some(text) = self.optional(name) else {
            return Vec::new();
        };
        list::parse(&text).unwrap_or_else(|| {
            self.fault(
                name,
                Problem::Expected("a list of texts: [\"/a\", \"/b\"] or /a, /b"),
            );
            Vec::new()
        })
    }

    /// Returns the entries of a list, each as `parse` reads it.
    pub(super) fn parsed_list<T>(
        &mut self,
        name: &'static str,
        expected: &'static str,
        parse: impl Fn(&str) -> Option<T>,
    ) -> Vec<T> {
        let entries = self.list(name);
        let parsed: Option<Vec<T>> = entries.iter().map(|text| parse(text)).collect();
        parsed.unwrap_or_else(|| {
            self.fault(name, Problem::Expected(expected));
            Vec::new()
        })
    }

    pub(super) fn has_binding(&self, name: &str) -> bool {
        self.environment.has_binding(name)
    }
}

/// Returns an absolute http or https URL.
pub(super) fn web_url(text: &str) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none();
    plain.then_some(url)
}
