//! A table of variables as the gateway's environment.

use std::collections::BTreeMap;

use authkit_gateway::config::{Config, Environment};

use super::token::CLIENT_ID;

pub(crate) const API_KEY: &str = "sk_test_CANARY4u8QwApiKey";
pub(crate) const PASSWORD: &str = "kX3mQ9vZ7bT1nR5wL8cJ2hF6yD4gS0aP";
pub(crate) const OTHER_PASSWORD: &str = "Pq7Lw2Zx9Vb4Nm1Kj6Hg3Fd8Sa5Tr0Yu";

#[derive(Clone)]
pub(crate) struct Variables {
    table: BTreeMap<String, String>,
    bindings: Vec<String>,
}

impl Variables {
    /// Returns the least that makes a gateway.
    pub(crate) fn new() -> Variables {
        Variables {
            table: BTreeMap::new(),
            bindings: Vec::new(),
        }
        .with(&[
            ("WORKOS_CLIENT_ID", CLIENT_ID),
            ("WORKOS_API_KEY", API_KEY),
            ("WORKOS_COOKIE_PASSWORD", PASSWORD),
            ("WORKOS_REDIRECT_URI", "https://app.example.com/callback"),
        ])
    }

    /// Returns the same with further or other variables; an empty one isn't set.
    pub(crate) fn with(mut self, rows: &[(&str, &str)]) -> Variables {
        for (name, value) in rows {
            self.table.insert((*name).to_owned(), (*value).to_owned());
        }
        self
    }

    pub(crate) fn with_binding(mut self, name: &str) -> Variables {
        self.bindings.push(name.to_owned());
        self
    }

    pub(crate) fn config(&self) -> Config {
        match Config::read(self) {
            Ok(config) => config,
            Err(faults) => panic!("{faults:?}"),
        }
    }

    /// Returns what is wrong with them, a line each.
    pub(crate) fn faults(&self) -> Vec<String> {
        let faults = Config::read(self).err().unwrap_or_default();
        faults.iter().map(ToString::to_string).collect()
    }
}

impl Environment for Variables {
    fn variable(&self, name: &str) -> Option<String> {
        self.table.get(name).cloned()
    }

    fn has_binding(&self, name: &str) -> bool {
        self.bindings.iter().any(|binding| binding == name)
    }
}
