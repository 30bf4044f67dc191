//! Sends requests to WorkOS, and says what is heard of them.

use std::rc::Rc;
use std::time::Duration;

use serde_json::Value;

use authkit_gateway::outside::SendFailed;
use authkit_gateway::workos::{ApiRequest, ApiResponse, ResponseBody};

use super::exchange::{Exchange, State};
use super::fate::Told;
use super::outside::{Seat, milliseconds};
use super::scene::Scene;
use super::workos::Errand;

/// Waits for what comes of an errand.
pub(super) struct Expecting {
    scene: Rc<Scene>,
    /// The errand.
    id: usize,
    work: usize,
    token: Option<String>,
    /// Where the book has the exchange, if it is one.
    exchange: Option<usize>,
    told: Told,
    /// When the wait is over, in milliseconds from sending.
    pub(super) heard: u64,
}

/// Sends a request off, for somebody who waits no longer than `budget`.
pub(super) fn send(seat: &Seat, request: ApiRequest, budget: Duration) -> Expecting {
    let (scene, work, budget) = (&seat.scene, seat.work, milliseconds(budget));
    let (tokens, keys) = scene.weather.get();
    let (token, weather, is_exchange) = match &request {
        ApiRequest::Get { .. } => (None, keys, false),
        ApiRequest::Post { body, .. } => (refresh_token(body.secret()), tokens, true),
    };
    let fate = weather.unwrap_or(scene.fate.get());
    scene.note(|| {
        let other = if is_exchange {
            "a code"
        } else {
            "for the keys"
        };
        let what = token.as_deref().unwrap_or(other);
        format!(
            "    #{work} sends {what}, waits {budget} ms: {:?}",
            fate.end
        )
    });
    let exchange = is_exchange.then(|| {
        let exchange = Exchange::begun(seat, token.clone(), State::UnderWay);
        scene.begins(exchange, budget)
    });
    let (id, schedule) = (scene.number(), fate.schedule(budget));
    scene.errands.borrow_mut().push(Errand {
        id,
        request: Some(request),
        token: token.clone(),
        due: schedule.done.map(|done| scene.now() + done),
        answer: None,
    });
    Expecting {
        scene: Rc::clone(scene),
        id,
        work,
        token,
        exchange,
        told: schedule.told,
        heard: schedule.heard,
    }
}

/// Returns the refresh token in a body.
pub(super) fn refresh_token(body: &str) -> Option<String> {
    let body: Value = serde_json::from_str(body).ok()?;
    body["refresh_token"].as_str().map(str::to_owned)
}

impl Expecting {
    /// Returns what the gateway hears.
    pub(super) fn reply(mut self) -> Result<ApiResponse, SendFailed> {
        let reply = match self.told {
            Told::Failed(failed) => Err(failed),
            Told::Instead(status, retry_after, body) => Ok(ApiResponse {
                status,
                retry_after: retry_after.map(str::to_owned),
                body: ResponseBody::new(body.to_owned()),
            }),
            Told::Reply => Ok(self.answer()),
        };
        self.scene.note(|| {
            let heard = reply.as_ref().map(|response| response.status);
            format!("    #{} hears {heard:?}", self.work)
        });
        if let Some(exchange) = self.exchange.take() {
            let state = State::of(reply.as_ref().ok(), self.token.as_deref());
            self.scene.book.borrow_mut().exchanges[exchange].state = state;
        }
        reply
    }

    fn answer(&self) -> ApiResponse {
        let mut errands = self.scene.errands.borrow_mut();
        let mut mine = errands.iter_mut().filter(|errand| errand.id == self.id);
        let answer = mine.next().and_then(|errand| errand.answer.take());
        answer.expect("it is done before it is heard of")
    }
}

impl Drop for Expecting {
    fn drop(&mut self) {
        if let Some(exchange) = self.exchange {
            let mut book = self.scene.book.borrow_mut();
            book.exchanges[exchange].state = State::Abandoned;
        }
    }
}
