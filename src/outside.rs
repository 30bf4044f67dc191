//! What the core needs from the world around it: a clock, randomness, a signature check, a way to
//! ask WorkOS, and a timer.
//!
//! The Worker's implementation is in `edge::runtime`; tests script their own. Nothing else in the
//! core reads a clock, draws a random number or sends a request.

use std::time::Duration;

use crate::jwk::RsaKey;
use crate::workos::{ApiRequest, ApiResponse, RequestBody};

/// The world outside one request.
#[expect(
    async_fn_in_trait,
    reason = "a Worker is single-threaded: no future of ours needs to be Send"
)]
pub trait Outside {
    /// Returns the time since 1970-01-01T00:00:00Z. On Workers it stands still between two pieces of
    /// I/O.
    fn clock(&self) -> Duration;

    /// Returns the time, in the whole seconds that tokens and cookies tell.
    fn now(&self) -> UnixTime {
        UnixTime(self.clock().as_secs())
    }

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

    /// Gives the session's coordinator something to do and returns what it answers, giving up after
    /// `budget`; see [`crate::coordinator`].
    ///
    /// # Errors
    /// [`SendFailed::Network`]: there is no coordinator, or it is down, and nothing was begun.
    /// [`SendFailed::Timeout`]: it is still at it.
    async fn coordinate(
        &self,
        session: &str,
        errand: RequestBody,
        budget: Duration,
    ) -> Result<ApiResponse, SendFailed>;

    /// Returns what [`Outside::remember`] kept under `name`, in this isolate or another; `None` where
    /// it can't be had, for whatever reason.
    async fn recall(&self, name: &str) -> Option<String>;

    /// Keeps `text` under `name` for `duration`, if there is a place to keep it.
    fn remember(&self, name: &str, text: String, duration: Duration);

    /// Returns after `duration`.
    async fn sleep(&self, duration: Duration);
}

/// A moment after which nobody waits any more: a request shares one between all it waits for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Deadline(Duration);

impl Deadline {
    /// Returns the moment `budget` from now.
    pub fn after(budget: Duration, outside: &impl Outside) -> Deadline {
        Deadline(outside.clock().saturating_add(budget))
    }

    /// Returns the time that is left.
    pub fn left(self, outside: &impl Outside) -> Duration {
        self.0.saturating_sub(outside.clock())
    }
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

/// Returns a number from 0 to `most` that is always the same for one text: what would happen
/// to many at one moment is spread by it.
pub(crate) fn spread(text: &str, most: u64) -> u64 {
    let hash = text.bytes().fold(0_u64, |hash, byte| {
        hash.wrapping_mul(31).wrapping_add(u64::from(byte))
    });
    hash.checked_rem(most.saturating_add(1)).unwrap_or(0)
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
