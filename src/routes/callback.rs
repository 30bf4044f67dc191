//! Finishes a sign-in: WorkOS sends the visitor back with a code, or with the reason there is none.
//!
//! 1. Only a GET that somebody waits for spends a code: not HEAD, not a prefetch.
//! 2. `code`, `state`, `error` and `iss` stand once each or not at all; `iss`, where it stands, is
//!    WorkOS ([RFC 9207](https://www.rfc-editor.org/rfc/rfc9207)).
//! 3. The callback belongs to a sign-in this browser began: see [`crate::flow`]. Where it doesn't,
//!    no code is exchanged. A visitor who is signed in simply goes on; anybody else is sent to sign
//!    in once more, which mends invitations, impersonation and bookmarks, but not twice.
//! 4. The code is exchanged; the token that comes is verified and is the user's.
//! 5. The session is sealed, the flow's cookie removed, and the visitor sent to a URL without
//!    `code` or `state`.

mod failure;

use std::time::Duration;

use serde_json::Value;

pub(super) use self::failure::{Failure, failed};
use super::method_not_allowed;
use super::organization;
use super::sign_in::{Hint, SignIn, begin, is_plausible};
use crate::asked::Asked;
use crate::cookie::{self, SameSite};
use crate::decision::{Answer, Body, Note, Outcome, Redirect, RedirectStatus};
use crate::exchange::Patience;
use crate::flow::{Flow, NoFlow, restarts};
use crate::gateway::Gateway;
use crate::json;
use crate::keys::Bearer;
use crate::log::hashed;
use crate::outside::{Deadline, Outside, random};
use crate::page::interstitial;
use crate::passing::{ARRIVED, PENDING};
use crate::request::{Query, RequestHead};
use crate::return_path::ReturnPath;
use crate::session::{Session, Standing};
use crate::session_cookie::WriteFailed;
use crate::signed_out::fade;
use crate::token::{Claims, Verification};
use crate::visitor::{Recognized, Visitor};
use crate::workos::{ApiError, AuthorizationCode, Grant, StepUp, authentication};

/// Time for the exchange and all around it; a code can't be tried twice.
pub(super) const BUDGET: Duration = Duration::from_secs(10);
const ARRIVED_FOR: u64 = 20;
/// A stray callback mends one sign-in, and a step that WorkOS asks for another: whoever arrives
/// without a sign-in of ours may meet both.
const MOST_RESTARTS: u8 = 2;

/// Returns the end of a sign-in.
pub(crate) async fn answer(gateway: &Gateway, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let head = asked.head;
    if head.method == "POST" {
        return organization::chosen(gateway, asked, outside).await;
    }
    // 1.
    if head.method != "GET" || head.is_speculation() {
        return unspent(head);
    }
    // 2.
    let parameters = match Parameters::read(asked) {
        Ok(parameters) => parameters,
        Err(stray) => return go_on(stray, gateway, asked, outside).await,
    };
    // 3.
    let flow = match find(&parameters, asked, outside) {
        Ok(flow) => flow,
        Err(NoFlow::Unknown) => return go_on(Stray::Unknown, gateway, asked, outside).await,
        Err(NoFlow::Expired(path)) => {
            return go_on(Stray::Expired(path), gateway, asked, outside).await;
        }
    };
    let result = match parameters.outcome {
        Ok(code) => exchange(&code, &flow, gateway, outside).await,
        Err(error) => Err(Failure::Refused(error)),
    };
    match result {
        Ok(signed_in) => {
            let removal = asked.config.flow_cookie.remove(flow.state());
            let outcome = arrive(&signed_in, &flow.landing(), asked, outside);
            outcome.with_cookies(removal.into_iter().collect())
        }
        Err(Failure::StepUp(step)) => lead_on(step, &flow, asked, outside),
        // Whoever can have no new session keeps the one they have.
        Err(failure @ (Failure::CodeRefused | Failure::Refused(_))) => {
            let recognized = gateway
                .recognize(asked.head, Patience::Brief, outside)
                .await;
            if !matches!(recognized.visitor, Visitor::SignedIn(_)) {
                let outcome = failed(&failure, Some(&flow), asked);
                return outcome.with_cookies(recognized.cookies);
            }
            let removal = asked.config.flow_cookie.remove(flow.state());
            let outcome = stay(recognized, &flow.landing(), asked);
            outcome.with_cookies(removal.into_iter().collect())
        }
        Err(failure) => failed(&failure, Some(&flow), asked),
    }
}

struct Parameters {
    state: String,
    /// The code, or WorkOS' error code.
    outcome: Result<AuthorizationCode, String>,
}

