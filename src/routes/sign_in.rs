//! Begins a sign-in or a sign-up at AuthKit.
//!
//! 1. Valid as WorkOS' sign-in endpoint (initiate-login URL): it needs no parameter at all.
//! 2. Who is signed in already, and asks for nothing more, goes straight to where they wanted.
//! 3. Of the query only names from the list go on to AuthKit, once each, in plausible shapes; those
//!    that choose who vouches for the visitor only where no other site asks.
//! 4. Only real navigations are led anywhere, and set a flow's cookie: prefetched pages and scripts
//!    would fill the browser with sign-ins nobody finishes.
//! 5. A loopback name that isn't the redirect URI's is left for that one first: the flow's cookie
//!    must be where the callback arrives.

use super::method_not_allowed;
use crate::asked::Asked;
use crate::cookie::SetCookie;
use crate::decision::{Note, Outcome, Redirect, RedirectStatus};
use crate::exchange::Patience;
use crate::flow::{Flow, landing};
use crate::gateway::Gateway;
use crate::log::LogLevel;
use crate::outside::Outside;
use crate::page::Message;
use crate::request::{Query, RequestHead};
use crate::return_path::ReturnPath;
use crate::route::Route;
use crate::visitor::Visitor;
use crate::workos::AuthorizationRequest;

/// A parameter of AuthKit's sign-in page and its value.
pub(crate) type Hint = (&'static str, String);

/// A sign-in to begin.
pub(crate) struct SignIn {
    /// Where it is to end.
    pub(crate) return_to: ReturnPath,
    /// What the sign-in page should know.
    pub(crate) hints: Vec<Hint>,
    /// What the caller wants to have back.
    pub(crate) caller_state: Option<String>,
    /// How often this visitor has been sent to sign in without coming back recognizably.
    pub(crate) restarts: u8,
}

impl SignIn {
    /// Returns a plain sign-in that is to end at `return_to`.
    pub(crate) fn to(return_to: ReturnPath) -> SignIn {
        SignIn {
            return_to,
            hints: Vec::new(),
            caller_state: None,
            restarts: 0,
        }
    }

    /// Returns where somebody lands who needs no sign-in.
    fn landing(&self) -> ReturnPath {
        landing(&self.return_to, self.caller_state.as_deref())
    }
}

/// Returns the redirect to AuthKit, or to where the visitor wanted to go.
pub(crate) async fn answer(
    route: Route,
    gateway: &Gateway,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let head = asked.head;
    if !head.is_read() {
        return method_not_allowed("GET, HEAD", head);
    }
    // 4.
    if !head.may_navigate() {
        return not_a_navigation(asked);
    }
    let mut sign_in = SignIn {
        hints: hints(head),
        caller_state: head
            .query("state")
            .once()
            .filter(|state| is_plausible(state)),
        ..SignIn::to(return_to(asked).unwrap_or_else(|| asked.config.return_pathname.clone()))
    };
    let recognized = gateway.recognize(head, Patience::Brief, outside).await;
    // 2.
    if matches!(recognized.visitor, Visitor::SignedIn(_)) && sign_in.hints.is_empty() {
        let note = Note {
            reason: "already_signed_in",
            ..recognized.note()
        };
        let location = asked.home.url(sign_in.landing().as_str());
        return Outcome::redirect(redirect(location, recognized.cookies, head), note);
    }
    if route == Route::SignUp && !sign_in.hints.iter().any(|(name, _)| *name == "screen_hint") {
        sign_in.hints.push(("screen_hint", "sign-up".to_owned()));
    }
    let note = Note {
        reason: "sign_in_begins",
        ..recognized.note()
    };
    begin(sign_in, note, asked, outside).with_cookies(recognized.cookies)
}

/// Returns the redirect that begins a sign-in.
pub(crate) fn begin(
    sign_in: SignIn,
    note: Note,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let Asked { config, home, head } = asked;
    // 5.
    if !home.is_here {
        return Outcome::redirect(redirect(home.url(head.target()), Vec::new(), head), note);
    }
    let SignIn {
        return_to,
        hints,
        caller_state,
        restarts,
    } = sign_in;
    let flow = Flow::begin(return_to, caller_state, restarts, outside).and_then(|flow| {
        let (field, keyring) = (asked.cookies(), &config.keyring);
        let cookies = config
            .flow_cookie
            .write(&flow, &field, keyring, head.host(), outside)?;
        Ok((flow, cookies))
    });
    let Ok((flow, cookies)) = flow else {
        let note = Note::new("randomness_failed").at(LogLevel::Error);
        return Outcome::answer(Message::unavailable().answer(head), note);
    };
    let url = config.api.authorization_url(&AuthorizationRequest {
        redirect_uri: home.redirect_uri.as_str(),
        state: flow.state(),
        code_challenge: &flow.code_challenge(),
        hints: &hints,
    });
    Outcome::redirect(redirect(url, cookies, head), note)
}

fn redirect(location: String, cookies: Vec<SetCookie>, head: &RequestHead<'_>) -> Redirect {
    let status = match head.is_read() {
        true => RedirectStatus::Found,
        false => RedirectStatus::SeeOther,
    };
    Redirect {
        location,
        status,
        cookies,
    }
}

/// Returns where the query says the sign-in should end, if it may.
pub(crate) fn return_to(asked: Asked<'_>) -> Option<ReturnPath> {
    let path = ReturnPath::parse(&asked.head.query("return_to").once()?)?;
    (!asked.config.routes.are_reached_by(&path)).then_some(path)
}

// 3.
fn hints(head: &RequestHead<'_>) -> Vec<Hint> {
    let another_site_asks = head.field("sec-fetch-site").as_deref() == Some("cross-site");
    let chosen = if another_site_asks {
        [].as_slice()
    } else {
        &CHOOSING
    };
    let hints = PLAIN.iter().chain(chosen);
    let mut hints: Vec<Hint> = hints
        .filter_map(|(name, is_good)| hint(name, *is_good, head))
        .collect();
    // A connection is a provider already.
    if hints.iter().any(|(name, _)| *name == "connection_id") {
        hints.retain(|(name, _)| *name != "provider");
    }
    hints
}

type IsPlausible = fn(&str) -> bool;

const PLAIN: [(&str, IsPlausible); 6] = [
    ("invitation_token", is_plausible),
    ("login_hint", is_plausible),
    ("max_age", |text| {
        text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit())
    }),
    ("organization_id", is_plausible),
    ("prompt", is_plausible),
    ("screen_hint", |text| matches!(text, "sign-in" | "sign-up")),
];

