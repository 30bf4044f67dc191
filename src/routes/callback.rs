//! Finishes a sign-in: WorkOS sends the visitor back with a code, or with the reason there is none.
//!
//! 1. Only a GET that somebody waits for spends a code: not HEAD, not a prefetch.
//! 2. `code`, `state`, `error` and `iss` stand once each or not at all; `iss`, where it stands, is
//!    WorkOS ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
//! 3. The callback belongs to a sign-in this browser began: see [`crate::flow`]. Where it doesn't,
//!    no code is exchanged, and a visitor who is signed in simply goes on.
//! 4. The code is exchanged; the token that comes is verified and is the user's.
//! 5. The session is sealed, the flow's cookie removed, and the visitor sent to a URL without
//!    `code` or `state`.

use std::time::Duration;

use super::method_not_allowed;
use crate::config::Config;
use crate::cookie::SameSite;
use crate::decision::{Answer, Body, Note, Outcome, Redirect, RedirectStatus};
use crate::flow::{Flow, NoFlow};
use crate::gateway::Gateway;
use crate::hosts::Home;
use crate::keys::Source;
use crate::log::{LogLevel, hashed};
use crate::outside::{Outside, random};
use crate::page::{Action, Message, interstitial};
use crate::recognize::too_large;
use crate::refresh::Patience;
use crate::request::{Query, RequestHead};
use crate::session::{Session, Standing, WriteFailed};
use crate::token::{Claims, Verification};
use crate::visitor::Visitor;
use crate::workos::{ApiError, AuthorizationCode, Grant, authentication};

/// Time for the exchange; a code can't be tried twice.
const BUDGET: Duration = Duration::from_secs(10);

/// Returns the end of a sign-in.
pub(crate) async fn answer(
    gateway: &Gateway,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    let config = &gateway.config;
    // 1.
    if head.method != "GET" || head.is_speculation() {
        return unspent(head);
    }
    // 2.
    let Some(parameters) = Parameters::read(head, config) else {
        return stray(NoFlow::Unknown, gateway, home, head, outside).await;
    };
    // 3.
    let flow = match find(&parameters, config, head, outside) {
        Ok(flow) => flow,
        Err(no_flow) => return stray(no_flow, gateway, home, head, outside).await,
    };
    let result = match parameters.outcome {
        Ok(code) => finish(&code, &flow, gateway, outside).await,
        Err(error) => Err(Failure::Refused(error)),
    };
    match result {
        Ok(signed_in) => arrive(&signed_in, &flow, config, home, head, outside),
        Err(failure) => failed(&failure, Some(&flow), config, head),
    }
}

struct Parameters {
    state: String,
    /// The code, or WorkOS' error code.
    outcome: Result<AuthorizationCode, String>,
}

impl Parameters {
    fn read(head: &RequestHead<'_>, config: &Config) -> Option<Parameters> {
        let [code, state, error, issuer] =
            ["code", "state", "error", "iss"].map(|name| head.query(name));
        let issuers = &config.token_rules.issuers;
        let from_workos = match issuer {
            Query::Absent => true,
            Query::Once(issuer) => issuers.contains(&issuer),
            Query::Repeated => false,
        };
        let outcome = match (code, error) {
            (Query::Once(code), Query::Absent) if !code.is_empty() => {
                Ok(AuthorizationCode::new(code))
            }
            (Query::Absent, Query::Once(error)) => Err(error),
            _ => return None,
        };
        let state = state.once()?;
        from_workos.then_some(Parameters { state, outcome })
    }
}

