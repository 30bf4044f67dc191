//! The Cache API as a place to keep texts that isolates share. Where there is none, every call fails.

use std::time::Duration;

use js_sys::Reflect;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Cache, CacheStorage, Headers, Response, ResponseInit};

/// Apart from the cache of the site's own answers: nobody's request leads here.
const NAME: &str = "authkit-gateway";

/// Returns the text kept under a URL, or nothing.
pub(super) async fn get(url: &str) -> Result<JsValue, JsValue> {
    let found = JsFuture::from(cache().await?.match_with_str(url)).await?;
    match found.dyn_into::<Response>() {
        Ok(found) => JsFuture::from(found.text()?).await,
        Err(nothing) => Ok(nothing),
    }
}

/// Keeps a text under a URL.
pub(super) async fn put(url: &str, text: &str, duration: Duration) -> Result<JsValue, JsValue> {
    let headers = Headers::new()?;
    headers.set("cache-control", &format!("max-age={}", duration.as_secs()))?;
    let init = ResponseInit::new();
    init.set_headers(headers.unchecked_ref());
    let kept = Response::new_with_opt_str_and_init(Some(text), &init)?;
    JsFuture::from(cache().await?.put_with_str(url, &kept)).await
}

async fn cache() -> Result<Cache, JsValue> {
    let caches = Reflect::get(&js_sys::global(), &"caches".into())?;
    let caches: CacheStorage = caches.dyn_into()?;
    Ok(JsFuture::from(caches.open(NAME)).await?.unchecked_into())
}
