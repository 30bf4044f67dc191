//! Says that the gateway is alive and configured. It asks nobody else: WorkOS being down is no
//! reason to take the gateway down.

use crate::decision::{Answer, Body, Note, Outcome};
use crate::log::LogLevel;

/// Returns 200 with `{"status":"ok"}`.
pub(crate) fn answer() -> Outcome {
    let answer = Answer {
        status: 200,
        body: Body::Json(r#"{"status":"ok"}"#.to_owned()),
        fields: Vec::new(),
        cookies: Vec::new(),
    };
    Outcome::answer(answer, Note::new("healthy").at(LogLevel::Debug))
}
