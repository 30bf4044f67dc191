//! What happened in a run, a line an event.

use std::cell::RefCell;
use std::rc::Rc;

#[derive(Clone)]
pub(super) struct Trace(Option<Rc<RefCell<Vec<String>>>>);

impl Trace {
    /// Returns one that keeps nothing.
    pub(super) fn none() -> Trace {
        Trace(None)
    }

    /// Returns one that keeps everything.
    pub(super) fn kept() -> Trace {
        Trace(Some(Rc::default()))
    }

    /// Notes an event, so many milliseconds after the beginning.
    pub(super) fn note(&self, milliseconds: u64, event: impl FnOnce() -> String) {
        if let Some(lines) = &self.0 {
            let (seconds, rest) = (milliseconds / 1000, milliseconds % 1000);
            let line = format!("{seconds:6}.{rest:03}  {}", event());
            lines.borrow_mut().push(line);
        }
    }

    /// Returns all lines.
    pub(super) fn text(&self) -> String {
        let lines = self.0.as_ref().map(|lines| lines.borrow().join("\n"));
        lines.unwrap_or_default()
    }
}
