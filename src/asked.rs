//! A request, on the host it came to, under the settings: what every route decides upon.

use std::borrow::Cow;

use crate::config::Config;
use crate::hosts::Home;
use crate::request::RequestHead;
use crate::return_path::ReturnPath;

/// A request and what is known of it before anything is decided.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// The settings.
    pub(crate) config: &'a Config,
    /// The host the request came to.
    pub(crate) home: &'a Home<'a>,
    /// The request.
    pub(crate) head: &'a RequestHead<'a>,
}

impl<'a> Asked<'a> {
    /// Returns the request's `Cookie` field.
    pub(crate) fn cookies(&self) -> Cow<'a, str> {
        self.head.field("cookie").unwrap_or_default()
    }

    /// Returns the URL of one of our sign-in pages, `path`, that leads back to `return_to`.
    pub(crate) fn sign_in_url(&self, path: &str, return_to: &ReturnPath) -> String {
        self.home.url(&with_return_path(path, return_to))
    }
}

/// Returns a sign-in path that leads back to `return_to`.
pub(crate) fn with_return_path(path: &str, return_to: &ReturnPath) -> String {
    if *return_to == ReturnPath::root() {
        return path.to_owned();
    }
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    format!(
        "{path}?{}",
        query.append_pair("return_to", return_to.as_str()).finish()
    )
}
