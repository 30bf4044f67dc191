//! What the tests of single modules stand on: a world in which nobody answers, a request, settings.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::json;
use url::Url;

use crate::config::{Config, Environment};
use crate::jwk::RsaKey;
use crate::outside::{Outside, RandomnessFailed, SendFailed, UnixTime, VerifierFailed};
use crate::request::{Fields, RequestHead};
use crate::session::Session;
use crate::token::Claims;
use crate::visitor::SignedIn;
use crate::workos::{ApiRequest, ApiResponse, RequestBody};

/// A world in which the clock stands still and nobody answers.
#[derive(Default)]
pub(crate) struct Scripted {
    counter: Cell<u64>,
    /// What is told of the next signatures; then none can be checked.
    pub(crate) signatures: RefCell<VecDeque<Result<bool, VerifierFailed>>>,
}

/// Returns what a future comes to that has nothing to wait for.
pub(crate) fn at_once<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("nothing in a scripted world takes time"),
    }
}

impl Outside for Scripted {
    fn clock(&self) -> Duration {
        Duration::from_secs(1_700_000_000)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        for byte in bytes {
            let next = self
                .counter
                .get()
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            self.counter.set(next);
            *byte = next.to_be_bytes()[3];
        }
        Ok(())
    }

    async fn verify_rs256(&self, _: &RsaKey, _: &[u8], _: &[u8]) -> Result<bool, VerifierFailed> {
        let told = self.signatures.borrow_mut().pop_front();
        told.unwrap_or(Err(VerifierFailed))
    }

    async fn send(&self, _: ApiRequest, _: Duration) -> Result<ApiResponse, SendFailed> {
        Err(SendFailed::Network)
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

/// Returns a visitor who is signed in as this user, in this session, until then.
pub(crate) fn signed_in(user_id: &str, session_id: &str, expires_at: u64) -> SignedIn {
    let claims = json!({ "iss": "https://api.workos.com", "sub": user_id, "sid": session_id,
                         "exp": expires_at });
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let session = json!({ "accessToken": format!("e30.{claims}.AAAA"), "refreshToken": "rt",
                          "user": { "id": user_id } });
    let session = Session::parse(session.to_string().as_bytes()).expect("a session");
    let claims = Claims {
        user_id: user_id.to_owned(),
        session_id: session_id.to_owned(),
        expires_at: UnixTime(expires_at),
        issued_at: None,
        authenticated_at: None,
        organization_id: None,
        role: None,
        roles: Vec::new(),
        permissions: Vec::new(),
        entitlements: Vec::new(),
        feature_flags: Vec::new(),
        impersonator: None,
    };
    SignedIn::new(session, claims, None)
}

/// The header of a message.
pub(crate) struct Header<'a>(pub(crate) &'a [(&'a str, &'a str)]);

impl Fields for Header<'_> {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        let mut lines = self.0.iter().filter(|(key, _)| *key == name);
        lines.next().map(|(_, value)| (*value).into())
    }
}

/// Returns a GET of `url`.
pub(crate) fn head<'a>(url: &str, fields: &'a dyn Fields) -> RequestHead<'a> {
    let url = Box::leak(Box::new(Url::parse(url).expect("a URL")));
    RequestHead {
        method: "GET",
        raw_path: url.path(),
        url,
        fields,
        id: "0123456789abcdef",
        wants_data: false,
    }
}

struct Variables<'a>(&'a [(&'a str, &'a str)]);

impl Environment for Variables<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        const REQUIRED: [(&str, &str); 4] = [
            ("WORKOS_CLIENT_ID", "client_1"),
            ("WORKOS_API_KEY", "sk_test_1"),
            ("WORKOS_COOKIE_PASSWORD", "k9Zq2mVx7Lw4Tn8Rb3Yc6Hd1Jf5Gs0Pa"),
            ("WORKOS_REDIRECT_URI", "https://app.example.com/callback"),
        ];
        let mut all = self.0.iter().chain(&REQUIRED);
        all.find(|(key, _)| *key == name)
            .map(|(_, value)| (*value).to_owned())
    }

    fn has_binding(&self, _: &str) -> bool {
        false
    }
}

/// Returns settings for `https://app.example.com` with these variables besides the required ones.
pub(crate) fn config(variables: &[(&str, &str)]) -> Config {
    Config::read(&Variables(variables)).expect("good settings")
}
