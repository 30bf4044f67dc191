//! The platform as the core's [`Outside`]: clock, randomness, WebCrypto, `fetch` and timers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use js_sys::{Array, JSON, Object, Promise, Reflect, Uint8Array};
use serde_json::json;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Crypto, CryptoKey, ReadableStreamDefaultReader, Request, RequestInit,
    RequestRedirect, Response, SubtleCrypto, WorkerGlobalScope,
};
use worker::Env;

use super::clock::Clock;
use super::{coordinator, crossing, store, task};

use crate::json;
use crate::jwk::RsaKey;
use crate::outside::{Outside, RandomnessFailed, SendFailed, VerifierFailed};
use crate::workos::{ApiRequest, ApiResponse, RequestBody, ResponseBody};

/// No answer of WorkOS is longer, in bytes.
const LONGEST_ANSWER: usize = 1024 * 1024;

/// What isn't found at once isn't worth waiting for.
const RECALL: Duration = Duration::from_millis(250);

/// The platform, for one request.
#[derive(Clone)]
pub(super) struct Runtime {
    env: Env,
    pub(super) clock: Rc<Clock>,
    wait_until: Rc<dyn Fn(&Promise)>,
}

impl Runtime {
    /// Returns the platform; `wait_until` keeps a request's work going until a promise is settled,
    /// whether or not its client waits.
    pub(super) fn new(env: Env, clock: Clock, wait_until: Rc<dyn Fn(&Promise)>) -> Runtime {
        let clock = Rc::new(clock);
        Runtime {
            env,
            clock,
            wait_until,
        }
    }

    /// Keeps the request's work going until the promise is settled.
    pub(super) fn wait_until(&self, promise: &Promise) {
        (self.wait_until)(promise);
    }

    /// Does work that goes on if the client leaves in the middle of it.
    pub(super) async fn outlive<T: 'static>(
        &self,
        work: impl Future<Output = T> + 'static,
    ) -> Option<T> {
        let slot = Rc::new(RefCell::new(None));
        let filled = Rc::clone(&slot);
        let done = task::promise(async move {
            *filled.borrow_mut() = Some(work.await);
            Ok(JsValue::UNDEFINED)
        });
        self.wait_until(&done);
        let _ = JsFuture::from(done).await;
        slot.take()
    }
}

impl Outside for Runtime {
    fn clock(&self) -> Duration {
        Duration::from_millis(super::convert::milliseconds(self.clock.now()))
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        getrandom::fill(bytes).map_err(|_| RandomnessFailed)
    }