/// A callback that finishes no sign-in of this browser.
enum Stray {
    /// Its sign-in took too long; carries where it was to end.
    Expired(ReturnPath),
    /// It can't have come from WorkOS.
    Refused,
    /// Nothing is known of its sign-in.
    Unknown,
}

impl Parameters {
    fn read(asked: Asked<'_>) -> Result<Parameters, Stray> {
        let [code, state, error, issuer] =
            ["code", "state", "error", "iss"].map(|name| asked.head.query(name));
        if [&code, &state, &error, &issuer].contains(&&Query::Repeated) {
            return Err(Stray::Refused);
        }
        let issuers = &asked.config.token_rules.issuers;
        if matches!(&issuer, Query::Once(issuer) if !issuers.contains(issuer)) {
            return Err(Stray::Refused);
        }
        let outcome = match (code.once(), error.once()) {
            (Some(code), None) => Ok(AuthorizationCode::new(code)),
            (None, Some(error)) => Err(error),
            (Some(_), Some(_)) => return Err(Stray::Refused),
            (None, None) => return Err(Stray::Unknown),
        };
        let state = state.once().ok_or(Stray::Unknown)?;
        Ok(Parameters { state, outcome })
    }
}

fn find(parameters: &Parameters, asked: Asked<'_>, outside: &impl Outside) -> Result<Flow, NoFlow> {
    let (field, keyring, now) = (asked.cookies(), &asked.config.keyring, outside.now());
    let cookie = &asked.config.flow_cookie;
    cookie.find(&parameters.state, &field, keyring, asked.head.host(), now)
}

// 4.
async fn exchange(
    code: &AuthorizationCode,
    flow: &Flow,
    gateway: &Gateway,
    outside: &impl Outside,
) -> Result<(Session, Claims), Failure> {
    // What could not be verified or sealed isn't worth the code.
    let deadline = Deadline::after(BUDGET, outside);
    let source = gateway.source(Bearer::WorkOs, deadline);
    if random::<1>(outside).is_err() || !gateway.keys.are_there(source, outside).await {
        return Err(Failure::Unavailable);
    }
    let grant = Grant::AuthorizationCode {
        code,
        code_verifier: flow.code_verifier(),
    };
    finish(&grant, gateway, deadline, outside).await
}

/// Returns the session that a grant leads to, verified; waits for it until `deadline`.
pub(super) async fn finish(
    grant: &Grant<'_>,
    gateway: &Gateway,
    deadline: Deadline,
    outside: &impl Outside,
) -> Result<(Session, Claims), Failure> {
    let request = gateway.config.api.authenticate(grant);
    let authentication = authentication(outside.send(request, deadline.left(outside)).await)?;
    let mut session =
        Session::from_authentication(authentication, None).ok_or(Failure::Unavailable)?;
    let unverified = |why: &str| Err(Failure::Unverified(why.to_owned()));
    match gateway
        .check(&session, Bearer::WorkOs, deadline, outside)
        .await
    {
        Verification::Valid(claims) if claims.user_id == session.user_id() => {
            session.standing = Standing::Verified;
            Ok((session, claims))
        }
        Verification::Valid(_) => unverified("it is another user's"),
        Verification::Invalid(why) => unverified(why),
        Verification::Expired(_) => unverified("it has run out"),
        Verification::NotYetValid => unverified("it isn't valid yet: a clock is wrong"),
        Verification::UnknownKey => unverified("its key is unknown"),
        Verification::Unverifiable(_) => unverified("its key can't be had now"),
    }
}

impl From<ApiError> for Failure {
    fn from(error: ApiError) -> Failure {
        match error {
            ApiError::InvalidGrant => Failure::CodeRefused,
            ApiError::Misconfigured(code) => Failure::Misconfigured(code),
            ApiError::OrganizationDenied(code) => Failure::Refused(code),
            ApiError::StepUp(step) => Failure::StepUp(step),
            ApiError::Unavailable(_) => Failure::Unavailable,
        }
    }
}

