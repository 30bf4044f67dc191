//! Passes a request to the origin and its answer back. Bodies go through as streams nobody reads.

use js_sys::Promise;
use serde_json::json;
use url::Position;
use wasm_bindgen::JsValue;
use web_sys::{Request, Response};
use worker::{Env, console_log};

use super::convert::{self, Environment};
use super::crossing::{self, Head, Onward};
use crate::config::{Config, Origin};
use crate::decision::{Forward, Told};
use crate::gateway::Gateway;
use crate::page::Message;
use crate::request::{Fields, RequestHead};
use crate::{forward, json, response};

/// What came of asking the origin.
pub(super) enum Answered {
    /// It wants somebody signed in.
    EnsureSignedIn,
    /// Its answer, or a page that says there was none.
    Response(Response),
}

/// By this an origin says that its 401 is the gateway's to deal with.
const ENSURE_SIGNED_IN: &str = "x-authkit-ensure-signed-in";

/// Returns the origin's answer as the visitor gets it, or a page that says there was none.
pub(super) fn relay(
    forward: &Forward,
    asked: Result<Response, JsValue>,
    head: &RequestHead<'_>,
    gateway: &Gateway,
) -> Result<Answered, JsValue> {
    let down = |error| origin_down(forward, &error, &gateway.addressed(head));
    let answer = match asked {
        Ok(answer) => answer,
        Err(error) => return Ok(Answered::Response(down(error)?)),
    };
    let answered = Head::of_answer(&answer);
    if forward.told != Told::Nothing && asks_to_sign_in(&answered) {
        crossing::discard(&answer);
        return Ok(Answered::EnsureSignedIn);
    }
    if forward.bare {
        crossing::discard(&answer);
        let fields = response::of_preflight(&answered, answered.names());
        let told = crossing::answer(answer.status(), &fields, None);
        return Ok(Answered::Response(told.or_else(down)?));
    }
    // No status of HTTP's, say.
    let inbound = inbound(forward, answer, &answered, head, &gateway.config);
    Ok(Answered::Response(inbound.or_else(down)?))
}

fn asks_to_sign_in(answered: &Head) -> bool {
    answered.status() == "401" && answered.get(ENSURE_SIGNED_IN).as_deref() == Some("1")
}

/// Sends on the very string that was judged, on the origin's host, and returns the promise of the
/// origin's answer.
pub(super) fn ask(
    forward: &Forward,
    request: &Request,
    inbound: &Head,
    head: &RequestHead<'_>,
    env: &Env,
    config: &Config,
) -> Result<Promise, JsValue> {
    let binding = |name| {
        let value = Environment(env).value(name);
        value.ok_or_else(|| JsValue::from_str("the binding is gone"))
    };
    let (site, url) = match &config.origin {
        Origin::Assets => (binding("ASSETS")?, head.url.to_string()),
        Origin::Service => (binding("ORIGIN")?, head.url.to_string()),
        Origin::SameUrl => (JsValue::UNDEFINED, head.url.to_string()),
        Origin::Url(origin) => {
            let scheme = &origin[..Position::BeforeUsername];
            let host = &origin[Position::BeforeHost..Position::AfterPort];
            (JsValue::UNDEFINED, [scheme, host, head.target()].concat())
        }
    };
    let onward = Onward {
        may_be_stored: !site.is_undefined() || forward.told == Told::Nothing,
        has_body: !head.is_read() && !forward.bare,
        site,
        url,
    };
    let edits = forward::edits(forward, head, inbound.names(), config);
    crossing::send_on(request, &onward, &edits)
}

fn inbound(
    forward: &Forward,
    answer: Response,
    answered: &Head,
    head: &RequestHead<'_>,
    config: &Config,
) -> Result<Response, JsValue> {
    let set_cookies: Vec<&str> = answered.values("set-cookie").collect();
    let names = answered.names();
    let edits = response::edits(forward, answered, names, &set_cookies, head.url, config);
    let upgraded = answered.status() == "101";
    if edits.is_empty() || (upgraded && forward.cookies.is_empty()) {
        return Ok(answer);
    }
    crossing::with_edits(&answer, &edits)
}

fn origin_down(
    forward: &Forward,
    error: &JsValue,
    head: &RequestHead<'_>,
) -> Result<Response, JsValue> {
    let error = js_sys::Error::from(error.clone());
    let line = json!({
        "level": "error",
        "request_id": head.id,
        "reason": "origin_unreachable",
        "detail": String::from(error.message()),
    });
    console_log!("{}", json::written(&line));
    let mut answer = Message::origin_down(head).answer(head);
    // New tokens must reach the browser even if the page can't.
    answer.cookies.clone_from(&forward.cookies);
    convert::answer(&answer, head)
}
