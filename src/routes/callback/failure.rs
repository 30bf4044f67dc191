//! Why a sign-in didn't come to its end, and what the visitor is told.

use crate::asked::{Asked, with_return_path};
use crate::decision::{Note, Outcome};
use crate::flow::Flow;
use crate::log::LogLevel;
use crate::page::{Action, Message};
use crate::renewal::too_large;
use crate::workos::{ApiError, StepUp};

/// Why a sign-in didn't come to its end.
#[derive(Debug)]
pub(in crate::routes) enum Failure {
    /// The code is not, or no longer, good.
    CodeRefused,
    /// Our own settings are wrong.
    Misconfigured(String),
    /// AuthKit says no; carries its error code.
    Refused(String),
    /// The flow is older than ten minutes.
    Expired,
    /// There is another step to take.
    StepUp(StepUp),
    /// The session doesn't fit into cookies.
    TooLarge(usize),
    /// WorkOS didn't answer.
    Unavailable,
    /// It isn't a callback of a sign-in of this browser.
    Unknown,
    /// What came isn't to be believed.
    Unverified(String),
}

/// Returns the page, or JSON, that says so.
pub(in crate::routes) fn failed(
    failure: &Failure,
    flow: Option<&Flow>,
    asked: Asked<'_>,
) -> Outcome {
    let (message, note) = failure.told();
    let sign_in = &asked.config.routes.sign_in;
    let again = flow.map_or_else(
        || sign_in.clone(),
        |flow| with_return_path(sign_in, flow.return_to()),
    );
    let again = Action::Link {
        label: "Try again",
        href: again,
    };
    let answer = message.first(again).answer(asked.head);
    // A code that may not have been spent can still be: the flow stays.
    let spent = !matches!(failure, Failure::Unavailable | Failure::Misconfigured(_));
    let cookie = &asked.config.flow_cookie;
    let removal = flow
        .filter(|_| spent)
        .and_then(|flow| cookie.remove(flow.state()));
    Outcome::answer(answer, note).with_cookies(removal.into_iter().collect())
}

impl Failure {
    fn told(&self) -> (Message, Note) {
        let (status, code, title, text) = match self {
            Failure::Refused(error) if error == "access_denied" => (
                403,
                "access_denied",
                "You were not signed in",
                "The sign-in was cancelled, or you don't have access.",
            ),
            Failure::Refused(_) => (
                400,
                "sign_in_refused",
                "You were not signed in",
                "The sign-in service refused. Trying again often helps; if it doesn't, tell the \
                 site's operator the request's id.",
            ),
            Failure::CodeRefused => (
                400,
                "code_refused",
                "This sign-in is used up",
                "Its code was used before or is too old. Signing in again takes a moment.",
            ),
            Failure::Expired => (
                400,
                "sign_in_expired",
                "This sign-in took too long",
                "For your safety a sign-in must be finished within ten minutes. Please begin again.",
            ),
            Failure::Unknown => (
                400,
                "sign_in_unknown",
                "This sign-in wasn't begun here",
                "This browser doesn't know of it: it may have been begun in another browser or \
                 window, or cookies are switched off.",
            ),
            Failure::StepUp(_) => (
                403,
                "step_up_required",
                "One more step is needed",
                "The sign-in service asks for another step before it lets you in. Please sign in \
                 again to take it.",
            ),
            Failure::TooLarge(_) => (
                500,
                "session_too_large",
                "Your session is too large",
                "It doesn't fit into this browser's cookies. The site's operator must make it \
                 smaller; tell them the request's id.",
            ),
            Failure::Misconfigured(_) | Failure::Unavailable | Failure::Unverified(_) => (
                502,
                "sign_in_unavailable",
                "Sign-in isn't working right now",
                "The sign-in service gave no good answer. You have done nothing wrong; please try \
                 again in a moment.",
            ),
        };
        (Message::new(status, code, title, text), self.note(code))
    }

    fn note(&self, code: &'static str) -> Note {
        let note = Note::new(code);
        match self {
            Failure::CodeRefused | Failure::Expired | Failure::Unknown => note,
            Failure::Misconfigured(code) => note
                .at(LogLevel::Error)
                .detail(ApiError::Misconfigured(code.clone()).to_string()),
            Failure::Refused(error) => note.detail(error.chars().take(64).collect::<String>()),
            Failure::StepUp(step) => note.detail(step.code.as_str()),
            Failure::TooLarge(bytes) => note.at(LogLevel::Error).detail(too_large(*bytes)),
            Failure::Unavailable => note.at(LogLevel::Warn),
            Failure::Unverified(why) => note.at(LogLevel::Error).detail(format!(
                "WorkOS gave an access token that isn't good: {why}"
            )),
        }
    }
}
