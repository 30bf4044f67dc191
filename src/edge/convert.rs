//! The platform's types to the core's, and back.

use js_sys::{JSON, Reflect};
use wasm_bindgen::JsValue;
use web_sys::Response;
use worker::Env;

use super::crossing;
use crate::config;
use crate::cookie::SetCookie;
use crate::decision::{Answer, Body, Edit, Redirect};
use crate::json;
use crate::request::RequestHead;

/// The variables and bindings of the Worker.
pub(super) struct Environment<'a>(pub(super) &'a Env);

impl Environment<'_> {
    /// Returns a variable or binding; `None` where it isn't there.
    pub(super) fn value(&self, name: &str) -> Option<JsValue> {
        let value = Reflect::get(self.0, &JsValue::from_str(name)).ok()?;
        (!value.is_undefined() && !value.is_null()).then_some(value)
    }
}

impl config::Environment for Environment<'_> {
    fn variable(&self, name: &str) -> Option<String> {
        let value = self.value(name)?;
        let text = value.as_string();
        text.or_else(|| JSON::stringify(&value).ok().map(String::from))
    }

    fn has_binding(&self, name: &str) -> bool {
        let Some(value) = self.value(name) else {
            return false;
        };
        // A service or assets have the one, a Durable Object namespace the other.
        ["fetch", "idFromName"].iter().any(|method| {
            let method = Reflect::get(&value, &JsValue::from_str(method));
            method.is_ok_and(|method| method.is_function())
        })
    }
}

/// Writes an answer of the gateway's own.
pub(super) fn answer(answer: &Answer, head: &RequestHead<'_>) -> Result<Response, JsValue> {
    let (content, content_type) = match &answer.body {
        Body::Empty => (None, None),
        Body::Html(html) => (Some(html.as_str()), Some("text/html; charset=utf-8")),
        Body::Script(module) => (
            Some(module.as_str()),
            Some("text/javascript; charset=utf-8"),
        ),
        Body::Json(json) => (Some(json.as_str()), Some("application/json")),
    };
    let mut edits = own_fields();
    edits.extend(content_type.map(|value| Edit::setting("content-type", value)));
    let fields = answer.fields.iter();
    edits.extend(fields.map(|(name, value)| Edit::setting(name, value)));
    edits.extend(answer.cookies.iter().map(set_cookie));
    let content = content.filter(|_| head.method != "HEAD");
    crossing::answer(answer.status, &edits, content)
}

/// Writes a redirect.
pub(super) fn redirect(redirect: &Redirect) -> Result<Response, JsValue> {
    let mut edits = own_fields();
    edits.push(Edit::setting("location", &redirect.location));
    edits.push(Edit::setting("referrer-policy", "no-referrer"));
    edits.extend(redirect.cookies.iter().map(set_cookie));
    crossing::answer(redirect.status.code(), &edits, None)
}

/// Answers a request whose URL isn't one: there is nothing to judge.
pub(super) fn unreadable(id: &str) -> Result<Response, JsValue> {
    let mut edits = own_fields();
    edits.push(Edit::setting("content-type", "application/json"));
    let json = serde_json::json!({
        "error": "bad_request",
        "message": "The request's URL can't be read.",
        "request_id": id,
    });
    crossing::answer(400, &edits, Some(&json::written(&json)))
}

fn own_fields<'a>() -> Vec<Edit<'a>> {
    vec![
        Edit::setting("cache-control", "no-store"),
        Edit::setting("vary", "Cookie, Accept, Sec-Fetch-Mode, Sec-Fetch-Dest"),
        Edit::setting("x-content-type-options", "nosniff"),
    ]
}

fn set_cookie(cookie: &SetCookie) -> Edit<'_> {
    Edit::Append("set-cookie", cookie.as_str().into())
}

/// Returns a duration the platform measured.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates"
)]
pub(super) fn milliseconds(duration: f64) -> u64 {
    duration as u64
}
