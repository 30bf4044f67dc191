//! The shell: the only part that names the platform. It reads the request, asks the core, and
//! carries out what the core decides, adding nothing of its own.

mod beside;
mod clock;
mod convert;
mod coordinator;
mod crossing;
mod origin;
mod runtime;
mod store;
mod task;
mod visit;

use std::cell::RefCell;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use serde_json::json;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::{Request, Response};
use worker::worker_sys;
use worker::{Env, console_log, event};

use self::convert::Environment;
use self::visit::Visit;
use crate::config::{Config, Fault, is_development};
use crate::gateway::Gateway;
use crate::json;
use crate::log::LogLevel;
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

/// Answers a request, or promises to. Most are decided at once, and then no task is begun: that would
/// cost more than the decision.
///
/// # Errors
/// The platform refused what it never refuses.
#[expect(unreachable_pub, reason = "the platform reaches it")]
#[wasm_bindgen]
pub fn fetch(request: Request, env: Env, context: worker_sys::Context) -> Result<JsValue, JsValue> {
    let visit = match Visit::new(request, env, context) {
        Ok(visit) => visit,
        Err(answer) => return answer.map(JsValue::from),
    };
    let clock = visit.clock();
    let mut deciding = Box::pin(visit.decided());
    let polled = deciding
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
    clock.go();
    match polled {
        Poll::Ready(decided) => decided.carried_out(),
        Poll::Pending => Ok(task::promise(async move { deciding.await.carried_out() }).into()),
    }
}

/// Reads the settings once per isolate; their faults are logged once, too.
fn standing(env: &Env) -> Rc<Standing> {
    STANDING.with_borrow_mut(|standing| {
        let read = || {
            let read = Config::read(&Environment(env)).map(Gateway::new);
            for fault in read.as_ref().err().into_iter().flatten() {
                let line = json!({
                    "level": LogLevel::Error,
                    "reason": "not_configured",
                    "detail": fault.to_string(),
                });
                console_log!("{}", json::written(&line));
            }
            Rc::new(read)
        };
        Rc::clone(standing.get_or_insert_with(read))
    })
}

fn not_configured(
    faults: &[Fault],
    head: &RequestHead<'_>,
    env: &Env,
) -> Result<Response, JsValue> {
    let details = match is_development(&Environment(env)) {
        true => faults.iter().map(ToString::to_string).collect(),
        false => Vec::new(),
    };
    convert::answer(&Message::not_configured(details).answer(head), head)
}