    async fn verify_rs256(
        &self,
        key: &RsaKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, VerifierFailed> {
        verify(key, message, signature)
            .await
            .map_err(|_| VerifierFailed)
    }

    async fn send(&self, request: ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed> {
        // What WorkOS has done can't be undone, and another request may be waiting for its result.
        let exchanged = self.outlive(async move { exchange(&request, budget).await });
        exchanged.await.unwrap_or(Err(SendFailed::Network))
    }

    async fn coordinate(
        &self,
        session: &str,
        errand: RequestBody,
        budget: Duration,
    ) -> Result<ApiResponse, SendFailed> {
        let (env, session) = (self.env.clone(), session.to_owned());
        let work = async move { coordinator::ask(&env, &session, &errand, budget).await };
        let answer = self.outlive(work).await;
        answer.unwrap_or(Err(SendFailed::Network))
    }

    async fn recall(&self, name: &str) -> Option<String> {
        let name = name.to_owned();
        let found = task::promise(async move { store::get(&name).await });
        let found = JsFuture::from(at_most(RECALL, &found)).await;
        found.ok()?.as_string()
    }

    fn remember(&self, name: &str, text: String, duration: Duration) {
        let name = name.to_owned();
        let kept = task::promise(async move { store::put(&name, &text, duration).await });
        // There may be no cache, and then there is nothing to be done about it.
        let settled = Promise::all_settled(&Array::of1(&kept));
        self.wait_until(&settled);
    }

    async fn sleep(&self, duration: Duration) {
        // A timer is never rejected.
        let _ = JsFuture::from(crossing::passed(duration)).await;
    }
}

/// Returns a promise that is settled when `promise` is, or `duration` has passed.
pub(super) fn at_most(duration: Duration, promise: &Promise) -> Promise {
    Promise::race(&Array::of2(promise, &crossing::passed(duration)))
}

/// Returns a name for a request, random enough to find it by in the log.
pub(super) fn request_id() -> String {
    format!("{:08x}{:08x}", half(), half())
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates"
)]
fn half() -> u32 {
    (js_sys::Math::random() * f64::from(u32::MAX)) as u32
}

async fn exchange(request: &ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed> {
    let signal =
        AbortSignal::timeout_with_u32(u32::try_from(budget.as_millis()).unwrap_or(u32::MAX));
    let failed = |_| match signal.aborted() {
        true => SendFailed::Timeout,
        false => SendFailed::Network,
    };
    let request = outbound(request, &signal).map_err(failed)?;
    let global: WorkerGlobalScope = js_sys::global().unchecked_into();
    let answer = JsFuture::from(global.fetch_with_request(&request))
        .await
        .map_err(failed)?;
    let answer: Response = answer.unchecked_into();
    let retry_after = answer.headers().get("retry-after").ok().flatten();
    let bytes = read(&answer)
        .await
        .map_err(failed)?
        .ok_or(SendFailed::TooLarge)?;
    let body = ResponseBody::new(String::from_utf8_lossy(&bytes).into_owned());
    Ok(ApiResponse {
        status: answer.status(),
        retry_after,
        body,
    })
}

fn outbound(request: &ApiRequest, signal: &AbortSignal) -> Result<Request, JsValue> {
    let init = RequestInit::new();
    init.set_redirect(RequestRedirect::Manual);
    init.set_signal(Some(signal));
    let url = match request {
        ApiRequest::Get { url } => url,
        ApiRequest::Post { url, body } => {
            init.set_method("POST");
            init.set_body(&JsValue::from_str(body.secret()));
            url
        }
    };
    let request = Request::new_with_str_and_init(url, &init)?;
    let headers = request.headers();
    headers.set("accept", "application/json")?;
    headers.set("content-type", "application/json")?;
    headers.set(
        "user-agent",
        concat!("authkit-gateway/", env!("CARGO_PKG_VERSION")),
    )?;
    Ok(request)
}

/// Reads a body; `None` where it is longer than any answer of WorkOS.
async fn read(answer: &Response) -> Result<Option<Vec<u8>>, JsValue> {
    let mut bytes = Vec::new();
    let Some(body) = answer.body() else {
        return Ok(Some(bytes));
    };
    let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if Reflect::get(&chunk, &"done".into())?.is_truthy() {
            return Ok(Some(bytes));
        }
        let piece: Uint8Array = Reflect::get(&chunk, &"value".into())?.unchecked_into();
        bytes.extend(piece.to_vec());
        if bytes.len() > LONGEST_ANSWER {
            let _ = JsFuture::from(reader.cancel()).await;
            return Ok(None);
        }
    }
}

thread_local! {
    /// Keys as WebCrypto has them, by modulus: importing one costs more than verifying with it.
    static IMPORTED: RefCell<HashMap<String, CryptoKey>> = RefCell::new(HashMap::new());
}

async fn verify(key: &RsaKey, message: &[u8], signature: &[u8]) -> Result<bool, JsValue> {
    let subtle = subtle()?;
    let key = imported(key, &subtle).await?;
    let good = subtle.verify_with_str_and_u8_array_and_u8_array(
        "RSASSA-PKCS1-v1_5",
        &key,
        signature,
        message,
    )?;
    Ok(JsFuture::from(good).await? == JsValue::TRUE)
}

async fn imported(key: &RsaKey, subtle: &SubtleCrypto) -> Result<CryptoKey, JsValue> {
    let name = format!("{}.{}", key.exponent, key.modulus);
    if let Some(imported) = IMPORTED.with_borrow(|keys| keys.get(&name).cloned()) {
        return Ok(imported);
    }
    let jwk = json!({ "kty": "RSA", "n": key.modulus, "e": key.exponent, "alg": "RS256" });
    let algorithm = json!({ "name": "RSASSA-PKCS1-v1_5", "hash": "SHA-256" });
    let promise = subtle.import_key_with_object(
        "jwk",
        &object(&json::written(&jwk))?,
        &object(&json::written(&algorithm))?,
        false,
        &Array::of1(&"verify".into()),
    )?;
    let imported: CryptoKey = JsFuture::from(promise).await?.unchecked_into();
    IMPORTED.with_borrow_mut(|keys| {
        // WorkOS publishes a few keys; more are those of a past it has left.
        if keys.len() >= 16 {
            keys.clear();
        }
        keys.insert(name, imported.clone());
    });
    Ok(imported)
}

fn subtle() -> Result<SubtleCrypto, JsValue> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into())?;
    Ok(crypto.unchecked_into::<Crypto>().subtle())
}

fn object(json: &str) -> Result<Object, JsValue> {
    Ok(JSON::parse(json)?.unchecked_into())
}
