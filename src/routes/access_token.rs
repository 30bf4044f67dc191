//! Gives the front end the access token, where the operator wants that (`ACCESS_TOKEN_ENDPOINT`).
//!
//! 1. Only to a page of this origin, by the word of the browser: a token that scripts can have is a
//!    token that other sites' scripts will try to have.
//! 2. Refreshed first where it has run out or soon will.

use serde::Serialize;

use super::method_not_allowed;
use super::session_info::{data, told};
use super::site::unauthenticated;
use crate::asked::Asked;
use crate::decision::{Note, Outcome};
use crate::exchange::Patience;
use crate::gateway::Gateway;
use crate::outside::Outside;
use crate::page::Message;

/// Returns `{accessToken, expiresAt}`.
pub(crate) async fn answer(gateway: &Gateway, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let head = asked.head;
    if !asked.config.access_token_endpoint {
        let message = Message::new(
            404,
            "access_token_endpoint_off",
            "There is nothing here",
            "The site's operator has not switched this on (ACCESS_TOKEN_ENDPOINT).",
        );
        return Outcome::answer(message.answer(head), Note::new("access_token_endpoint_off"));
    }
    if head.method != "GET" {
        return method_not_allowed("GET", head);
    }
    // 1.
    if head.field("sec-fetch-site").as_deref() != Some("same-origin") {
        let message = Message::new(
            403,
            "cross_site_request",
            "Not for other sites",
            "Only a page of this site may have this.",
        );
        return Outcome::answer(message.answer(head), Note::new("cross_site_token_request"));
    }
    let recognized = gateway.recognize(head, Patience::Program, outside).await;
    let recognized = gateway.lasting(recognized, outside).await;
    told(
        recognized,
        head,
        |_, _| unauthenticated(asked),
        |signed_in| {
            data(&Lent {
                access_token: signed_in.session.access_token.secret(),
                expires_at: signed_in.claims.expires_at.0,
            })
        },
    )
}

/// What a page may have for a while.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Lent<'a> {
    access_token: &'a str,
    expires_at: u64,
}
