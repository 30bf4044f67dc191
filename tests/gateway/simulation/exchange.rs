//! What the gateway asks WorkOS for, and what it has heard of it.
//!
//! 1. Nobody exchanges a refresh token that another is exchanging, or has just exchanged.
//! 2. One piece of work tries three times at most.
//! 3. Nobody spends a refresh token who won't wait for the reply.
//! 4. A coordinator that was told of a sign-out begins no work on the session any more.

use serde_json::Value;

use authkit_gateway::workos::ApiResponse;

use super::outside::Seat;
use super::scene::Scene;

/// A refresh token, or where there is none a code, sent to WorkOS.
pub(super) struct Exchange {
    /// Which of the lives of all isolates and coordinators sent it.
    pub(super) life: usize,
    pub(super) work: usize,
    pub(super) token: Option<String>,
    pub(super) state: State,
    /// When the work it was made for came to its end, in milliseconds.
    pub(super) ended: Option<u64>,
}

/// What has become of an exchange, as far as who sent it knows.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum State {
    /// Who sent it doesn't wait any more.
    Abandoned,
    Failed,
    /// A pair came, with this refresh token.
    Received(String),
    UnderWay,
}

impl State {
    /// Returns what an answer to the exchange of `token` makes of it: where there is no new one in it,
    /// the old one stays good.
    pub(super) fn of(answer: Option<&ApiResponse>, token: Option<&str>) -> State {
        let given = answer
            .filter(|answer| answer.status == 200)
            .and_then(|answer| {
                let body: Value = serde_json::from_str(answer.body.secret()).ok()?;
                body["access_token"].as_str()?;
                body["refresh_token"].as_str().or(token).map(str::to_owned)
            });
        given.map_or(State::Failed, State::Received)
    }
}

/// A pair is shared for so long, in milliseconds.
const SHARED: u64 = 20_000;
const MOST_ATTEMPTS: usize = 3;
/// Who can't wait as long as that, in milliseconds, doesn't begin.
const LEAST: u64 = 400;

impl Exchange {
    pub(super) fn begun(seat: &Seat, token: Option<String>, state: State) -> Exchange {
        Exchange {
            life: seat.life,
            work: seat.work,
            token,
            state,
            ended: None,
        }
    }

    /// Returns the refresh token that came, if others of the isolate share it at `now`.
    pub(super) fn shared(&self, now: u64) -> Option<&str> {
        match &self.state {
            State::Received(fresh) if self.ended.is_none_or(|ended| now < ended + SHARED) => {
                Some(fresh)
            }
            State::Abandoned | State::Failed | State::Received(_) | State::UnderWay => None,
        }
    }
}

impl Scene {
    /// Notes that an exchange begins, whose sender waits for `budget` milliseconds; returns where
    /// the book has it.
    pub(super) fn begins(&self, exchange: Exchange, budget: u64) -> usize {
        self.check_exchange(&exchange, budget);
        let exchanges = &mut self.book.borrow_mut().exchanges;
        exchanges.push(exchange);
        exchanges.len() - 1
    }

    fn check_exchange(&self, exchange: &Exchange, budget: u64) {
        let Exchange { work, token, .. } = exchange;
        let Some(token) = token else {
            return;
        };
        let book = self.book.borrow();
        // 1.
        if let Some(last) = book.last_exchange(exchange.life, token)
            && last.work != *work
            && (last.state == State::UnderWay || last.shared(self.now()).is_some())
        {
            let (other, state) = (last.work, &last.state);
            self.breach(|| format!("#{work} sends what #{other} has sent: {state:?}"));
        }
        // 2.
        let attempts = book.exchanges.iter().filter(|other| other.work == *work);
        let same = attempts.filter(|other| other.token.as_ref() == Some(token));
        if same.count() >= MOST_ATTEMPTS {
            self.breach(|| format!("#{work} tries too often"));
        }
        // 3.
        if budget < LEAST {
            self.breach(|| format!("#{work} spends {token} and waits {budget} ms for the reply"));
        }
        // 4.
        let closed = book.closed_desks.get(&exchange.life);
        if closed.is_some_and(|closed| work > closed) {
            self.breach(|| format!("#{work} sends {token} after the sign-out"));
        }
    }
}
