//! Passes a request to the origin and its answer back. Bodies go through as streams nobody reads.

use js_sys::Promise;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Headers, Request, RequestCache, RequestInit, RequestRedirect, Response, ResponseInit,
    WorkerGlobalScope,
};
use worker::worker_sys::Fetcher;
use worker::{Env, console_log};

use super::convert::{self, Environment, InboundFields, apply, names};
use crate::config::{Config, Origin};
use crate::decision::{Forward, Told};
use crate::gateway::Gateway;
use crate::page::Message;
use crate::request::RequestHead;
use crate::{forward, response};

/// What came of asking the origin.
pub(super) enum Answered {
    /// It wants somebody signed in.
    EnsureSignedIn,
    /// Its answer, or a page that says there was none.
    Response(Response),
}

/// By this an origin says that its 401 is the gateway's to deal with.
const ENSURE_SIGNED_IN: &str = "x-authkit-ensure-signed-in";

/// Returns the origin's answer as it came, or why there is none.
pub(super) async fn ask(
    forward: &Forward,
    request: &Request,
    head: &RequestHead<'_>,
    env: &Env,
    config: &Config,
) -> worker::Result<Result<Response, JsValue>> {
    let outbound = outbound(forward, request, head, config)?;
    let answer = match send(&outbound, env, config) {
        Ok(promise) => JsFuture::from(promise).await,
        Err(error) => Err(error),
    };
    Ok(answer.map(JsCast::unchecked_into))
}

/// Returns the origin's answer as the visitor gets it, or a page that says there was none.
pub(super) async fn relay(
    forward: &Forward,
    answer: Result<Response, JsValue>,
    head: &RequestHead<'_>,
    gateway: &Gateway,
) -> worker::Result<Answered> {
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            return Ok(Answered::Response(origin_down(
                forward,
                &error,
                &gateway.addressed(head),
            )?));
        }
    };
    if forward.told != Told::Nothing && asks_to_sign_in(&answer) {
        if let Some(body) = answer.body() {
            let _ = JsFuture::from(body.cancel()).await;
        }
        return Ok(Answered::EnsureSignedIn);
    }
    Ok(Answered::Response(
        match inbound(forward, answer, head, &gateway.config) {
            Ok(answer) => answer,
            // No status of HTTP's, say.
            Err(error) => origin_down(forward, &error, &gateway.addressed(head))?,
        },
    ))
}

fn asks_to_sign_in(answer: &Response) -> bool {
    let asks = || answer.headers().get(ENSURE_SIGNED_IN).ok().flatten();
    answer.status() == 401 && asks().as_deref() == Some("1")
}

fn outbound(
    forward: &Forward,
    request: &Request,
    head: &RequestHead<'_>,
    config: &Config,
) -> Result<Request, JsValue> {
    let headers = Headers::new_with_headers(&request.headers())?;
    let names = names(&headers).into_iter();
    apply(&forward::edits(forward, head, names, config), &headers)?;
    let init = RequestInit::new();
    init.set_method(head.method);
    init.set_headers(headers.unchecked_ref());
    init.set_redirect(RequestRedirect::Manual);
    if !head.is_read() && !forward.bare {
        init.set_body_opt_readable_stream(request.body().as_ref());
    }
    let remote = matches!(config.origin, Origin::SameUrl | Origin::Url(_));
    if remote && forward.told != Told::Nothing {
        init.set_cache(RequestCache::NoStore);
    }
    Request::new_with_str_and_init(&target(head, config), &init)
}

/// The very string that was judged, on the origin's host.
fn target(head: &RequestHead<'_>, config: &Config) -> String {
    match &config.origin {
        Origin::Url(origin) => {
            format!("{}{}", origin.origin().ascii_serialization(), head.target())
        }
        Origin::Assets | Origin::SameUrl | Origin::Service => head.url.to_string(),
    }
}

fn send(request: &Request, env: &Env, config: &Config) -> Result<Promise, JsValue> {
    let binding = |name| {
        let value = Environment(env).value(name);
        value.ok_or_else(|| JsValue::from_str("the binding is gone"))
    };
    match config.origin {
        Origin::Assets => binding("ASSETS")?
            .unchecked_into::<Fetcher>()
            .fetch(request),
        Origin::Service => binding("ORIGIN")?
            .unchecked_into::<Fetcher>()
            .fetch(request),
        Origin::SameUrl | Origin::Url(_) => {
            let global: WorkerGlobalScope = js_sys::global().unchecked_into();
            Ok(global.fetch_with_request(request))
        }
    }
}

fn inbound(
    forward: &Forward,
    answer: Response,
    head: &RequestHead<'_>,
    config: &Config,
) -> Result<Response, JsValue> {
    let fields = InboundFields(answer.headers());
    let names = names(&fields.0).into_iter();
    let set_cookies = fields.0.unchecked_ref::<CookieHeaders>().get_set_cookie();
    let edits = response::edits(forward, &fields, names, &set_cookies, head.url, config);
    let upgraded = answer.status() == 101;
    if edits.is_empty() || (upgraded && forward.cookies.is_empty()) {
        return Ok(answer);
    }
    // The origin's answer as `init` brings its status, header and WebSocket along.
    let init: &ResponseInit = answer.unchecked_ref();
    let body = answer.body();
    let rebuilt = Response::new_with_opt_readable_stream_and_init(body.as_ref(), init)?;
    apply(&edits, &rebuilt.headers())?;
    Ok(rebuilt)
}

#[wasm_bindgen]
extern "C" {
    /// A `Headers` with the method the bindings don't have yet.
    type CookieHeaders;

    #[wasm_bindgen(method, js_name = getSetCookie)]
    fn get_set_cookie(this: &CookieHeaders) -> Vec<String>;
}

fn origin_down(
    forward: &Forward,
    error: &JsValue,
    head: &RequestHead<'_>,
) -> worker::Result<Response> {
    let error = js_sys::Error::from(error.clone());
    console_log!(
        "{}",
        serde_json::json!({
            "level": "error",
            "request_id": head.id,
            "reason": "origin_unreachable",
            "detail": String::from(error.message()),
        })
    );
    let mut answer = Message::origin_down(head).answer(head);
    // New tokens must reach the browser even if the page can't.
    answer.cookies.clone_from(&forward.cookies);
    convert::answer(&answer, head)
}
