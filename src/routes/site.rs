//! Decides what becomes of a request to the site itself.
//!
//! | visitor      | protected path             | public path, or page-based |
//! | ------------ | -------------------------- | -------------------------- |
//! | signed in    | forwarded, with identity   | forwarded, with identity   |
//! | anonymous    | to sign in, or 401         | forwarded, as `false`      |
//! | unverifiable | 503                        | forwarded, as `unknown`    |

use crate::access::Access;
use crate::config::{Config, Enforcement};
use crate::decision::{Audience, Forward, Note, Outcome};
use crate::hosts::Home;
use crate::identity::{self, AUTHENTICATED};
use crate::log::LogLevel;
use crate::matcher::Match;
use crate::outside::Outside;
use crate::page::{Action, Message};
use crate::request::RequestHead;
use crate::return_path::ReturnPath;
use crate::routes::sign_in::begin;
use crate::visitor::{Recognized, SignedIn, Visitor};

/// Returns the outcome of a request that no matcher matches: it passes, and nothing is said of the
/// visitor.
pub(crate) fn pass() -> Outcome {
    Outcome::forward(
        Forward::default(),
        Note::new("unmatched").at(LogLevel::Debug),
    )
}

/// Returns the outcome of a request for a path that a matcher matches.
pub(crate) fn answer(
    access: Access,
    recognized: Recognized,
    config: &Config,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    let note = recognized.note();
    let guarded = access == Access::Protected && config.enforcement == Enforcement::Path;
    let outcome = match recognized.visitor {
        Visitor::SignedIn(signed_in) => admit(&signed_in, note, config),
        Visitor::Anonymous {
            organization_id, ..
        } if guarded => challenge(organization_id, note, config, home, head, outside),
        Visitor::Anonymous { .. } => forward_as("false", note),
        Visitor::Unverifiable { retry_after, .. } if guarded => {
            unavailable(retry_after, note, head)
        }
        Visitor::Unverifiable { .. } => forward_as("unknown", note),
    };
    outcome.with_cookies(recognized.cookies)
}

fn admit(signed_in: &SignedIn, note: Note, config: &Config) -> Outcome {
    let SignedIn { session, claims } = signed_in;
    let forward = Forward {
        fields: identity::fields(session, claims, config.forwarding),
        audience: Audience::Visitor,
        cookies: Vec::new(),
    };
    Outcome::forward(forward, note)
}

fn forward_as(authenticated: &str, note: Note) -> Outcome {
    let forward = Forward {
        fields: vec![(AUTHENTICATED, authenticated.to_owned())],
        audience: Audience::Visitor,
        cookies: Vec::new(),
    };
    Outcome::forward(forward, note)
}

fn challenge(
    organization_id: Option<String>,
    note: Note,
    config: &Config,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    if !head.is_navigation() {
        return refuse(note, config, home, head);
    }
    let return_to = ReturnPath::of_request(head.target()).unwrap_or_else(ReturnPath::root);
    let mut hints: Vec<_> = organization_id
        .map(|id| ("organization_id", id))
        .into_iter()
        .collect();
    let path = head.url.path();
    if config
        .sign_up_paths
        .iter()
        .any(|pattern| pattern.matches(path) == Match::Matched)
    {
        hints.push(("screen_hint", "sign-up".to_owned()));
    }
    begin(return_to, &hints, note, config, home, head, outside)
}

fn refuse(note: Note, config: &Config, home: &Home<'_>, head: &RequestHead<'_>) -> Outcome {
    let sign_in = home.url(&config.routes.sign_in);
    let message = Message::new(
        401,
        "unauthenticated",
        "You are not signed in",
        "Sign in, then do this again. Nothing you sent was kept.",
    );
    let message = Message {
        sign_in_url: Some(sign_in.clone()),
        ..message.first(Action::Link {
            label: "Sign in",
            href: sign_in,
        })
    };
    Outcome::answer(message.answer(head), note)
}

fn unavailable(retry_after: u64, note: Note, head: &RequestHead<'_>) -> Outcome {
    let message = Message {
        retry_after: Some(retry_after),
        ..Message::unavailable()
    };
    let retry = Action::Link {
        label: "Try again",
        href: head.target().to_owned(),
    };
    let message = if head.is_read() {
        message.first(retry)
    } else {
        message
    };
    Outcome::answer(message.answer(head), note)
}
