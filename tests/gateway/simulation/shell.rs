//! What the shell does around a decision: it asks the site, and refreshes beside that.

use std::rc::Rc;

use authkit_gateway::decision::{Decision, Outcome};
use authkit_gateway::gateway::Gateway;

use super::job;
use super::outside::Seat;
use crate::support::Ask;

/// A decision carried out.
pub(super) struct Served {
    pub(super) outcome: Outcome,
    /// When it was made, in milliseconds.
    pub(super) decided: u64,
    /// The refresh beside it, if that was in time.
    pub(super) beside: Option<usize>,
}

/// What the site takes to answer, in milliseconds.
const ORIGIN: u64 = 30;
/// The longest that an answer waits for a refresh beside it, in milliseconds.
pub(super) const BESIDE: u64 = 5_000;

/// Decides what is to be done with a request and does it.
pub(super) async fn serve(gateway: Rc<Gateway>, ask: Ask, seat: Seat) -> Served {
    let mut outcome = gateway.decide(&ask.head(), &seat).await;
    let decided = seat.scene.now();
    let mut told = None;
    if let Decision::Forward(forward) = &mut outcome.decision {
        let beside = forward.ahead.take().map(|renewal| {
            let gateway = Rc::clone(&gateway);
            let renewed = async move |own: Seat| gateway.renew_ahead(&renewal, &own).await;
            job::begin(&seat, seat.life, BESIDE, renewed)
        });
        seat.scene.wait(seat.work, ORIGIN).await;
        if let Some(beside) = beside {
            let id = beside.job;
            if let Some(renewed) = beside.await {
                told = Some(id);
                renewed
                    .into_iter()
                    .for_each(|renewed| outcome.learn(renewed));
            }
        }
    }
    Served {
        outcome,
        decided,
        beside: told,
    }
}