fn find(
    parameters: &Parameters,
    config: &Config,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Result<Flow, NoFlow> {
    let field = head.field("cookie").unwrap_or_default();
    let (keyring, now) = (&config.keyring, outside.now());
    config
        .flow_cookie
        .find(&parameters.state, &field, keyring, head.host(), now)
}

/// Why a sign-in didn't come to its end.
enum Failure {
    /// The code is not, or no longer, good.
    CodeRefused,
    /// Our own settings are wrong.
    Misconfigured(String),
    /// AuthKit says no; carries its error code.
    Refused(String),
    /// The flow is older than ten minutes.
    Expired,
    /// There is another step to take.
    StepUp(String),
    /// The session doesn't fit into cookies.
    TooLarge(usize),
    /// WorkOS didn't answer.
    Unavailable,
    /// It isn't a callback of a sign-in of this browser.
    Unknown,
    /// What came isn't to be believed.
    Unverified(String),
}

// 4.
async fn finish(
    code: &AuthorizationCode,
    flow: &Flow,
    gateway: &Gateway,
    outside: &impl Outside,
) -> Result<(Session, Claims), Failure> {
    let config = &gateway.config;
    // What could not be verified or sealed isn't worth the code.
    let source = Source {
        api: &config.api,
        budget: BUDGET,
    };
    if random::<1>(outside).is_err() || !gateway.keys.are_there(source, outside).await {
        return Err(Failure::Unavailable);
    }
    let code_verifier = flow.code_verifier();
    let grant = Grant::AuthorizationCode {
        code,
        code_verifier,
    };
    let answer = outside.send(config.api.authenticate(&grant), BUDGET).await;
    let authentication = authentication(answer).map_err(|error| match error {
        ApiError::InvalidGrant => Failure::CodeRefused,
        ApiError::Misconfigured(code) => Failure::Misconfigured(code),
        ApiError::StepUp(code) => Failure::StepUp(code),
        ApiError::Unavailable(_) => Failure::Unavailable,
    })?;
    let mut session =
        Session::from_authentication(authentication, None).ok_or(Failure::Unavailable)?;
    match gateway.check(&session, BUDGET, outside).await {
        Verification::Valid(claims) if claims.user_id == session.user_id() => {
            session.standing = Standing::Verified;
            Ok((session, claims))
        }
        Verification::Valid(_) => Err(Failure::Unverified("it is another user's".to_owned())),
        Verification::Invalid(why) => Err(Failure::Unverified(why.to_owned())),
        Verification::Expired(_) => Err(Failure::Unverified("it has run out".to_owned())),
        Verification::UnknownKey => Err(Failure::Unverified("its key is unknown".to_owned())),
        Verification::Unverifiable(_) => {
            Err(Failure::Unverified("its key can't be had now".to_owned()))
        }
    }
}

// 5.
fn arrive(
    signed_in: &(Session, Claims),
    flow: &Flow,
    config: &Config,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    let (session, claims) = signed_in;
    let field = head.field("cookie").unwrap_or_default();
    let Config {
        session_cookie,
        keyring,
        ..
    } = config;
    let mut cookies = match session_cookie.write(session, &field, keyring, head.host(), outside) {
        Ok(cookies) => cookies,
        Err(WriteFailed::Randomness) => {
            return failed(&Failure::Unavailable, Some(flow), config, head);
        }
        Err(WriteFailed::TooLarge(bytes)) => {
            return failed(&Failure::TooLarge(bytes), Some(flow), config, head);
        }
    };
    cookies.extend(config.flow_cookie.remove(flow.state()));
    cookies.extend(config.signed_out_cookie.remove(&field));
    let note = Note {
        session: Some(hashed(&claims.session_id)),
        ..Note::new("signed_in")
    };
    let location = home.url(flow.return_to().as_str());
    if session_cookie.same_site == SameSite::Strict {
        return Outcome::answer(interstitial(&location), note).with_cookies(cookies);
    }
    Outcome::redirect(
        Redirect {
            location,
            status: RedirectStatus::SeeOther,
            cookies,
        },
        note,
    )
}

async fn stray(
    no_flow: NoFlow,
    gateway: &Gateway,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    let config = &gateway.config;
    let recognized = gateway.recognize(head, Patience::Brief, outside).await;
    if matches!(recognized.visitor, Visitor::SignedIn(_)) {
        let location = home.url(config.return_pathname.as_str());
        let cookies = recognized.cookies;
        let redirect = Redirect {
            location,
            status: RedirectStatus::Found,
            cookies,
        };
        return Outcome::redirect(redirect, Note::new("already_signed_in"));
    }
    let failure = match no_flow {
        NoFlow::Expired => Failure::Expired,
        NoFlow::Unknown => Failure::Unknown,
    };
    failed(&failure, None, config, head).with_cookies(recognized.cookies)
}

/// A request that isn't worth a code: whoever waits for the answer will ask again.
fn unspent(head: &RequestHead<'_>) -> Outcome {
    if head.is_read() {
        let answer = Answer {
            status: 204,
            body: Body::Empty,
            fields: Vec::new(),
            cookies: Vec::new(),
        };
        return Outcome::answer(answer, Note::new("code_not_spent"));
    }
    method_not_allowed("GET", head)
}

fn failed(
    failure: &Failure,
    flow: Option<&Flow>,
    config: &Config,
    head: &RequestHead<'_>,
) -> Outcome {
    let (message, note) = failure.told();
    let again = again(flow, config);
    let answer = message
        .first(Action::Link {
            label: "Try again",
            href: again,
        })
        .answer(head);
    // A code that may not have been spent can still be: the flow stays.
    let spent = !matches!(failure, Failure::Unavailable | Failure::Misconfigured(_));
    let removal = flow
        .filter(|_| spent)
        .and_then(|flow| config.flow_cookie.remove(flow.state()));
    Outcome::answer(answer, note).with_cookies(removal.into_iter().collect())
}

fn again(flow: Option<&Flow>, config: &Config) -> String {
    let sign_in = &config.routes.sign_in;
    match flow.map(|flow| flow.return_to().as_str()) {
        None | Some("/") => sign_in.clone(),
        Some(path) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            format!(
                "{sign_in}?{}",
                query.append_pair("return_to", path).finish()
            )
        }
    }
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
            Failure::StepUp(code) => note.detail(code.as_str()),
            Failure::TooLarge(bytes) => note.at(LogLevel::Error).detail(too_large(*bytes)),
            Failure::Unavailable => note.at(LogLevel::Warn),
            Failure::Unverified(why) => note.at(LogLevel::Error).detail(format!(
                "WorkOS gave an access token that isn't good: {why}"
            )),
        }
    }
}
