//! Ends the session: here, and at WorkOS.
//!
//! 1. Only a POST from this very site signs out. A GET, which browsers prefetch and other sites
//!    link to, shows a page that asks.
//! 2. Fetch metadata say where the POST came from; `Origin` does where they are missing; without
//!    either nothing happens.
//! 3. Every form of our cookies is removed, whatever is in them.
//! 4. The session ends at WorkOS too where its id can be read, even from a token that has run out;
//!    of several the newest does, which is the one that counted.
//! 5. A mark stays behind, so that a refresh under way can't bring the session back; and a
//!    tombstone with the session's coordinator, if it has one.

use std::time::Duration;

use super::method_not_allowed;
use crate::asked::Asked;
use crate::config::Config;
use crate::cookie::{self, SetCookie};
use crate::coordinator::sign_out_errand;
use crate::decision::{Note, Outcome, Redirect, RedirectStatus};
use crate::log::hashed;
use crate::outside::Outside;
use crate::page::{Action, Message};
use crate::request::RequestHead;
use crate::signed_out::mark;
use crate::token::{AccessToken, unverified_expiry, unverified_session_id};

/// How long a sign-out waits for the coordinator.
const FAREWELL: Duration = Duration::from_secs(2);

/// Returns the confirm page, or signs out.
pub(crate) async fn answer(asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let Asked { config, head, .. } = asked;
    if head.is_read() {
        return confirm(config, head);
    }
    if head.method != "POST" {
        return method_not_allowed("GET, HEAD, POST", head);
    }
    // 2.
    if !head.is_same_origin() {
        let message = Message::new(
            403,
            "cross_site_request",
            "You are still signed in",
            "Another site asked to sign you out. Only this one can.",
        );
        let message = message.first(sign_out_button(config));
        return Outcome::answer(message.answer(head), Note::new("cross_site_sign_out"));
    }
    sign_out(asked, outside).await
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
        label: "Sign out".to_owned(),
        action: config.routes.sign_out.clone(),
    }
}

async fn sign_out(asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let Asked { config, home, head } = asked;
    let field = asked.cookies();
    // 3.
    let mut cookies: Vec<SetCookie> = config.session_cookie.remove(&field);
    cookies.extend(config.passing_cookies.remove_all(&field));
    let return_to = return_to(config, head);
    let token = access_token(config, &field, head.host(), outside);
    // 4.
    let session_id = token.as_ref().and_then(unverified_session_id);
    let location = match &session_id {
        Some(session_id) => config.api.logout_url(session_id, return_to.as_deref()),
        None => return_to.unwrap_or_else(|| home.url("/")),
    };
    // 5.
    cookies.extend(token.and_then(|token| mark(&token, config, head.host(), outside)));
    let session = session_id.as_deref().map(hashed);
    if let Some(session) = session.as_ref().filter(|_| config.has_coordinator) {
        // Without it the mark must do.
        let _ = outside
            .coordinate(session, sign_out_errand(), FAREWELL)
            .await;
    }
    let note = Note {
        session,
        ..Note::new("signed_out")
    };
    let status = RedirectStatus::SeeOther;
    Outcome::redirect(
        Redirect {
            location,
            status,
            cookies,
        },
        note,
    )
}

fn access_token(
    config: &Config,
    field: &str,
    host: &str,
    outside: &impl Outside,
) -> Option<AccessToken> {
    let own = &config.session_cookie;
    let texts = own.candidates(cookie::pairs(field)).into_iter();
    let opened = texts.filter_map(|text| own.open(&text, &config.keyring, host, outside.now()));
    let tokens = opened.map(|sealed| sealed.session.access_token);
    tokens.max_by_key(unverified_expiry)
}

fn return_to(config: &Config, head: &RequestHead<'_>) -> Option<String> {
    let asked = head.query("return_to").once();
    let allowed = &config.logout_return_to;
    let asked = asked.filter(|url| allowed.contains(url));
    asked.or_else(|| allowed.first().cloned())
}
