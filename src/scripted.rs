//! An [`Outside`] for the tests of single modules: a clock that stands still, and randomness.

use std::cell::Cell;
use std::time::Duration;

use crate::outside::{Outside, RandomnessFailed, SendFailed, UnixTime, VerifierFailed};
use crate::token::RsaKey;
use crate::workos::{ApiRequest, ApiResponse};

/// A world in which nobody answers.
#[derive(Default)]
pub(crate) struct Scripted {
    counter: Cell<u64>,
}

impl Outside for Scripted {
    fn now(&self) -> UnixTime {
        UnixTime(1_700_000_000)
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        for byte in bytes {
            self.counter.set(
                self.counter
                    .get()
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1),
            );
            *byte = (self.counter.get() >> 33) as u8;
        }
        Ok(())
    }

    async fn verify_rs256(&self, _: &RsaKey, _: &[u8], _: &[u8]) -> Result<bool, VerifierFailed> {
        Err(VerifierFailed)
    }

    async fn send(&self, _: ApiRequest, _: Duration) -> Result<ApiResponse, SendFailed> {
        Err(SendFailed::Network)
    }

    async fn sleep(&self, _: Duration) {}
}
