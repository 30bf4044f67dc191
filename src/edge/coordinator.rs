//! The session's coordinator as a Durable Object, and how the gateway reaches it.

use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, Date, Map, Object, Promise};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Request, RequestInit, Response};
use worker::Env;
use worker::worker_sys::{
    DurableObject, DurableObjectNamespace, DurableObjectState, DurableObjectStorage,
};

use super::clock::Clock;
use super::convert::Environment;
use super::runtime::Runtime;
use crate::config::Config;
use crate::coordinator::{Coordinator, Storage, reply};
use crate::outside::SendFailed;
use crate::workos::{ApiResponse, RequestBody};

/// How long a coordinator may take to say that it is there.
const CALL: Duration = Duration::from_millis(500);
/// Nobody but this Worker gets there: the URL says nothing.
const URL: &str = "https://refresh-coordinator/";

/// Gives a session's coordinator an errand and returns its answer.
///
/// It is called first: one that is far away, or starting, is told from one that works.
///
/// # Errors
/// It isn't there, or it took the errand and too long for it.
pub(super) async fn ask(
    env: &Env,
    session: &str,
    errand: &RequestBody,
    budget: Duration,
) -> Result<ApiResponse, SendFailed> {
    let failed = |_| SendFailed::Network;
    let coordinator = called(env, session, CALL.min(budget)).await;
    let coordinator = coordinator.map_err(failed)?;
    let (request, signal) = request(budget, Some(errand)).map_err(failed)?;
    let text = answer(&coordinator, &request).await;
    let text = text.map_err(|_| match signal.aborted() {
        true => SendFailed::Timeout,
        false => SendFailed::Network,
    })?;
    text.as_deref().and_then(reply).ok_or(SendFailed::Network)
}

/// Returns the session's coordinator, once it has said that it is there.
async fn called(env: &Env, session: &str, budget: Duration) -> Result<DurableObject, JsValue> {
    let namespace = Environment(env).value("REFRESH_COORDINATOR");
    let namespace: DurableObjectNamespace = namespace
        .ok_or_else(|| JsValue::from_str("the binding is gone"))?
        .unchecked_into();
    let coordinator = namespace.get(&namespace.id_from_name(session)?)?;
    let (call, _) = request(budget, None)?;
    answer(&coordinator, &call).await?;
    Ok(coordinator)
}

async fn answer(coordinator: &DurableObject, request: &Request) -> Result<Option<String>, JsValue> {
    let answered = JsFuture::from(coordinator.fetch_with_request(request)?).await?;
    let answered: Response = answered.unchecked_into();
    Ok(JsFuture::from(answered.text()?).await?.as_string())
}

fn request(
    budget: Duration,
    errand: Option<&RequestBody>,
) -> Result<(Request, AbortSignal), JsValue> {
    let milliseconds = u32::try_from(budget.as_millis()).unwrap_or(u32::MAX);
    let signal = AbortSignal::timeout_with_u32(milliseconds);
    let init = RequestInit::new();
    init.set_signal(Some(&signal));
    if let Some(errand) = errand {
        init.set_method("POST");
        init.set_body(&JsValue::from_str(errand.secret()));
    }
    Ok((Request::new_with_str_and_init(URL, &init)?, signal))
}

/// One session's coordinator: see [`crate::coordinator`].
#[wasm_bindgen]
pub struct RefreshCoordinator {
    desk: Rc<Desk>,
}

struct Desk {
    coordinator: Coordinator,
    state: DurableObjectState,
    env: Env,
}

#[wasm_bindgen]
impl RefreshCoordinator {
    /// Begins a coordinator, as the platform does.
    #[wasm_bindgen(constructor)]
    pub fn new(state: DurableObjectState, env: Env) -> RefreshCoordinator {
        let desk = Desk {
            coordinator: Coordinator::default(),
            state,
            env,
        };
        RefreshCoordinator {
            desk: Rc::new(desk),
        }
    }

