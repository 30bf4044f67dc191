//! Decides what becomes of a request to the site itself.
//!
//! | visitor      | protected path             | public path, or page-based |
//! | ------------ | -------------------------- | -------------------------- |
//! | signed in    | forwarded, with identity   | forwarded, with identity   |
//! | anonymous    | to sign in, or 401         | forwarded, as `false`      |
//! | unverifiable | 503                        | forwarded, as `unknown`    |
//!
//! Whoever is signed in and doesn't meet the rules gets 403, or signs in once more where that is all
//! that is missing ([RFC 9470](https://www.rfc-editor.org/rfc/rfc9470) for programs).
//!
//! An origin that was told `false` and wants somebody signed in says so, and the visitor is treated
//! as on a protected path: AuthKit's `ensureSignedIn`, for every stack.

use std::rc::Rc;

use super::arrival::{self, was_in_vain};
use super::forbidden;
use super::sign_in::{Hint, SignIn, begin};
use crate::access::Access;
use crate::asked::Asked;
use crate::config::{Config, Enforcement, Impersonation};
use crate::cors::is_listed;
use crate::decision::{Answer, Forward, Note, Outcome, Told};
use crate::identity::{self, AUTHENTICATED};
use crate::log::LogLevel;
use crate::matcher::{Match, Pattern};
use crate::nextjs;
use crate::outside::Outside;
use crate::page::{Action, Message};
use crate::renewal::Renewal;
use crate::request::RequestHead;
use crate::rule::Condition;
use crate::visitor::{INVALID_BEARER, Recognized, SignedIn, Visitor};

/// Returns the outcome of a request that no matcher matches: it passes, and nothing is said of the
/// visitor.
pub(crate) fn pass() -> Outcome {
    Outcome::forward(
        Forward::default(),
        Note::new("unmatched").at(LogLevel::Debug),
    )
}

/// Returns the outcome of a browser's asking what another origin's script may ask for: the site
/// says that, and learns nothing of the visitor. The request itself is judged when it comes.
pub(crate) fn preflight() -> Outcome {
    let forward = Forward {
        bare: true,
        ..Forward::default()
    };
    Outcome::forward(forward, Note::new("preflight").in_passing())
}

/// On which terms the site may be had.
pub(crate) struct Terms<'c> {
    /// Whether the gateway turns away who isn't signed in.
    pub(crate) guarded: bool,
    /// What the visitor must meet besides.
    conditions: Vec<&'c Condition>,
}

impl<'c> Terms<'c> {
    /// Returns the terms of a path. Rules hold on a site that decides by itself, too.
    pub(crate) fn new(
        access: Access,
        conditions: Option<Vec<&'c Condition>>,
        config: &Config,
    ) -> Terms<'c> {
        let by_path = access == Access::Protected && config.enforcement == Enforcement::Path;
        Terms {
            guarded: by_path || conditions.is_some(),
            conditions: conditions.unwrap_or_default(),
        }
    }

    /// What a sign-in must lead to, so that it isn't in vain.
    fn hints(&self) -> Vec<Hint> {
        let ages = self
            .conditions
            .iter()
            .filter_map(|condition| condition.max_age());
        let organization = self
            .conditions
            .iter()
            .find_map(|condition| condition.organization());
        let max_age = ages.min().map(|seconds| ("max_age", seconds.to_string()));
        let organization = organization.map(|id| ("organization_id", id.to_owned()));
        max_age.into_iter().chain(organization).collect()
    }
}

/// Returns the outcome of a request for a path that a matcher matches.
pub(crate) fn answer(
    terms: &Terms<'_>,
    recognized: Recognized,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let note = recognized.note();
    let ahead = recognized.ahead;
    let guarded = terms.guarded;
    let outcome = match recognized.visitor {
        Visitor::SignedIn(signed_in) => match refusal(&signed_in, terms, &note, asked, outside) {
            Some(refusal) => refusal,
            None => admit(&signed_in, ahead, note, asked, outside),
        },
        Visitor::Anonymous {
            reason: INVALID_BEARER,
            ..
        } if guarded => refuse_bearer(note, asked),
        Visitor::Anonymous { .. } if guarded && was_in_vain(asked) => arrival::answer(note, asked),
        Visitor::Anonymous {
            organization_id, ..
        } if guarded => {
            let mut hints = terms.hints();
            if let Some(id) = organization_id {
                hints.retain(|(name, _)| *name != "organization_id");
                hints.push(("organization_id", id));
            }
            challenge(hints, note, asked, outside)
        }
        Visitor::Anonymous { .. } => forward_as(Told::Anonymous, note, asked, outside),
        Visitor::Unverifiable { retry_after, .. } if guarded => {
            unavailable(retry_after, note, asked.head)
        }
        Visitor::Unverifiable { .. } => forward_as(Told::Unknown, note, asked, outside),
    };
    outcome.with_cookies(recognized.cookies)
}

/// Returns what the visitor gets whose page the origin gives to nobody who isn't signed in.
pub(crate) fn ensure_signed_in(told: Told, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    match told {
        Told::Anonymous if was_in_vain(asked) => arrival::answer(Note::new("origin_asks"), asked),
        Told::Anonymous | Told::Nothing => {
            challenge(Vec::new(), Note::new("origin_asks"), asked, outside)
        }
        Told::Unknown => unavailable(RETRY_AFTER, Note::new("origin_asks"), asked.head),
        // Sending somebody to sign in who is signed in would never end.
        Told::SignedIn => {
            let message = Message::new(
                403,
                "forbidden",
                "You can't see this page",
                "You are signed in, but the site doesn't let you in here.",
            );
            Outcome::answer(message.answer(asked.head), Note::new("origin_refuses"))
        }
    }
}

