//! A browser: it keeps cookies and goes where it is sent.

use std::collections::BTreeMap;

use authkit_gateway::decision::Outcome;

use super::request::Ask;
use super::script::Person;
use super::seen::Seen;
use super::site::{SESSION, Site};

#[derive(Clone, Debug, Default)]
pub(crate) struct Browser {
    jar: BTreeMap<String, String>,
}

impl Browser {
    /// Returns a browser in which `person` has signed in.
    pub(crate) fn signed_in(site: &Site, person: Person) -> Browser {
        let mut browser = Browser::default();
        let landed = browser.sign_in(site, "/login", person);
        assert_eq!(landed.note.reason, "signed_in", "{}", landed.verdict());
        browser
    }

    /// Goes to `path`, is sent to AuthKit, signs in there; returns how the callback ends.
    pub(crate) fn sign_in(&mut self, site: &Site, path: &str, person: Person) -> Outcome {
        let sent = self.go(site, path);
        let callback = site.world.workos.sign_in(sent.location(), person);
        self.go(site, &callback)
    }

    /// A person goes to a page.
    pub(crate) fn go(&mut self, site: &Site, target: &str) -> Outcome {
        self.send(site, &Ask::navigation(target))
    }

    /// Sends a request with the browser's cookies, and keeps what it is given.
    pub(crate) fn send(&mut self, site: &Site, ask: &Ask) -> Outcome {
        let outcome = site.decide(&self.dress(ask));
        self.keep(&outcome);
        outcome
    }

    /// Returns the request with the browser's cookies.
    pub(crate) fn dress(&self, ask: &Ask) -> Ask {
        match self.field() {
            Some(field) => ask.clone().with("cookie", &field),
            None => ask.clone(),
        }
    }

    /// Applies every `Set-Cookie`.
    pub(crate) fn keep(&mut self, outcome: &Outcome) {
        for cookie in outcome.cookies() {
            let text = cookie.as_str();
            let (name, rest) = text.split_once('=').expect("a cookie has a name");
            let value = rest.split(';').next().unwrap_or_default();
            if text.contains("; Max-Age=0;") {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    pub(crate) fn cookie(&self, name: &str) -> Option<&str> {
        self.jar.get(name).map(String::as_str)
    }

    pub(crate) fn session(&self) -> &str {
        self.cookie(SESSION).expect("a session")
    }

    pub(crate) fn plant(&mut self, name: &str, value: &str) {
        self.jar.insert(name.to_owned(), value.to_owned());
    }

    /// Drops a cookie, as browsers do without a word.
    pub(crate) fn forget(&mut self, name: &str) {
        self.jar.remove(name);
    }

    /// Returns the names of the cookies that begin so.
    pub(crate) fn names(&self, prefix: &str) -> Vec<&str> {
        let names = self.jar.keys().map(String::as_str);
        names.filter(|name| name.starts_with(prefix)).collect()
    }

    /// Returns the names of the sign-ins under way.
    pub(crate) fn flows(&self) -> Vec<&str> {
        let names = self.jar.keys().map(String::as_str);
        names
            .filter(|name| name.contains("authkit-flow-"))
            .collect()
    }

    fn field(&self) -> Option<String> {
        let pairs: Vec<String> = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}
