//! Settings and heads to try things on.

use std::borrow::Cow;

use authkit_gateway::config::{Config, Environment, Fault};
use authkit_gateway::request::{Fields, RequestHead};
use url::Url;

pub const API_KEY: &str = "sk_test_CANARYapiKey4u8Qw";
pub const CLIENT_ID: &str = "client_01FUZZ";
pub const HOST: &str = "app.example.com";
pub const PASSWORD: &str = "kX3mQ9vZ7bT1nR5wL8cJ2hF6yD4gS0aP";
pub const SESSION: &str = "wos-session";
pub const SITE: &str = "https://app.example.com";

const REQUIRED: [(&str, &str); 4] = [
    ("WORKOS_CLIENT_ID", CLIENT_ID),
    ("WORKOS_API_KEY", API_KEY),
    ("WORKOS_COOKIE_PASSWORD", PASSWORD),
    ("WORKOS_REDIRECT_URI", "https://app.example.com/callback"),
];

/// Variables that come before the required ones.
struct Variables<'a>(&'a [(&'a str, &'a str)]);

impl Environment for Variables<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let mut rows = self.0.iter().chain(&REQUIRED);
        rows.find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    }

    fn has_binding(&self, _: &str) -> bool {
        false
    }
}

/// Reads settings; variables that are given come before the required ones.
pub fn read(variables: &[(&str, &str)]) -> Result<Config, Vec<Fault>> {
    Config::read(&Variables(variables))
}

/// Returns good settings.
pub fn config(variables: &[(&str, &str)]) -> Config {
    read(variables).expect("good settings")
}

/// The lines of a header.
#[derive(Clone, Debug, Default)]
pub struct Lines(pub Vec<(String, String)>);

impl Lines {
    /// Reads lines of `name: value`, as far as a header may carry them.
    pub fn read<'a>(lines: impl Iterator<Item = &'a str>) -> Lines {
        let lines = lines.filter_map(|line| line.split_once(':'));
        let lines = lines.map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()));
        Lines(lines.filter(|(name, _)| !name.is_empty()).collect())
    }

    /// Returns the names, as they stand.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

impl Fields for Lines {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let lines = self.0.iter().filter(|(own, _)| own == name);
        let values: Vec<&str> = lines.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", ").into())
    }
}

/// Returns the head of a GET.
pub fn head<'a>(url: &'a Url, fields: &'a dyn Fields) -> RequestHead<'a> {
    RequestHead {
        method: "GET",
        url,
        raw_path: url.path(),
        fields,
        id: "0123456789abcdef",
        wants_data: false,
    }
}

/// Returns a name as an origin may read it after CGI had it.
pub fn plain(name: &str) -> String {
    let letter = |letter: char| match letter {
        '_' | '.' | ' ' => '-',
        other => other.to_ascii_lowercase(),
    };
    name.chars().map(letter).collect()
}
