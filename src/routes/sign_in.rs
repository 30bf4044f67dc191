//! Begins a sign-in or a sign-up at AuthKit.
//!
//! 1. Valid as WorkOS' sign-in endpoint (initiate-login URL): it needs no parameter at all.
//! 2. Who is signed in already, and asks for nothing more, goes straight to where they wanted.
//! 3. Of the query only names from the list go on to AuthKit, once each, in plausible shapes.
//! 4. Only real navigations are led anywhere, and set a flow's cookie: prefetched pages and scripts
//!    would fill the browser with sign-ins nobody finishes.
//! 5. A loopback name that isn't the redirect URI's is left for that one first: the flow's cookie
//!    must be where the callback arrives.

use super::method_not_allowed;
use crate::config::Config;
use crate::cookie::SetCookie;
use crate::decision::{Note, Outcome, Redirect, RedirectStatus};
use crate::flow::Flow;
use crate::gateway::Gateway;
use crate::hosts::Home;
use crate::log::LogLevel;
use crate::outside::Outside;
use crate::page::Message;
use crate::refresh::Patience;
use crate::request::{Query, RequestHead};
use crate::return_path::ReturnPath;
use crate::route::Route;
use crate::visitor::Visitor;
use crate::workos::AuthorizationRequest;

/// A parameter of AuthKit's sign-in page and its value.
pub(crate) type Hint = (&'static str, String);

/// Returns the redirect to AuthKit, or to where the visitor wanted to go.
pub(crate) async fn answer(
    route: Route,
    gateway: &Gateway,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    if !head.is_read() {
        return method_not_allowed("GET, HEAD", head);
    }
    // 4.
    if !head.may_navigate() {
        return not_a_navigation(home, head);
    }
    let config = &gateway.config;
    let return_to = return_to(config, head).unwrap_or_else(|| config.return_pathname.clone());
    let mut hints = hints(head);
    let recognized = gateway.recognize(head, Patience::Brief, outside).await;
    // 2.
    if matches!(recognized.visitor, Visitor::SignedIn(_)) && hints.is_empty() {
        let note = Note {
            reason: "already_signed_in",
            ..recognized.note()
        };
        let location = home.url(return_to.as_str());
        return Outcome::redirect(found(location, recognized.cookies), note);
    }
    if route == Route::SignUp && !hints.iter().any(|(name, _)| *name == "screen_hint") {
        hints.push(("screen_hint", "sign-up".to_owned()));
    }
    let note = Note {
        reason: "sign_in_begins",
        ..recognized.note()
    };
    begin(return_to, &hints, note, config, home, head, outside).with_cookies(recognized.cookies)
}

/// Returns the redirect that begins a sign-in which is to end at `return_to`.
pub(crate) fn begin(
    return_to: ReturnPath,
    hints: &[Hint],
    note: Note,
    config: &Config,
    home: &Home<'_>,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    // 5.
    if !home.is_here {
        return Outcome::redirect(found(home.url(head.target()), Vec::new()), note);
    }
    let cookies = head.field("cookie").unwrap_or_default();
    let flow = Flow::begin(return_to, 0, outside).and_then(|flow| {
        let keyring = &config.keyring;
        let cookies = config
            .flow_cookie
            .write(&flow, &cookies, keyring, head.host(), outside)?;
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
        hints,
    });
    Outcome::redirect(found(url, cookies), note)
}

fn found(location: String, cookies: Vec<SetCookie>) -> Redirect {
    Redirect {
        location,
        status: RedirectStatus::Found,
        cookies,
    }
}

/// Returns where the query says the sign-in should end, if it may.
fn return_to(config: &Config, head: &RequestHead<'_>) -> Option<ReturnPath> {
    let path = ReturnPath::parse(&head.query("return_to").once()?)?;
    (!config.routes.are_reached_by(&path)).then_some(path)
}

// 3.
fn hints(head: &RequestHead<'_>) -> Vec<Hint> {
    type IsPlausible = fn(&str) -> bool;
    const KNOWN: [(&str, IsPlausible); 6] = [
        ("invitation_token", is_plausible),
        ("login_hint", is_plausible),
        ("max_age", |text| {
            text.len() <= 9 && text.bytes().all(|byte| byte.is_ascii_digit())
        }),
        ("organization_id", is_plausible),
        ("prompt", is_plausible),
        ("screen_hint", |text| matches!(text, "sign-in" | "sign-up")),
    ];
    KNOWN
        .into_iter()
        .filter_map(|(name, is_good)| match head.query(name) {
            Query::Once(value) if !value.is_empty() && is_good(&value) => Some((name, value)),
            Query::Once(_) | Query::Absent | Query::Repeated => None,
        })
        .collect()
}

fn is_plausible(text: &str) -> bool {
    text.len() <= 512 && !text.chars().any(char::is_control)
}

fn not_a_navigation(home: &Home<'_>, head: &RequestHead<'_>) -> Outcome {
    let message = Message {
        sign_in_url: Some(home.url(head.target())),
        ..Message::new(
            401,
            "navigation_required",
            "Sign-in needs a page of its own",
            "Open this address in the browser's window; it can't be fetched by a script.",
        )
    };
    Outcome::answer(message.answer(head), Note::new("not_a_navigation"))
}
