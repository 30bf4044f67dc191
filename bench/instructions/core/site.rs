//! A site, a request, and a world that costs nothing: every count is the core's alone.

use std::borrow::Cow;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use url::Url;

use authkit_gateway::config::{Config, Environment};
use authkit_gateway::jwk::RsaKey;
use authkit_gateway::outside::{Outside, RandomnessFailed, SendFailed, UnixTime, VerifierFailed};
use authkit_gateway::request::{Fields, RequestHead};
use authkit_gateway::workos::{ApiRequest, ApiResponse, RequestBody, ResponseBody};

use crate::tokens;

pub(crate) const CLIENT_ID: &str = "client_01COUNTED";
pub(crate) const HOST: &str = "app.example.com";
pub(crate) const NOW: UnixTime = UnixTime(1_800_000_000);
pub(crate) const SITE: &str = "https://app.example.com";

const REQUIRED: [(&str, &str); 5] = [
    ("ORIGIN", "https://origin.example.com"),
    ("WORKOS_API_KEY", "sk_test_counted"),
    ("WORKOS_CLIENT_ID", CLIENT_ID),
    ("WORKOS_COOKIE_PASSWORD", "kX3mQ9vZ7bT1nR5wL8cJ2hF6yD4gS0aP"),
    ("WORKOS_REDIRECT_URI", "https://app.example.com/callback"),
];

struct Variables<'a>(&'a [(&'a str, &'a str)]);

impl Environment for Variables<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let mut rows = self.0.iter().chain(&REQUIRED);
        let (_, value) = rows.find(|(key, _)| *key == name)?;
        Some((*value).to_owned())
    }

    fn has_binding(&self, _: &str) -> bool {
        false
    }
}

/// Returns the settings of a site whose origin is elsewhere, with these variables besides.
pub(crate) fn config(variables: &[(&str, &str)]) -> Config {
    Config::read(&Variables(variables)).expect("good settings")
}

/// The lines of a header.
pub(crate) struct Lines(pub(crate) Vec<(&'static str, String)>);

impl Lines {
    /// Returns the header of a browser that goes to a page, with this `Cookie` field.
    pub(crate) fn of_browser(cookie: String) -> Lines {
        let lines = [
            ("accept", "text/html,application/xhtml+xml,*/*;q=0.8"),
            ("accept-encoding", "gzip, deflate, br, zstd"),
            ("accept-language", "en-GB,en;q=0.7,de;q=0.3"),
            ("cf-connecting-ip", "203.0.113.7"),
            ("cf-ray", "8c1b2d3e4f5a6b7c-FRA"),
            ("connection", "keep-alive"),
            ("host", HOST),
            ("sec-fetch-dest", "document"),
            ("sec-fetch-mode", "navigate"),
            ("sec-fetch-site", "same-origin"),
            ("upgrade-insecure-requests", "1"),
            (
                "user-agent",
                "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            ),
            ("x-forwarded-for", "203.0.113.7"),
            ("x-forwarded-proto", "https"),
        ];
        let mut lines: Vec<_> = lines.map(|(name, value)| (name, value.to_owned())).into();
        lines.push(("cookie", cookie));
        Lines(lines)
    }

    /// Returns the names, as the shell has them.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| *name)
    }
}

impl Fields for Lines {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let (_, value) = self.0.iter().find(|(own, _)| *own == name)?;
        Some(value.into())
    }
}

/// Returns the URL of a path on the site.
pub(crate) fn url(path: &str) -> Url {
    Url::parse(&format!("{SITE}{path}")).expect("a URL")
}

/// Returns the head of a GET.
pub(crate) fn head<'a>(url: &'a Url, fields: &'a Lines) -> RequestHead<'a> {
    RequestHead {
        method: "GET",
        url,
        raw_path: url.path(),
        fields,
        id: "0123456789abcdef",
        wants_data: false,
    }
}

/// A world in which time stands, every signature is good, and WorkOS has its keys and nothing else.
pub(crate) struct Still;

impl Outside for Still {
    fn clock(&self) -> Duration {
        Duration::from_secs(NOW.0)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        bytes.fill(7);
        Ok(())
    }

    async fn verify_rs256(&self, _: &RsaKey, _: &[u8], _: &[u8]) -> Result<bool, VerifierFailed> {
        Ok(true)
    }

    async fn send(&self, request: ApiRequest, _: Duration) -> Result<ApiResponse, SendFailed> {
        match request {
            ApiRequest::Get { .. } => Ok(ApiResponse {
                status: 200,
                retry_after: None,
                body: ResponseBody::new(tokens::key_set()),
            }),
            ApiRequest::Post { .. } => Err(SendFailed::Network),
        }
    }

    async fn coordinate(
        &self,
        _: &str,
        _: RequestBody,
        _: Duration,
    ) -> Result<ApiResponse, SendFailed> {
        Err(SendFailed::Network)
    }

    async fn recall(&self, _: &str) -> Option<String> {
        None
    }

    fn remember(&self, _: &str, _: String, _: Duration) {}

    async fn sleep(&self, _: Duration) {}
}

/// Runs a future to its end; in a still world none waits.
pub(crate) fn run<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("this world answers at once"),
    }
}
