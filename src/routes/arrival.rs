//! Tells a visitor whose sign-in ended well that it was in vain.
//!
//! A sign-in leaves a mark for twenty seconds. Where no session comes with it, or one beside somebody
//! else's, sending the visitor to sign in once more would go on for ever.

use crate::asked::{Asked, with_return_path};
use crate::cookie::{self, SameSite, is_within};
use crate::decision::{Note, Outcome};
use crate::log::LogLevel;
use crate::page::{Action, Message};
use crate::passing::ARRIVED;

/// Returns whether the visitor, who isn't signed in, has just signed in.
pub(super) fn was_in_vain(asked: Asked<'_>) -> bool {
    let (config, field) = (asked.config, asked.cookies());
    // A strict cookie doesn't come along where another site's link leads here.
    let strict = config.session_cookie.same_site == SameSite::Strict;
    let may_lack_it = strict && asked.head.field("sec-fetch-site").as_deref() == Some("cross-site");
    asked.head.is_navigation()
        && !may_lack_it
        && config.passing_cookies.has(ARRIVED, cookie::pairs(&field))
        && sessions(asked) != 1
}

/// Returns the page that says so, once.
pub(super) fn answer(note: Note, asked: Asked<'_>) -> Outcome {
    let config = asked.config;
    let message = match sessions(asked) {
        0 => not_kept(asked),
        _ => Message::new(
            400,
            "conflicting_sessions",
            "Two people are signed in here",
            "You signed in, but your browser also sent the session of somebody else, which another \
             site of this domain has set. Sign out there, or delete the cookies of this domain.",
        ),
    };
    let href = with_return_path(&config.routes.sign_in, &asked.head.return_path());
    let note = Note {
        reason: message.code,
        ..note
    }
    .at(LogLevel::Warn);
    let message = message.first(Action::Link {
        label: "Try again",
        href,
    });
    let removal = config.passing_cookies.remove(ARRIVED);
    Outcome::answer(message.answer(asked.head), note).with_cookies(vec![removal])
}

/// Returns how many there may be.
fn sessions(asked: Asked<'_>) -> usize {
    let field = asked.cookies();
    let texts = asked
        .config
        .session_cookie
        .candidates(cookie::pairs(&field));
    texts.len()
}

/// Says what probably became of the session's cookie.
fn not_kept(asked: Asked<'_>) -> Message {
    let config = asked.config;
    let over_http = asked.head.url.scheme() == "http" && config.session_cookie.secure;
    let domain = config.session_cookie.domain.as_deref();
    let elsewhere = domain.is_some_and(|domain| !is_within(domain, asked.head.host()));
    let mut details = Vec::new();
    if over_http {
        details.push("This page came over http, and the cookie is for https alone.".to_owned());
    }
    if elsewhere {
        details.push("The cookie is for another domain (WORKOS_COOKIE_DOMAIN).".to_owned());
    }
    if details.is_empty() {
        details.push("Cookies are switched off, or an extension removes them.".to_owned());
        details
            .push("There are so many cookies of this site that the browser dropped it.".to_owned());
    }
    Message {
        details,
        ..Message::new(
            400,
            "session_not_kept",
            "Your browser didn't keep the sign-in",
            "You signed in, but the cookie that says so didn't come back. Probably:",
        )
    }
}
