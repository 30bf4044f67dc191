//! The platform's types to the core's, and back.

use js_sys::{JSON, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Headers, Response, ResponseInit};
use worker::Env;

use crate::config;
use crate::decision::{Answer, Body, Edit, Redirect};
use crate::request::{Fields, RequestHead};

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

/// The header fields of a message.
pub(super) struct InboundFields(pub(super) Headers);

impl Fields for InboundFields {
    fn get(&self, name: &str) -> Option<String> {
        self.0.get(name).ok().flatten()
    }
}

/// Returns the names in a header, lower-cased as the platform has them.
pub(super) fn names(headers: &Headers) -> Vec<String> {
    let names = headers.keys().into_iter();
    names.filter_map(|name| name.ok()?.as_string()).collect()
}

/// Makes the changes.
pub(super) fn apply(edits: &[Edit], headers: &Headers) -> Result<(), JsValue> {
    for edit in edits {
        match edit {
            Edit::Append(name, value) => headers.append(name, value)?,
            Edit::Remove(name) => headers.delete(name)?,
            Edit::Set(name, value) => headers.set(name, value)?,
        }
    }
    Ok(())
}

/// Writes an answer of the gateway's own.
pub(super) fn answer(answer: &Answer, head: &RequestHead<'_>) -> worker::Result<Response> {
    let headers = own_headers()?;
    let (content, content_type) = match &answer.body {
        Body::Empty => (None, None),
        Body::Html(html) => (Some(html.as_str()), Some("text/html; charset=utf-8")),
        Body::Script(module) => (
            Some(module.as_str()),
            Some("text/javascript; charset=utf-8"),
        ),
        Body::Json(json) => (Some(json.as_str()), Some("application/json")),
    };
    if let Some(content_type) = content_type {
        headers.set("content-type", content_type)?;
    }
    for (name, value) in &answer.fields {
        headers.set(name, value)?;
    }
    for cookie in &answer.cookies {
        headers.append("set-cookie", cookie.as_str())?;
    }
    let content = content.filter(|_| head.method != "HEAD");
    respond(answer.status, &headers, content)
}

/// Writes a redirect.
pub(super) fn redirect(redirect: &Redirect) -> worker::Result<Response> {
    let headers = own_headers()?;
    headers.set("location", &redirect.location)?;
    headers.set("referrer-policy", "no-referrer")?;
    for cookie in &redirect.cookies {
        headers.append("set-cookie", cookie.as_str())?;
    }
    respond(redirect.status.code(), &headers, None)
}

/// Answers a request whose URL isn't one: there is nothing to judge.
pub(super) fn unreadable(id: &str) -> worker::Result<Response> {
    let headers = own_headers()?;
    headers.set("content-type", "application/json")?;
    let json = serde_json::json!({
        "error": "bad_request",
        "message": "The request's URL can't be read.",
        "request_id": id,
    });
    respond(400, &headers, Some(&json.to_string()))
}

fn own_headers() -> Result<Headers, JsValue> {
    let headers = Headers::new()?;
    headers.set("cache-control", "no-store")?;
    headers.set("vary", "Cookie, Accept, Sec-Fetch-Mode, Sec-Fetch-Dest")?;
    headers.set("x-content-type-options", "nosniff")?;
    // The front-end module tells our clock by it; not every runtime writes one.
    headers.set("date", &String::from(js_sys::Date::new_0().to_utc_string()))?;
    Ok(headers)
}

fn respond(status: u16, headers: &Headers, content: Option<&str>) -> worker::Result<Response> {
    let init = ResponseInit::new();
    init.set_status(status);
    init.set_headers(headers.unchecked_ref());
    Ok(Response::new_with_opt_str_and_init(content, &init)?)
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
