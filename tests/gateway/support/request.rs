//! Requests as browsers and programs make them.

use std::borrow::Cow;

use url::Url;

use authkit_gateway::request::{Fields, RequestHead};

pub(crate) const SITE: &str = "https://app.example.com";

/// A request about to be made.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) method: String,
    pub(crate) url: Url,
    raw_path: String,
    fields: Lines,
}

#[derive(Clone, Debug, Default)]
struct Lines(Vec<(String, String)>);

impl Fields for Lines {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let lines = self
            .0
            .iter()
            .filter(|(own, _)| own.eq_ignore_ascii_case(name));
        let values: Vec<&str> = lines.map(|(_, value)| value.as_str()).collect();
        (!values.is_empty()).then(|| values.join(", ").into())
    }
}

impl Ask {
    /// A request that says nothing of itself; `target` is a path on the site, or an absolute URL.
    pub(crate) fn bare(target: &str) -> Ask {
        let text = match target.starts_with('/') {
            true => format!("{SITE}{target}"),
            false => target.to_owned(),
        };
        let after_scheme = text.split_once("://").map_or("", |(_, rest)| rest);
        let path = after_scheme
            .find('/')
            .map_or("/", |start| after_scheme.split_at(start).1);
        Ask {
            method: "GET".to_owned(),
            url: Url::parse(&text).expect("an absolute URL"),
            raw_path: path.split(['?', '#']).next().unwrap_or_default().to_owned(),
            fields: Lines::default(),
        }
    }

    /// A person goes to a page.
    pub(crate) fn navigation(target: &str) -> Ask {
        Ask::bare(target)
            .with("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
            .with("sec-fetch-mode", "navigate")
            .with("sec-fetch-dest", "document")
            .with("sec-fetch-site", "none")
    }

    /// A script on a page fetches something.
    pub(crate) fn script(target: &str) -> Ask {
        Ask::bare(target)
            .with("accept", "*/*")
            .with("sec-fetch-mode", "cors")
            .with("sec-fetch-dest", "empty")
            .with("sec-fetch-site", "same-origin")
    }

    /// A browser loads a page that nobody may ever look at.
    pub(crate) fn prefetch(target: &str) -> Ask {
        Ask::navigation(target).with("sec-purpose", "prefetch;prerender")
    }

    /// A person sends a form of the site's own page.
    pub(crate) fn form(target: &str) -> Ask {
        Ask::navigation(target)
            .method("POST")
            .with("sec-fetch-site", "same-origin")
            .with("origin", SITE)
    }

    pub(crate) fn method(mut self, method: &str) -> Ask {
        method.clone_into(&mut self.method);
        self
    }

    /// Sets a field, replacing what it had.
    pub(crate) fn with(self, name: &str, value: &str) -> Ask {
        let mut ask = self.without(name);
        ask.fields.0.push((name.to_owned(), value.to_owned()));
        ask
    }

    pub(crate) fn without(mut self, name: &str) -> Ask {
        self.fields.0.retain(|(own, _)| own != name);
        self
    }

    /// Returns the header as it goes over the wire.
    pub(crate) fn lines(&self) -> &[(String, String)] {
        &self.fields.0
    }

    pub(crate) fn head(&self) -> RequestHead<'_> {
        RequestHead {
            method: &self.method,
            url: &self.url,
            raw_path: &self.raw_path,
            fields: &self.fields,
            id: "0123456789abcdef",
            wants_data: false,
        }
    }
}