const RETRY_AFTER: u64 = 5;

/// Returns what somebody gets who is signed in and may not have this.
fn refusal(
    signed_in: &SignedIn,
    terms: &Terms<'_>,
    note: &Note,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Option<Outcome> {
    let config = asked.config;
    let because = |reason| Note {
        reason,
        detail: note.detail.clone(),
        session: note.session.clone(),
        ..*note
    };
    if asked.head.is_upgrade() && !is_from_here(asked) {
        let message = Message::new(
            403,
            "cross_site_request",
            "Not for other sites",
            "A page of another site asked for this. Its operator can allow that (CORS_ORIGINS).",
        );
        let note = because("cross_site_websocket");
        return Some(Outcome::answer(message.answer(asked.head), note));
    }
    let acts = signed_in.impersonator().is_some();
    if acts && config.impersonation == Impersonation::ReadOnly && !is_safe(asked) {
        let note = because("impersonation_read_only");
        return Some(Outcome::answer(read_only().answer(asked.head), note));
    }
    let now = outside.now().0;
    let unmet: Vec<&Condition> = terms
        .conditions
        .iter()
        .filter(|condition| !condition.is_met(&signed_in.claims, now))
        .copied()
        .collect();
    if unmet.is_empty() {
        return None;
    }
    Some(forbidden::answer(
        &unmet, signed_in, because, asked, outside,
    ))
}

/// A WebSocket isn't kept from other sites by anything but this (RFC 6455 §10.2).
fn is_from_here(asked: Asked<'_>) -> bool {
    let Some(origin) = asked.head.field("origin") else {
        // Not a browser.
        return true;
    };
    let own = asked.head.url.origin().ascii_serialization();
    origin == own || is_listed(asked.config, &origin)
}

fn admit(
    signed_in: &SignedIn,
    ahead: Option<Renewal>,
    note: Note,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let config = asked.config;
    let mut fields = signed_in
        .fields(|signed_in| identity::fields(signed_in, &config.identity, config.forwarding));
    let is_borrowed = signed_in.session.is_borrowed();
    if config.authkit_nextjs {
        let session = Some(&signed_in.session).filter(|_| !is_borrowed);
        Rc::make_mut(&mut fields).extend(nextjs::fields(session, asked, outside));
    }
    let forward = Forward {
        ahead,
        keeps_session: is_borrowed,
        fields,
        told: Told::SignedIn,
        ..Forward::default()
    };
    Outcome::forward(forward, note.in_passing())
}

/// Safe methods change nothing (RFC 9110 §9.2.1); what a WebSocket carries can't be told.
fn is_safe(asked: Asked<'_>) -> bool {
    let safe = matches!(asked.head.method, "GET" | "HEAD" | "OPTIONS");
    safe && !asked.head.is_upgrade()
}

fn read_only() -> Message {
    Message::new(
        403,
        "impersonation_read_only",
        "You can only look",
        "You are signed in as somebody else, and nothing may be changed in their name.",
    )
}

fn forward_as(told: Told, note: Note, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let authenticated = if told == Told::Unknown {
        "unknown"
    } else {
        "false"
    };
    let routes = &asked.config.routes;
    let return_to = asked.head.return_path();
    let mut fields = vec![
        (AUTHENTICATED.into(), authenticated.to_owned()),
        (
            "x-authkit-sign-in-url".into(),
            asked.sign_in_url(&routes.sign_in, &return_to),
        ),
        (
            "x-authkit-sign-up-url".into(),
            asked.sign_in_url(&routes.sign_up, &return_to),
        ),
    ];
    if asked.config.authkit_nextjs {
        fields.extend(nextjs::fields(None, asked, outside));
    }
    Outcome::forward(
        Forward {
            fields: Rc::new(fields),
            told,
            // A session that came beside a token of the visitor's own was not looked at.
            keeps_session: asked.config.accept_bearer && asked.head.bearer().is_some(),
            ..Forward::default()
        },
        note,
    )
}

fn challenge(hints: Vec<Hint>, note: Note, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    if !asked.head.is_navigation() {
        return refuse(note, asked);
    }
    let mut sign_in = SignIn {
        hints,
        ..SignIn::to(asked.head.return_path())
    };
    let path = asked.head.url.path();
    let asks_to_sign_up = |pattern: &Pattern| pattern.matches(path) == Match::Matched;
    if asked.config.sign_up_paths.iter().any(asks_to_sign_up) {
        sign_in.hints.push(("screen_hint", "sign-up".to_owned()));
    }
    begin(sign_in, note, asked, outside)
}

fn refuse(note: Note, asked: Asked<'_>) -> Outcome {
    Outcome::answer(unauthenticated(asked), note)
}

/// RFC 6750 §3.1.
fn refuse_bearer(note: Note, asked: Asked<'_>) -> Outcome {
    let mut answer = unauthenticated(asked);
    let challenge = r#"Bearer error="invalid_token""#.to_owned();
    answer.fields.push(("www-authenticate", challenge));
    Outcome::answer(answer, note)
}

/// Returns the answer to a request that needs a session and can't be led to one.
pub(super) fn unauthenticated(asked: Asked<'_>) -> Answer {
    let sign_in = asked.home.url(&asked.config.routes.sign_in);
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
    message.answer(asked.head)
}

fn unavailable(retry_after: u64, note: Note, head: &RequestHead<'_>) -> Outcome {
    let message = Message {
        retry_after: Some(retry_after),
        ..Message::unavailable()
    };
    Outcome::answer(message.or_again(head).answer(head), note)
}
