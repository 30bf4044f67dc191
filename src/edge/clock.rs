//! The platform's clock. Cloudflare's stands still until something has been waited for
//! ([Workers, timers](https://developers.cloudflare.com/workers/runtime-apis/performance/)), so a
//! request asks it once for all that is decided at once: each question costs as much as a session.

use std::cell::Cell;

use js_sys::Date;

/// A clock; by default one that goes.
#[derive(Default)]
pub(super) struct Clock {
    stopped: Cell<Option<f64>>,
}

impl Clock {
    /// Returns a clock that stands still.
    pub(super) fn stopped() -> Clock {
        Clock {
            stopped: Cell::new(Some(Date::now())),
        }
    }

    /// Returns the time, in milliseconds.
    pub(super) fn now(&self) -> f64 {
        self.stopped.get().unwrap_or_else(Date::now)
    }

    /// Lets it go: from here on something may be waited for.
    pub(super) fn go(&self) {
        self.stopped.set(None);
    }
}
