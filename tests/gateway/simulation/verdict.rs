//! What a visitor was taken for, as the answer shows it.

use serde_json::Value;

use authkit_gateway::decision::{Decision, Outcome};

use crate::support::Seen;

#[derive(Debug, Eq, PartialEq)]
pub(super) enum Verdict {
    Nobody,
    /// Something else was the matter.
    Other(String),
    /// With the user's id.
    SignedIn(String),
    /// It can't be told now; seconds after which to try again.
    Unknown(u64),
}

impl Verdict {
    pub(super) fn of(outcome: &Outcome) -> Verdict {
        let retry_after = || outcome.field("retry-after")?.parse().ok();
        let verdict = outcome.verdict();
        match &outcome.decision {
            Decision::Forward(_) => match outcome.field("x-authkit-authenticated") {
                Some("true") => {
                    let user_id = outcome.field("x-authkit-user-id");
                    Verdict::SignedIn(user_id.expect("a user").to_owned())
                }
                Some("false") => Verdict::Nobody,
                Some("unknown") => Verdict::Unknown(5),
                _ => Verdict::Other(verdict),
            },
            Decision::Redirect(_) if verdict.ends_with(" to AuthKit") => Verdict::Nobody,
            Decision::Answer(answer) if answer.status == 401 => Verdict::Nobody,
            Decision::Answer(answer) if answer.status == 503 => {
                Verdict::Unknown(retry_after().expect("Retry-After"))
            }
            Decision::Answer(answer) if answer.status == 200 => told(outcome.body()),
            Decision::Answer(_) | Decision::Redirect(_) => Verdict::Other(verdict),
        }
    }
}

/// What the front end is told of a visitor.
fn told(json: &str) -> Verdict {
    let json: Value = serde_json::from_str(json).expect("JSON");
    match json["user"]["id"].as_str() {
        Some(user_id) => Verdict::SignedIn(user_id.to_owned()),
        None => Verdict::Nobody,
    }
}
