//! A refresh that goes on beside the origin's answer, and after it if it must.

use std::cell::RefCell;
use std::rc::Rc;

use js_sys::Promise;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::JsFuture;

use super::runtime::{Runtime, at_most};
use super::{Standing, task};
use crate::exchange::ATTEMPT;
use crate::renewal::Renewal;
use crate::visitor::Recognized;

/// A refresh under way.
pub(super) struct Beside {
    /// Settled when the refresh has ended, or nobody should wait for it any longer.
    settled: Promise,
    told: Rc<RefCell<Option<Recognized>>>,
}

impl Beside {
    /// Begins a refresh, which is brought to its end whether or not anybody waits for it.
    pub(super) fn begin(renewal: Renewal, standing: Rc<Standing>, runtime: Runtime) -> Beside {
        let told = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&told);
        let keeper = runtime.clone();
        let ended = task::promise(async move {
            if let Ok(gateway) = standing.as_ref() {
                *slot.borrow_mut() = gateway.renew_ahead(&renewal, &runtime).await;
            }
            Ok(JsValue::UNDEFINED)
        });
        keeper.wait_until(&ended);
        let settled = at_most(ATTEMPT, &ended);
        Beside { settled, told }
    }

    /// Returns what came of it, if that was in time.
    pub(super) async fn told(self) -> Option<Recognized> {
        let _ = JsFuture::from(self.settled).await;
        self.told.take()
    }
}
