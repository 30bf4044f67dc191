//! A world in which WorkOS answers what the input says, and nothing takes longer than it must.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::pin::pin;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use authkit_gateway::jwk::RsaKey;
use authkit_gateway::outside::{Outside, RandomnessFailed, SendFailed, UnixTime, VerifierFailed};
use authkit_gateway::workos::{ApiRequest, ApiResponse, RequestBody, ResponseBody};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::site::CLIENT_ID;

pub const NOW: UnixTime = UnixTime(1_800_000_000);

/// What WorkOS answers; `None` is silence.
pub type Answer = Option<(u16, String)>;

pub struct World {
    pub clock: Cell<Duration>,
    pub keys: RefCell<VecDeque<Answer>>,
    pub tokens: RefCell<VecDeque<Answer>>,
    /// What was asked of WorkOS.
    pub asked: RefCell<Vec<String>>,
    seed: Cell<u64>,
}

impl World {
    pub fn new() -> World {
        World {
            clock: Cell::new(Duration::from_secs(NOW.0)),
            keys: RefCell::default(),
            tokens: RefCell::default(),
            asked: RefCell::default(),
            seed: Cell::new(7),
        }
    }

    /// Lets time pass.
    pub fn pass_seconds(&self, seconds: u64) {
        self.pass(Duration::from_secs(seconds));
    }

    fn pass(&self, time: Duration) {
        self.clock.set(self.clock.get().saturating_add(time));
    }
}

/// Runs a future that waits for nothing but this world.
pub fn run<F: Future>(future: F) -> F::Output {
    let mut context = Context::from_waker(Waker::noop());
    match pin!(future).poll(&mut context) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("this world answers at once"),
    }
}

/// Returns a token; here a signature is SHA-256(modulus ‖ message).
pub fn signed(claims: &Value) -> String {
    let header = json!({ "alg": "RS256", "kid": "k1" });
    let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let message = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(signature(&modulus(), message.as_bytes()));
    format!("{message}.{signature}")
}

/// Returns the claims of somebody's good token.
pub fn claims(user_id: &str, expires_at: u64) -> Value {
    json!({
        "iss": "https://api.workos.com", "sub": user_id, "sid": format!("session_of_{user_id}"),
        "client_id": CLIENT_ID, "iat": expires_at.saturating_sub(300), "exp": expires_at,
        "org_id": "org_1", "role": "member",
    })
}

/// Returns the key set WorkOS publishes.
pub fn jwks() -> String {
    json!({ "keys": [{ "kty": "RSA", "kid": "k1", "n": modulus(), "e": "AQAB" }] }).to_string()
}

fn modulus() -> String {
    URL_SAFE_NO_PAD.encode([0xc1; 256])
}

fn signature(modulus: &str, message: &[u8]) -> Vec<u8> {
    let hash = Sha256::new().chain_update(modulus).chain_update(message);
    hash.finalize().to_vec()
}

impl Outside for World {
    fn clock(&self) -> Duration {
        self.clock.get()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        for byte in bytes {
            let next = self.seed.get().wrapping_mul(6_364_136_223_846_793_005);
            self.seed.set(next.wrapping_add(1));
            *byte = self.seed.get().to_be_bytes()[2];
        }
        Ok(())
    }

    /// No weak key comes this far.
    async fn verify_rs256(
        &self,
        key: &RsaKey,
        message: &[u8],
        signed: &[u8],
    ) -> Result<bool, VerifierFailed> {
        let modulus = URL_SAFE_NO_PAD.decode(&key.modulus).expect("base64url");
        let exponent = URL_SAFE_NO_PAD.decode(&key.exponent).expect("base64url");
        let bits = modulus.len() * 8 - modulus[0].leading_zeros() as usize;
        assert!((2048..=4096).contains(&bits), "{bits} bits");
        assert!(modulus.last().is_some_and(|last| last % 2 == 1));
        assert!(exponent.len() >= 3 && exponent[0] != 0, "{exponent:?}");
        Ok(signature(&key.modulus, message) == signed)
    }

    async fn send(&self, request: ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed> {
        let next = match &request {
            ApiRequest::Get { .. } => self.keys.borrow_mut().pop_front(),
            ApiRequest::Post { .. } => self.tokens.borrow_mut().pop_front(),
        };
        let (name, usual) = match &request {
            ApiRequest::Get { url } => (url.clone(), Some((200, jwks()))),
            ApiRequest::Post { body, .. } => (body.secret().to_owned(), None),
        };
        self.asked.borrow_mut().push(name);
        let Some((status, body)) = next.unwrap_or(usual) else {
            self.pass(budget);
            return Err(SendFailed::Timeout);
        };
        self.pass(Duration::from_millis(40));
        Ok(ApiResponse {
            status,
            retry_after: None,
            body: ResponseBody::new(body),
        })
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

    async fn sleep(&self, duration: Duration) {
        self.pass(duration);
    }
}