// 5.
/// Returns the visitor's arrival at `landing`, signed in.
pub(super) fn arrive(
    signed_in: &(Session, Claims),
    landing: &ReturnPath,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let Asked { config, home, head } = asked;
    let (session, claims) = signed_in;
    let field = asked.cookies();
    let cookie = &config.session_cookie;
    let written = cookie.write(session, &field, &config.keyring, head.host(), outside);
    let mut cookies = match written {
        Ok(cookies) => cookies,
        Err(WriteFailed::Randomness) => return failed(&Failure::Unavailable, None, asked),
        Err(WriteFailed::TooLarge(bytes)) => {
            return failed(&Failure::TooLarge(bytes), None, asked);
        }
    };
    let passing = config.passing_cookies;
    cookies.extend(
        passing
            .has(PENDING, cookie::pairs(&field))
            .then(|| passing.remove(PENDING)),
    );
    cookies.extend(fade(&session.access_token, config, &field, head.host()));
    cookies.push(passing.set(ARRIVED, "1", ARRIVED_FOR));
    let note = Note {
        session: Some(hashed(&claims.session_id)),
        ..Note::new("signed_in")
    };
    let location = home.url(landing.as_str());
    if cookie.same_site == SameSite::Strict {
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

/// Leads a visitor on whom WorkOS asks for another step.
fn lead_on(step: StepUp, flow: &Flow, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let removal = asked.config.flow_cookie.remove(flow.state());
    let spent = restarts(flow.state()).unwrap_or(MOST_RESTARTS);
    let outcome = match step.pending {
        Some(token) if !step.organizations.is_empty() => {
            organization::ask(token, &step.organizations, flow.landing(), asked, outside)
        }
        // AuthKit's own pages take the step, if the visitor comes to them once more.
        _ if spent < MOST_RESTARTS => {
            let sign_in = SignIn {
                restarts: spent.saturating_add(1),
                ..SignIn::to(flow.landing())
            };
            begin(
                sign_in,
                Note::new("step_up").detail(step.code),
                asked,
                outside,
            )
        }
        _ => return failed(&Failure::StepUp(step), Some(flow), asked),
    };
    outcome.with_cookies(removal.into_iter().collect())
}

/// Goes on from a callback that finishes nothing here.
async fn go_on(
    stray: Stray,
    gateway: &Gateway,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let recognized = gateway
        .recognize(asked.head, Patience::Brief, outside)
        .await;
    if matches!(recognized.visitor, Visitor::SignedIn(_)) {
        let landing = match &stray {
            Stray::Expired(path) => path,
            Stray::Refused | Stray::Unknown => &asked.config.return_pathname,
        };
        return stay(recognized, landing, asked);
    }
    let outcome = match restart(&stray, asked, outside) {
        Some(sign_in) => begin(sign_in, Note::new("sign_in_restarts"), asked, outside),
        None => {
            let expired = matches!(stray, Stray::Expired(_));
            let failure = if expired {
                Failure::Expired
            } else {
                Failure::Unknown
            };
            failed(&failure, None, asked)
        }
    };
    outcome.with_cookies(recognized.cookies)
}

/// Returns the way on of somebody who is signed in already.
fn stay(recognized: Recognized, landing: &ReturnPath, asked: Asked<'_>) -> Outcome {
    let note = Note {
        reason: "already_signed_in",
        ..recognized.note()
    };
    let location = asked.home.url(landing.as_str());
    let (status, cookies) = (RedirectStatus::Found, recognized.cookies);
    Outcome::redirect(
        Redirect {
            location,
            status,
            cookies,
        },
        note,
    )
}

/// Returns the sign-in that a stray callback is mended by, if it hasn't been tried already.
fn restart(stray: &Stray, asked: Asked<'_>, outside: &impl Outside) -> Option<SignIn> {
    let head = asked.head;
    let kept = match stray {
        Stray::Expired(return_to) => Some(return_to.clone()),
        Stray::Refused => return None,
        Stray::Unknown => sdk_return_path(asked, outside),
    };
    let state = head.query("state").once();
    let was_tried = state
        .as_deref()
        .and_then(restarts)
        .is_some_and(|spent| spent > 0);
    let tells_an_error = head.query("error") != Query::Absent;
    if was_tried || tells_an_error || !head.may_navigate() || !head.prefers_html() {
        return None;
    }
    let return_to = kept.unwrap_or_else(|| asked.config.return_pathname.clone());
    let hints = ["invitation_token", "organization_id"]
        .into_iter()
        .filter_map(|name| {
            let value = head
                .query(name)
                .once()
                .filter(|value| is_plausible(value))?;
            Some((name, value))
        });
    let hints: Vec<Hint> = hints.collect();
    Some(SignIn {
        hints,
        restarts: 1,
        ..SignIn::to(return_to)
    })
}

/// Returns where a sign-in was to end that the site's own SDK began: its `state` is a seal, and says
/// so.
fn sdk_return_path(asked: Asked<'_>, outside: &impl Outside) -> Option<ReturnPath> {
    let cookie = &asked.config.session_cookie;
    let state = asked
        .head
        .query("state")
        .once()
        .filter(|_| cookie.accepts_iron)?;
    let opened = cookie.iron.open(&state, outside.now()).ok()?;
    let payload: Value = json::read(&opened.plaintext)?;
    let path = ReturnPath::parse(payload.get("returnPathname")?.as_str()?)?;
    (!asked.config.routes.are_reached_by(&path)).then_some(path)
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
    method_not_allowed("GET, POST", head)
}
