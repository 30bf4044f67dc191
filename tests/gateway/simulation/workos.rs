//! What WorkOS does, when it comes to it: the double of the other tests, with a window for replays
//! and sessions that end.

use std::time::Duration;

use serde_json::Value;

use authkit_gateway::outside::Outside;
use authkit_gateway::workos::{ApiRequest, ApiResponse};

use super::book::Standing;
use super::outside::at_once;
use super::plan::Rotation;
use super::scene::Scene;
use crate::support::{self, Fault};

/// A request on its way to WorkOS. It arrives whoever has gone meanwhile: what has left this machine
/// can't be called back.
pub(super) struct Errand {
    pub(super) id: usize,
    /// `None` where WorkOS has got it.
    pub(super) request: Option<ApiRequest>,
    /// The refresh token in it.
    pub(super) token: Option<String>,
    /// When WorkOS does it, in milliseconds; `None` where it has, or never will.
    pub(super) due: Option<u64>,
    pub(super) answer: Option<ApiResponse>,
}

impl Scene {
    /// Returns when WorkOS does something next.
    pub(super) fn next_errand(&self) -> Option<u64> {
        let errands = self.errands.borrow();
        errands.iter().filter_map(|errand| errand.due).min()
    }

    /// Lets WorkOS do what is due.
    pub(super) fn run_errands(&self) {
        let mut errands = self.errands.borrow_mut();
        errands.sort_by_key(|errand| (errand.due, errand.id));
        for errand in &mut *errands {
            if errand.due.is_some_and(|due| due <= self.now()) {
                errand.due = None;
                errand.answer = Some(self.ask_workos(errand));
            }
        }
    }

    fn ask_workos(&self, errand: &mut Errand) -> ApiResponse {
        let token = errand.token.as_deref();
        self.prepare_workos(token);
        let request = errand.request.take().expect("it is done once");
        let is_post = matches!(request, ApiRequest::Post { .. });
        let answer = at_once(self.site.world.send(request, Duration::ZERO));
        let answer = answer.expect("the double itself never fails");
        let what = token.unwrap_or("a code");
        if is_post && answer.status == 200 {
            let body: Value = serde_json::from_str(answer.body.secret()).expect("JSON");
            let mut book = self.book.borrow_mut();
            let fresh = book.gave(token, &body, self.seconds());
            self.note(|| format!("      WorkOS gives {fresh} for {what}"));
        } else if is_post {
            self.note(|| format!("      WorkOS refuses {what}"));
        }
        answer
    }

    /// Makes the double do with `token` what this run's WorkOS does.
    fn prepare_workos(&self, token: Option<&str>) {
        let workos = &self.site.world.workos;
        let standing = token.map(|token| self.standing(token));
        workos.rotation.set(match (self.rotation, standing) {
            (Rotation::None, _) => support::Rotation::None,
            (_, Some(Standing::Replayable(_))) => support::Rotation::Replayed,
            (Rotation::Strict | Rotation::Window(_), _) => support::Rotation::Strict,
        });
        if standing == Some(Standing::Dead) {
            let refusal = r#"{"error":"invalid_grant"}"#;
            workos.tokens.once(Fault::Answer(400, refusal));
        }
    }
}
