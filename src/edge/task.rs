//! Futures as promises. One is polled at once, and again in the very moment in which what it waits for
//! comes: `wasm_bindgen_futures` puts each of these at the end of the platform's queue, which costs
//! more than most of what is done then.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use js_sys::{Function, Promise};
use wasm_bindgen::JsValue;

type Work = Pin<Box<dyn Future<Output = Result<JsValue, JsValue>>>>;

struct Task {
    work: Work,
    resolve: Function,
    reject: Function,
}

/// What becomes of a task that isn't done.
enum State {
    /// It is being polled; whether it has been woken meanwhile.
    Polled(bool),
    Waiting(Task),
}

thread_local! {
    static TASKS: RefCell<BTreeMap<u64, State>> = const { RefCell::new(BTreeMap::new()) };
    static LAST: Cell<u64> = const { Cell::new(0) };
}

/// Returns the promise of what a future comes to.
pub(super) fn promise(work: impl Future<Output = Result<JsValue, JsValue>> + 'static) -> Promise {
    promise_of(Box::pin(work))
}

fn promise_of(work: Work) -> Promise {
    let mut work = Some(work);
    Promise::new(&mut |resolve, reject| {
        let id = LAST.get().wrapping_add(1);
        LAST.set(id);
        if let Some(work) = work.take() {
            let task = Task {
                work,
                resolve,
                reject,
            };
            TASKS.with_borrow_mut(|tasks| tasks.insert(id, State::Waiting(task)));
        }
        poll(id);
    })
}

struct Alarm(u64);

impl Wake for Alarm {
    fn wake(self: Arc<Self>) {
        poll(self.0);
    }
}

fn poll(id: u64) {
    let waker = Waker::from(Arc::new(Alarm(id)));
    let mut next = taken(id);
    while let Some(mut task) = next {
        next = match task.work.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Pending => put_back(id, task),
            Poll::Ready(result) => {
                TASKS.with_borrow_mut(|tasks| tasks.remove(&id));
                task.settle(&result);
                None
            }
        };
    }
}

/// Returns the task, if it waits; one that is being polled is polled again after that.
fn taken(id: u64) -> Option<Task> {
    TASKS.with_borrow_mut(|tasks| {
        let state = tasks.get_mut(&id)?;
        let polled = State::Polled(matches!(state, State::Polled(_)));
        match std::mem::replace(state, polled) {
            State::Waiting(task) => Some(task),
            State::Polled(_) => None,
        }
    })
}

/// Lets the task wait, or returns it where it has been woken already.
fn put_back(id: u64, task: Task) -> Option<Task> {
    TASKS.with_borrow_mut(|tasks| match tasks.get(&id) {
        Some(State::Polled(true)) => {
            tasks.insert(id, State::Polled(false));
            Some(task)
        }
        Some(_) | None => {
            tasks.insert(id, State::Waiting(task));
            None
        }
    })
}

impl Task {
    fn settle(self, result: &Result<JsValue, JsValue>) {
        let settled = match result {
            Ok(value) => self.resolve.call1(&JsValue::UNDEFINED, value),
            Err(error) => self.reject.call1(&JsValue::UNDEFINED, error),
        };
        settled.expect("the functions of a promise don't throw");
    }
}
