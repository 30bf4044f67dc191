//! Outcomes as somebody outside sees them.

use std::collections::HashMap;

use url::Url;

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::decision::{Body, Decision, Outcome};

/// What can be seen of an outcome.
pub(crate) trait Seen {
    /// What was done, in a few words: `200`, `302 to AuthKit`, `303 to https://…`,
    /// `forwarded as true`.
    fn verdict(&self) -> String;
    /// Where a redirect leads.
    fn location(&self) -> &str;
    /// The query of where a redirect leads.
    fn query(&self) -> HashMap<String, String>;
    /// The cookies that are set or removed.
    fn cookies(&self) -> &[SetCookie];
    /// The value a cookie is set to; of a removal, the empty text.
    fn cookie(&self, name: &str) -> Option<&str>;
    /// The text of a page or of data.
    fn body(&self) -> &str;
    /// A field for the origin, or of an answer.
    fn field(&self, name: &str) -> Option<&str>;
}

impl Seen for Outcome {
    fn verdict(&self) -> String {
        match &self.decision {
            Decision::Answer(answer) => answer.status.to_string(),
            Decision::Forward(_) => {
                let said = self.field("x-authkit-authenticated");
                said.map_or("forwarded".to_owned(), |said| {
                    format!("forwarded as {said}")
                })
            }
            Decision::Redirect(redirect) => {
                let authkit = "https://api.workos.com/user_management/authorize?";
                let to = match redirect.location.starts_with(authkit) {
                    true => "AuthKit",
                    false => &redirect.location,
                };
                format!("{} to {to}", redirect.status.code())
            }
        }
    }

    fn location(&self) -> &str {
        match &self.decision {
            Decision::Redirect(redirect) => &redirect.location,
            Decision::Answer(_) | Decision::Forward(_) => panic!("{}", self.verdict()),
        }
    }

    fn query(&self) -> HashMap<String, String> {
        let url = Url::parse(self.location()).expect("an absolute URL");
        let pairs: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        let query: HashMap<String, String> = pairs.iter().cloned().collect();
        assert_eq!(pairs.len(), query.len(), "a parameter stands twice: {url}");
        query
    }

    fn cookies(&self) -> &[SetCookie] {
        match &self.decision {
            Decision::Answer(answer) => &answer.cookies,
            Decision::Forward(forward) => &forward.cookies,
            Decision::Redirect(redirect) => &redirect.cookies,
        }
    }

    fn cookie(&self, name: &str) -> Option<&str> {
        let found = self.cookies().iter().find(|cookie| cookie.name() == name)?;
        found
            .as_str()
            .split(';')
            .next()?
            .split_once('=')
            .map(|(_, value)| value)
    }

    fn body(&self) -> &str {
        match &self.decision {
            Decision::Answer(answer) => match &answer.body {
                Body::Empty => "",
                Body::Html(text) | Body::Json(text) | Body::Script(text) => text,
            },
            Decision::Forward(_) | Decision::Redirect(_) => "",
        }
    }

    fn field(&self, name: &str) -> Option<&str> {
        let field = match &self.decision {
            Decision::Answer(answer) => {
                let found = answer.fields.iter().find(|(own, _)| *own == name);
                found.map(|(_, value)| value)
            }
            Decision::Forward(forward) => {
                let found = forward.fields.iter().find(|(own, _)| own == name);
                found.map(|(_, value)| value)
            }
            Decision::Redirect(_) => None,
        };
        field.map(String::as_str)
    }
}
