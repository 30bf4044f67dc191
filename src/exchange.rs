//! Exchanges a refresh token, patiently.
//!
//! 1. An attempt has five seconds, all attempts together have what the visitor can wait.
//! 2. A lost reply is asked for again with the same token: within 30 s WorkOS gives the same answer.
//! 3. Who is asked to wait waits once, if there is time; a WorkOS in trouble is left alone: see
//!    [`crate::breaker`].
//! 4. Where there is a coordinator it makes the exchange: see [`crate::coordinator`]. Without its
//!    answer it is made from here.

use std::time::Duration;

use crate::coordinator::errand;
use crate::gateway::Gateway;
use crate::log::hashed;
use crate::outside::{Deadline, Outside, SendFailed};
use crate::refresh::LEAST;
use crate::workos::{ApiError, ApiResponse, Authentication, Grant, authentication};

/// How long a visitor may be kept waiting.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Patience {
    /// The request can go on without knowing who it is.
    Brief,
    /// A program waits.
    Program,
    /// A person looks at a page that loads, or nobody waits at all.
    Person,
}

impl Patience {
    /// Returns when it ends.
    pub fn deadline(self, outside: &impl Outside) -> Deadline {
        let seconds = match self {
            Patience::Brief => 2,
            Patience::Program => 8,
            Patience::Person => 20,
        };
        Deadline::after(Duration::from_secs(seconds), outside)
    }
}

/// One attempt's time.
pub(crate) const ATTEMPT: Duration = Duration::from_secs(5);
/// The longest that somebody is kept waiting because WorkOS asked for it.
const LONGEST_PAUSE: Duration = Duration::from_secs(3);
const PAUSES: [Duration; 2] = [Duration::from_millis(250), Duration::from_millis(1000)];

/// What is exchanged, and for whom.
pub(crate) struct Exchange<'a> {
    pub(crate) grant: Grant<'a>,
    /// The session's id, where it is known: whose coordinator is asked.
    pub(crate) session_id: Option<&'a str>,
}

impl Gateway {
    /// Makes the exchange before `deadline`, calling `attempts` before each attempt. The breaker has
    /// admitted it.
    ///
    /// # Errors
    /// See [`ApiError`].
    pub(crate) async fn exchange(
        &self,
        exchange: &Exchange<'_>,
        deadline: Deadline,
        attempts: &impl Fn(),
        outside: &impl Outside,
    ) -> Result<Authentication, ApiError> {
        let mut pauses = PAUSES.iter();
        loop {
            let budget = deadline.left(outside).min(ATTEMPT);
            // The keys may have taken the time: a reply that nobody waits for is lost.
            if budget < LEAST {
                return Err(ApiError::Unavailable(None));
            }
            attempts();
            let answer = self.ask(exchange, budget, outside).await;
            let cut_short = matches!(answer, Err(SendFailed::Timeout)) && budget < ATTEMPT;
            let told = authentication(answer);
            // Somebody's impatience says nothing of WorkOS.
            if !cut_short {
                self.breaker.learn(&told, outside.clock());
            }
            let Err(ApiError::Unavailable(asked)) = told else {
                return told;
            };
            let mut pause = pauses.next().copied();
            // 3.
            if let Some(seconds) = asked {
                let wanted = Duration::from_secs(seconds);
                pause = pause
                    .map(|pause| pause.max(wanted))
                    .filter(|_| wanted <= LONGEST_PAUSE);
                pauses = [].iter();
            }
            let worth_waiting =
                |pause: &Duration| pause.saturating_add(LEAST) < deadline.left(outside);
            match pause.filter(worth_waiting) {
                Some(pause) => outside.sleep(pause).await,
                None => return Err(ApiError::Unavailable(asked)),
            }
            if let Err(wait) = self.breaker.admit(outside.clock()) {
                return Err(ApiError::Unavailable(Some(whole_seconds(wait))));
            }
        }
    }

    async fn ask(
        &self,
        exchange: &Exchange<'_>,
        budget: Duration,
        outside: &impl Outside,
    ) -> Result<ApiResponse, SendFailed> {
        let attempt = Deadline::after(budget, outside);
        let asked = exchange.session_id.filter(|_| self.config.has_coordinator);
        // 4.
        if let Some((session_id, errand)) = asked.zip(errand(&exchange.grant)) {
            match outside
                .coordinate(&hashed(session_id), errand, budget)
                .await
            {
                Err(SendFailed::Network) => {}
                // What it has begun is not for two to do.
                answer @ (Ok(_) | Err(SendFailed::Timeout | SendFailed::TooLarge)) => {
                    return answer;
                }
            }
        }
        let left = attempt.left(outside);
        if left < LEAST {
            return Err(SendFailed::Timeout);
        }
        let request = self.config.api.authenticate(&exchange.grant);
        outside.send(request, left).await
    }
}

/// Returns a wait as `Retry-After` can tell it.
pub(crate) fn whole_seconds(wait: Duration) -> u64 {
    wait.as_secs()
        .saturating_add(u64::from(wait.subsec_nanos() > 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_begun_second_is_waited_out() {
        for (milliseconds, seconds) in [(0, 0), (1, 1), (999, 1), (1000, 1), (1001, 2), (2500, 3)] {
            assert_eq!(whole_seconds(Duration::from_millis(milliseconds)), seconds);
        }
    }
}
