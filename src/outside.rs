//! What the core needs from the world around it: a clock, randomness, a signature check, a way to
//! ask WorkOS, and a timer.
//!
//! The Worker's implementation is in `edge::runtime`; tests script their own. Nothing else in the
//! core reads a clock, draws a random number or sends a request.

use std::time::Duration;

use crate::jwk::RsaKey;
use crate::workos::{ApiRequest, ApiResponse};

/// The world outside one request.
#[expect(
    async_fn_in_trait,
    reason = "a Worker is single-threaded: no future of ours needs to be Send"
)]
pub trait Outside {
    /// Returns the time. On Workers it stands still between two pieces of I/O.
    fn now(&self) -> UnixTime;

    /// Fills `bytes` from a cryptographically secure source.
    ///
    /// # Errors
    /// The source has failed; whatever needed the bytes must not happen.
    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed>;

    /// Returns whether `signature` is `key`'s RSASSA-PKCS1-v1_5 signature, with SHA-256, of
    /// `message` ([RFC 7518 §3.3](https://www.rfc-editor.org/rfc/rfc7518#section-3.3)).
    ///
    /// # Errors
    /// The check could not be made, which says nothing about the signature.
    async fn verify_rs256(
        &self,
        key: &RsaKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, VerifierFailed>;

    /// Sends a request to WorkOS and returns its answer, giving up after `budget`.
    ///
    /// # Errors
    /// No complete answer came; the request may still have had its effect.
    async fn send(&self, request: ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed>;

    /// Returns after `duration`.
    async fn sleep(&self, duration: Duration);
}

/// A moment, in whole seconds since 1970-01-01T00:00:00Z (`NumericDate` of RFC 7519).
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct UnixTime(pub u64);

impl UnixTime {
    /// Returns the moment `seconds` later; the end of time is never passed.
    pub fn plus(self, seconds: u64) -> UnixTime {
        UnixTime(self.0.saturating_add(seconds))
    }

    /// Returns the seconds from `earlier` to this moment, 0 where it isn't earlier.
    pub fn since(self, earlier: UnixTime) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// The source of randomness has failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct RandomnessFailed;

/// A signature could not be checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct VerifierFailed;

/// Why no complete answer of WorkOS came.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SendFailed {
    /// No connection, or one that broke.
    Network,
    /// The budget ran out.
    Timeout,
    /// More bytes than any answer of WorkOS has.
    TooLarge,
}

/// Returns `N` random bytes.
///
/// # Errors
/// See [`Outside::random`].
pub fn random<const N: usize>(outside: &impl Outside) -> Result<[u8; N], RandomnessFailed> {
    let mut bytes = [0; N];
    outside.random(&mut bytes)?;
    Ok(bytes)
}
