//! Ends the session: here, and at WorkOS.
//!
//! 1. Only a POST from this very site signs out. A GET, which browsers prefetch and other sites
//!    link to, shows a page that asks.
//! 2. Fetch metadata say where the POST came from; `Origin` does where they are missing; without
//!    either nothing happens.
//! 3. Every form of our cookies is removed, whatever is in them.
//! 4. The session ends at WorkOS too where its id can be read, even from a token that has run out.

use super::method_not_allowed;
use crate::config::Config;
use crate::cookie::SetCookie;
use crate::decision::{Note, Outcome, Redirect, RedirectStatus};
use crate::hosts::Home;
use crate::log::hashed;
use crate::page::{Action, Message};
use crate::request::RequestHead;
use crate::token::unverified_session_id;

/// Returns the confirm page, or signs out.
pub(crate) fn answer(config: &Config, home: &Home<'_>, head: &RequestHead<'_>) -> Outcome {
    if head.is_read() {
        return confirm(config, head);
    }
    if head.method != "POST" {
        return method_not_allowed("GET, HEAD, POST", head);
    }
    // 2.
    if !is_same_origin(head) {
        let message = Message::new(
            403,
            "cross_site_request",
            "You are still signed in",
            "Another site asked to sign you out. Only this one can.",
        );
        let message = message.first(sign_out_button(config));
        return Outcome::answer(message.answer(head), Note::new("cross_site_sign_out"));
    }
    sign_out(config, home, head)
}

fn confirm(config: &Config, head: &RequestHead<'_>) -> Outcome {
    let message = Message {
        actions: vec![
            sign_out_button(config),
            Action::Link {
                label: "Stay signed in",
                href: "/".to_owned(),
            },
        ],
        ..Message::new(
            200,
            "confirmation_required",
            "Sign out?",
            "You will have to sign in again to see what is behind the sign-in.",
        )
    };
    Outcome::answer(message.answer(head), Note::new("sign_out_asked"))
}

fn sign_out_button(config: &Config) -> Action {
    Action::Post {
        label: "Sign out",
        action: config.routes.sign_out.clone(),
    }
}

fn is_same_origin(head: &RequestHead<'_>) -> bool {
    match head.field("sec-fetch-site") {
        Some(site) => site == "same-origin",
        None => {
            let origin = head.field("origin");
            origin.is_some_and(|origin| origin == head.url.origin().ascii_serialization())
        }
    }
}

fn sign_out(config: &Config, home: &Home<'_>, head: &RequestHead<'_>) -> Outcome {
    let field = head.field("cookie").unwrap_or_default();
    // 3.
    let mut cookies: Vec<SetCookie> = config.session_cookie.remove(&field);
    cookies.extend(config.flow_cookie.remove_all(&field));
    // 4.
    let return_to = return_to(config, head);
    let session_id = session_id(config, &field, head.host());
    let location = match &session_id {
        Some(session_id) => config.api.logout_url(session_id, return_to.as_deref()),
        None => return_to.unwrap_or_else(|| home.url("/")),
    };
    let note = Note {
        session: session_id.as_deref().map(hashed),
        ..Note::new("signed_out")
    };
    Outcome::redirect(
        Redirect {
            location,
            status: RedirectStatus::SeeOther,
            cookies,
        },
        note,
    )
}

fn session_id(config: &Config, field: &str, host: &str) -> Option<String> {
    let cookie = &config.session_cookie;
    let texts = cookie.candidates(field).into_iter();
    let mut sessions = texts.filter_map(|text| cookie.open(&text, &config.keyring, host));
    sessions.find_map(|(session, _)| unverified_session_id(&session.access_token))
}

fn return_to(config: &Config, head: &RequestHead<'_>) -> Option<String> {
    let asked = head.query("return_to").once();
    let allowed = &config.logout_return_to;
    let asked = asked.filter(|url| allowed.contains(url));
    asked.or_else(|| allowed.first().cloned())
}
