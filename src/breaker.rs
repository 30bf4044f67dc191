//! Keeps a WorkOS in trouble from being asked by every request.
//!
//! 1. Five failures in a row open it, more than one request meets alone, or one answer that asks
//!    for time: then nobody asks for 1, 2, 4, 8 seconds, or for as long as WorkOS wants, but never for more than ten.
//! 2. After that one request tries. If it fails too, the breaker stays open for longer.
//! 3. One success closes it. A refusal is a success: WorkOS works.

use std::cell::Cell;
use std::time::Duration;

use crate::workos::ApiError;

/// Failures in a row before anybody is told to wait.
const PATIENCE: u32 = 5;
const SHORTEST: Duration = Duration::from_secs(1);
const LONGEST: Duration = Duration::from_secs(10);
/// How long the one that tries may take before another does.
const TRIAL: Duration = Duration::from_secs(6);

/// The breaker of one isolate.
#[derive(Debug, Default)]
pub struct Breaker {
    failures: Cell<u32>,
    /// When the next request may ask, as [`crate::outside::Outside::clock`] tells it.
    opens: Cell<Option<Duration>>,
}

impl Breaker {
    /// Admits a request to WorkOS, or returns how long nobody should ask.
    ///
    /// # Errors
    /// The time to wait.
    pub fn admit(&self, clock: Duration) -> Result<(), Duration> {
        match self.opens.get() {
            Some(opens) if clock < opens => Err(opens.saturating_sub(clock)),
            // 2.
            Some(_) => {
                self.opens.set(Some(clock.saturating_add(TRIAL)));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Learns what became of a request that was admitted.
    pub fn learn<T>(&self, answer: &Result<T, ApiError>, clock: Duration) {
        let Err(ApiError::Unavailable(asked)) = answer else {
            // 3.
            self.failures.set(0);
            self.opens.set(None);
            return;
        };
        let failures = self.failures.get().saturating_add(1);
        self.failures.set(failures);
        let has_tried = self.opens.get().is_some();
        if has_tried || asked.is_some() || failures >= PATIENCE {
            let wait = asked.map_or_else(|| pause(failures), Duration::from_secs);
            let opens = clock.saturating_add(wait.clamp(SHORTEST, LONGEST));
            self.opens.set(Some(opens));
        }
    }
}

/// 1, 2, 4, 8 … seconds.
fn pause(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(PATIENCE).min(4);
    SHORTEST.saturating_mul(1_u32.checked_shl(doublings).unwrap_or(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILURE: Result<(), ApiError> = Err(ApiError::Unavailable(None));

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(1_800_000_000).saturating_add(Duration::from_secs(seconds))
    }

    fn broken(times: u32) -> Breaker {
        let breaker = Breaker::default();
        for _ in 0..times {
            breaker.learn(&FAILURE, at(0));
        }
        breaker
    }

    #[test]
    fn four_failures_are_nothing() {
        assert_eq!(broken(4).admit(at(0)), Ok(()));
        assert_eq!(broken(5).admit(at(0)), Err(Duration::from_secs(1)));
    }

    #[test]
    fn it_waits_longer_each_time_and_never_longer_than_ten_seconds() {
        let waits = [5, 6, 7, 8, 9, 70, u32::from(u16::MAX)];
        let waits = waits.map(|times| broken(times).admit(at(0)).err().map(|wait| wait.as_secs()));
        assert_eq!(waits, [1, 2, 4, 8, 10, 10, 10].map(Some));
    }

    #[test]
    fn it_waits_as_long_as_workos_asks() {
        for (asked, waits) in [(0, 1), (1, 1), (7, 7), (60, 10)] {
            let breaker = Breaker::default();
            let answer: Result<(), ApiError> = Err(ApiError::Unavailable(Some(asked)));
            breaker.learn(&answer, at(0));
            assert_eq!(breaker.admit(at(0)), Err(Duration::from_secs(waits)));
        }
    }

    #[test]
    fn one_tries_and_the_others_wait_for_what_it_finds() {
        let breaker = broken(5);
        assert_eq!(breaker.admit(at(1)), Ok(()));
        assert_eq!(breaker.admit(at(1)), Err(TRIAL));
        breaker.learn(&FAILURE, at(2));
        assert_eq!(breaker.admit(at(2)), Err(Duration::from_secs(2)));
        assert_eq!(breaker.admit(at(4)), Ok(()));
        // It never told.
        assert_eq!(breaker.admit(at(10)), Ok(()));
        breaker.learn(&Ok(()), at(10));
        assert_eq!(breaker.admit(at(10)), Ok(()));
        assert_eq!(breaker.admit(at(10)), Ok(()));
    }

    #[test]
    fn a_refusal_says_that_workos_works() {
        let breaker = broken(5);
        assert_eq!(breaker.admit(at(1)), Ok(()));
        breaker.learn::<()>(&Err(ApiError::InvalidGrant), at(1));
        assert_eq!(breaker.admit(at(1)), Ok(()));
        assert_eq!(breaker.admit(at(1)), Ok(()));
    }
}
