//! Lets scripts of other origins read why they were turned away (`CORS_ORIGINS`).
//!
//! 1. Only the gateway's own refusals are touched, never an answer of the site.
//! 2. An origin is repeated if it is on the list, letter for letter; there is no `*`, since these
//!    answers are about a visitor ([Fetch, CORS protocol](https://fetch.spec.whatwg.org/#http-cors-protocol)).

use std::borrow::Cow;

use crate::config::Config;
use crate::decision::{Decision, Outcome};
use crate::request::RequestHead;

/// What a script may read of a refusal besides its body.
const EXPOSED: &str = "retry-after, www-authenticate, x-authkit-gateway";

/// Returns the outcome so that a script of an origin on the list can read it.
pub(crate) fn readable(mut outcome: Outcome, config: &Config, head: &RequestHead<'_>) -> Outcome {
    if config.cors_origins.is_empty() {
        return outcome;
    }
    let origin = head.field("origin");
    let origin = origin.filter(|origin| is_listed(config, origin));
    let origin = origin.map(Cow::into_owned);
    if let (Decision::Answer(answer), Some(origin)) = (&mut outcome.decision, origin)
        && answer.status >= 400
    {
        answer.fields.extend([
            ("access-control-allow-origin", origin),
            ("access-control-allow-credentials", "true".to_owned()),
            ("access-control-expose-headers", EXPOSED.to_owned()),
            (
                "vary",
                "Cookie, Accept, Origin, Sec-Fetch-Mode, Sec-Fetch-Dest".to_owned(),
            ),
        ]);
    }
    outcome
}

/// Returns whether an origin is on the list.
pub(crate) fn is_listed(config: &Config, origin: &str) -> bool {
    config.cors_origins.iter().any(|listed| listed == origin)
}
