//! One file for each place a request can go.

use crate::decision::{Note, Outcome};
use crate::page::Message;
use crate::request::RequestHead;

pub(crate) mod access_token;
mod arrival;
pub(crate) mod callback;
pub(crate) mod client;
mod forbidden;
pub(crate) mod health;
mod organization;
pub(crate) mod renewal;
pub(crate) mod session_info;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod site;

/// Returns the refusal of a method a route doesn't have; `allow` lists those it has
/// ([RFC 9110 §15.5.6](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6)).
fn method_not_allowed(allow: &str, head: &RequestHead<'_>) -> Outcome {
    let message = Message::new(
        405,
        "method_not_allowed",
        "That can't be done here",
        "This address only takes other kinds of requests.",
    );
    let mut answer = message.answer(head);
    answer.fields.push(("allow", allow.to_owned()));
    Outcome::answer(answer, Note::new("method_not_allowed"))
}
