//! The shell: the only part that names the platform. It reads the request, asks the core, and
//! carries out what the core decides, adding nothing of its own.

mod beside;
mod convert;
mod coordinator;
mod origin;
mod runtime;
mod store;

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::{Date, Promise};
use url::Url;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};
use worker::{Context, Env, console_log, event};

use self::beside::Beside;
use self::convert::{Environment, InboundFields};
use self::origin::Answered;
use self::runtime::Runtime;
use crate::config::{Config, Fault, is_development};
use crate::decision::{Decision, Outcome};
use crate::gateway::Gateway;
use crate::log::{Line, LogLevel};
use crate::page::Message;
use crate::request::RequestHead;

/// The gateway of this isolate, or what is wrong with its settings.
type Standing = Result<Gateway, Vec<Fault>>;

thread_local! {
    static STANDING: RefCell<Option<Rc<Standing>>> = const { RefCell::new(None) };
}

#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let began = Date::now();
    let raw_url = request.url();
    let method = request.method();
    let fields = InboundFields(request.headers());
    let id = runtime::request_id();
    let Ok(url) = Url::parse(&raw_url) else {
        return convert::unreadable(&id);
    };
    let head = RequestHead {
        method: &method,
        url: &url,
        raw_path: raw_path(&raw_url),
        fields: &fields,
        id: &id,
        wants_data: false,
    };
    let standing = standing(&env);
    let gateway = match standing.as_ref() {
        Ok(gateway) => gateway,
        Err(faults) => return not_configured(faults, &head, &env),
    };
    let runtime = runtime(&env, context);
    let mut outcome = gateway.decide(&head, &runtime).await;
    let mut response = None;
    if let Decision::Forward(forward) = &mut outcome.decision {
        let ahead = forward.ahead.take();
        let beside = ahead.map(|ahead| Beside::begin(ahead, Rc::clone(&standing), runtime.clone()));
        let asked = origin::ask(forward, &request, &head, &env, &gateway.config).await?;
        if let Some(beside) = beside
            && let Some(renewed) = beside.told().await
        {
            outcome.learn(renewed);
        }
        response = origin_answer(asked, &mut outcome, &head, gateway, &runtime).await?;
    }
    let response = match response {
        Some(response) => Ok(response),
        None => own_answer(&outcome, &head),
    };
    log(&outcome, &head, &gateway.config, began);
    response
}

fn runtime(env: &Env, context: Context) -> Runtime {
    let wait_until = move |promise: &Promise| {
        let promise = JsFuture::from(promise.clone());
        context.wait_until(async move {
            let _ = promise.await;
        });
    };
    Runtime::new(env.clone(), Rc::new(wait_until))
}

/// Returns the origin's answer; `None` where the gateway is to answer in its place.
async fn origin_answer(
    asked: Result<Response, JsValue>,
    outcome: &mut Outcome,
    head: &RequestHead<'_>,
    gateway: &Gateway,
    runtime: &Runtime,
) -> worker::Result<Option<Response>> {
    let Decision::Forward(forward) = &outcome.decision else {
        return Ok(None);
    };
    match origin::relay(forward, asked, head, gateway).await? {
        Answered::Response(response) => Ok(Some(response)),
        Answered::EnsureSignedIn => {
            let (told, cookies) = (forward.told, forward.cookies.clone());
            if let Some(instead) = gateway.ensure_signed_in(told, head, runtime) {
                *outcome = instead.with_cookies(cookies);
            }
            Ok(None)
        }
    }
}

/// Writes an answer of the gateway's own.
fn own_answer(outcome: &Outcome, head: &RequestHead<'_>) -> worker::Result<Response> {
    match &outcome.decision {
        Decision::Answer(answer) => convert::answer(answer, head),
        Decision::Redirect(redirect) => convert::redirect(redirect),
        // There is no way here; and if there were, nothing would be let through.
        Decision::Forward(_) => Err("a forward is not an answer".into()),
    }
}

/// Reads the settings once per isolate; their faults are logged once, too.
fn standing(env: &Env) -> Rc<Standing> {
    STANDING.with_borrow_mut(|standing| {
        let read = || {
            let read = Config::read(&Environment(env)).map(Gateway::new);
            for fault in read.as_ref().err().into_iter().flatten() {
                console_log!(
                    "{}",
                    serde_json::json!({
                        "level": LogLevel::Error,
                        "reason": "not_configured",
                        "detail": fault.to_string(),
                    })
                );
            }
            Rc::new(read)
        };
        Rc::clone(standing.get_or_insert_with(read))
    })
}

fn not_configured(faults: &[Fault], head: &RequestHead<'_>, env: &Env) -> worker::Result<Response> {
    let details = match is_development(&Environment(env)) {
        true => faults.iter().map(ToString::to_string).collect(),
        false => Vec::new(),
    };
    convert::answer(&Message::not_configured(details).answer(head), head)
}

/// The path as it stood in the URL that came in.
fn raw_path(raw_url: &str) -> &str {
    let after_scheme = raw_url.split_once("://").map_or(raw_url, |(_, rest)| rest);
    let path = after_scheme
        .find('/')
        .and_then(|start| after_scheme.get(start..));
    path.unwrap_or("/").split('?').next().unwrap_or("/")
}

fn log(outcome: &Outcome, head: &RequestHead<'_>, config: &Config, began: f64) {
    let note = &outcome.note;
    if note.level < config.log_level {
        return;
    }
    let (verdict, status) = match &outcome.decision {
        Decision::Answer(answer) => ("answer", Some(answer.status)),
        Decision::Forward(_) => ("forward", None),
        Decision::Redirect(redirect) => ("redirect", Some(redirect.status.code())),
    };
    let line = Line {
        level: note.level,
        request_id: head.id,
        method: head.method,
        path: head.url.path(),
        route: note.route,
        verdict,
        status,
        reason: note.reason,
        detail: note.detail.as_deref(),
        seal: note.seal,
        refresh: note.refresh,
        session: note.session.as_deref(),
        ms: convert::milliseconds(Date::now() - began),
    };
    console_log!("{}", line.text());
}
