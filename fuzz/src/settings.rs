//! Settings: any values are read or refused, and nothing that is said of them tells a secret.

use super::site::{API_KEY, PASSWORD, read};

/// The input is lines of `NAME=value`; `\n` in a value is a new line.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let values: Vec<(&str, String)> = text
        .lines()
        .take(24)
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name, value.replace("\\n", "\n")))
        .collect();
    let rows: Vec<(&str, &str)> = values
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    let is_told = |told: &str| {
        [API_KEY, PASSWORD]
            .iter()
            .any(|secret| told.contains(secret))
    };
    if is_told(text) {
        return;
    }
    match read(&rows) {
        Ok(config) => {
            assert!(!is_told(&format!("{config:?}")));
            assert!(config.hosts.callback_path().starts_with('/'));
            assert!(!config.token_rules.issuers.is_empty());
            assert!(config.api.base.path() == "/" && config.api.base.has_host());
        }
        Err(faults) => {
            assert!(!faults.is_empty());
            for fault in faults {
                let told = fault.to_string();
                assert!(told.starts_with(fault.variable), "{told:?}");
                assert!(!is_told(&told));
            }
        }
    }
}