    /// Answers a call, or an errand.
    ///
    /// # Errors
    /// The errand couldn't be read.
    pub async fn fetch(&self, request: Request) -> Result<Response, JsValue> {
        let errand = JsFuture::from(request.text()?).await?.as_string();
        let Some(errand) = errand.filter(|errand| !errand.is_empty()) else {
            return Response::new();
        };
        let desk = Rc::clone(&self.desk);
        let (runtime, outside) = (desk.runtime(), desk.runtime());
        // What WorkOS has done can't be undone, whether or not anybody waits for it.
        let answer = runtime.outlive(async move { desk.answer(&errand, &outside).await });
        let answer = answer.await.flatten();
        Response::new_with_opt_str(Some(&answer.unwrap_or_default()))
    }

    /// Removes what has been kept for long enough.
    ///
    /// # Errors
    /// The storage failed; the platform tries again.
    pub async fn alarm(&self) -> Result<(), JsValue> {
        self.desk.tidy().await
    }
}

impl Desk {
    fn runtime(self: &Rc<Self>) -> Runtime {
        let desk = Rc::clone(self);
        let wait_until = move |promise: &Promise| {
            // The object lives on; and where it doesn't, nothing can be done.
            let _ = desk.state.wait_until(promise);
        };
        Runtime::new(self.env.clone(), Clock::default(), Rc::new(wait_until))
    }

    async fn answer(&self, errand: &str, runtime: &Runtime) -> Option<String> {
        let config = Config::read(&Environment(&self.env)).ok()?;
        let coordinator = &self.coordinator;
        coordinator.answer(errand, &config.api, self, runtime).await
    }

    /// Removes what has been kept for long enough, and comes back for the rest.
    async fn tidy(&self) -> Result<(), JsValue> {
        let (storage, now) = (self.state.storage()?, Date::now());
        let entries: Map = JsFuture::from(storage.list()?).await?.unchecked_into();
        let mut next = f64::INFINITY;
        for entry in Array::from(&entries).iter() {
            let entry: Array = entry.unchecked_into();
            let until = Kept::read(&entry.get(1)).map_or(0.0, |kept| kept.until);
            match entry.get(0).as_string() {
                Some(name) if until <= now => {
                    JsFuture::from(storage.delete(&name)?).await?;
                }
                _ => next = next.min(until),
            }
        }
        match next.is_finite() {
            true => wake(&storage, next).await,
            false => Ok(()),
        }
    }

    async fn kept(&self, name: &str) -> Result<Option<Kept>, JsValue> {
        let storage = self.state.storage()?;
        Ok(Kept::read(&JsFuture::from(storage.get(name)?).await?))
    }

    async fn keep(&self, name: &str, kept: &Kept) -> Result<(), JsValue> {
        let storage = self.state.storage()?;
        JsFuture::from(storage.put(name, kept.written())?).await?;
        let alarm = JsFuture::from(storage.get_alarm(Object::new())?).await?;
        match alarm.as_f64() {
            Some(alarm) if alarm <= kept.until => Ok(()),
            Some(_) | None => wake(&storage, kept.until).await,
        }
    }
}

impl Storage for Desk {
    async fn get(&self, name: &str) -> Option<String> {
        let kept = self.kept(name).await.ok().flatten();
        Some(kept.filter(|kept| kept.until > Date::now())?.text)
    }

    async fn put(&self, name: &str, text: String, seconds: u64) {
        #[expect(clippy::cast_precision_loss, reason = "a day has few milliseconds")]
        let until = Date::now() + seconds.saturating_mul(1000) as f64;
        // Who asks again asks WorkOS again.
        let _ = self.keep(name, &Kept { until, text }).await;
    }
}

/// A text in the storage: `[until, text]`.
struct Kept {
    /// In milliseconds since 1970.
    until: f64,
    text: String,
}

impl Kept {
    fn read(value: &JsValue) -> Option<Kept> {
        let pair: &Array = value.dyn_ref()?;
        let (until, text) = (pair.get(0).as_f64()?, pair.get(1).as_string()?);
        Some(Kept { until, text })
    }

    fn written(&self) -> JsValue {
        Array::of2(&self.until.into(), &JsValue::from_str(&self.text)).into()
    }
}

/// Has [`RefreshCoordinator::alarm`] called at a moment, in milliseconds since 1970.
async fn wake(storage: &DurableObjectStorage, at: f64) -> Result<(), JsValue> {
    let set = storage.set_alarm(Date::new(&at.into()), Object::new())?;
    JsFuture::from(set).await?;
    Ok(())
}
