//! What a sign-out leaves behind, so that the session stays ended.
//!
//! 1. A refresh that began before the sign-out may answer after it, and put the session's cookie
//!    back. The mark names the session that ended: a cookie of that session counts for nothing.
//! 2. It lives as long as such a cookie may: however late its owner comes back.
//! 3. A sign-in lets it fade: it stays for as long as a refresh may still be under way, unless it
//!    names the very session that begins.

use sha2::{Digest, Sha256};

use crate::config::Config;
use crate::cookie::SetCookie;
use crate::outside::Outside;
use crate::passing::SIGNED_OUT;
use crate::seal::Purpose;
use crate::token::{AccessToken, unverified_session_id};

/// Seconds after which no refresh of an earlier session is under way.
const FADES_IN: u64 = 60;

/// Returns what marks the session of `token` as ended. Without randomness there is no mark.
pub(crate) fn mark(
    token: &AccessToken,
    config: &Config,
    host: &str,
    outside: &impl Outside,
) -> Option<SetCookie> {
    let session_id = unverified_session_id(token)?;
    let content = Sha256::digest(session_id);
    let Config {
        passing_cookies,
        keyring,
        session_cookie,
        ..
    } = config;
    let content = (content.as_slice(), session_cookie.max_age);
    passing_cookies
        .seal(
            Purpose::SignedOut,
            SIGNED_OUT,
            content,
            keyring,
            host,
            outside,
        )
        .ok()
}

/// Returns what becomes of a mark in `field`, a `Cookie` field, when the session of `token` begins.
pub(crate) fn fade(
    token: &AccessToken,
    config: &Config,
    field: &str,
    host: &str,
) -> Option<SetCookie> {
    let passing = config.passing_cookies;
    let text = passing.value(SIGNED_OUT, field)?;
    Some(match is_marked(token, config, field, host) {
        true => passing.remove(SIGNED_OUT),
        false => passing.set(SIGNED_OUT, text, FADES_IN),
    })
}

/// Returns whether `field`, a `Cookie` field, marks the session of `token` as ended.
pub(crate) fn is_marked(token: &AccessToken, config: &Config, field: &str, host: &str) -> bool {
    let Config {
        passing_cookies,
        keyring,
        ..
    } = config;
    let marked = passing_cookies.open(Purpose::SignedOut, SIGNED_OUT, field, keyring, host);
    marked.is_some_and(|marked| {
        let session_id = unverified_session_id(token);
        session_id.is_some_and(|session_id| marked == Sha256::digest(session_id).as_slice())
    })
}