const CHOOSING: [(&str, IsPlausible); 3] = [
    ("connection_id", is_plausible),
    ("domain_hint", is_plausible),
    ("provider", |text| PROVIDERS.contains(&text)),
];

/// The values WorkOS documents.
const PROVIDERS: [&str; 5] = [
    "AppleOAuth",
    "GitHubOAuth",
    "GoogleOAuth",
    "MicrosoftOAuth",
    "authkit",
];

fn hint(name: &'static str, is_good: IsPlausible, head: &RequestHead<'_>) -> Option<Hint> {
    match head.query(name) {
        Query::Once(value) if !value.is_empty() && is_good(&value) => Some((name, value)),
        Query::Once(_) | Query::Absent | Query::Repeated => None,
    }
}

/// Returns whether a parameter's value is worth passing on.
pub(crate) fn is_plausible(text: &str) -> bool {
    text.len() <= 512 && !text.chars().any(char::is_control)
}

fn not_a_navigation(asked: Asked<'_>) -> Outcome {
    let message = Message {
        sign_in_url: Some(asked.home.url(asked.head.target())),
        ..Message::new(
            401,
            "navigation_required",
            "Sign-in needs a page of its own",
            "Open this address in the browser's window; it can't be fetched by a script.",
        )
    };
    Outcome::answer(message.answer(asked.head), Note::new("not_a_navigation"))
}
