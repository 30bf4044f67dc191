//! What crosses between WebAssembly and JavaScript, in one piece each time: a crossing costs more than
//! most of what is carried over.

use std::borrow::Cow;
use std::cell::RefCell;
use std::ops::Range;
use std::time::Duration;

use js_sys::Promise;
use wasm_bindgen::prelude::{Closure, wasm_bindgen};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Request, Response};

use crate::decision::Edit;
use crate::request::Fields;

#[wasm_bindgen(module = "/src/edge/crossing.js")]
extern "C" {
    #[wasm_bindgen(js_name = requestHead)]
    fn request_head(request: &Request, space: &mut [u8]) -> i32;

    #[wasm_bindgen(js_name = answerHead)]
    fn answer_head(answer: &Response, space: &mut [u8]) -> i32;

    #[wasm_bindgen(catch)]
    fn forward(
        request: &Request,
        site: &JsValue,
        url_and_changes: &str,
        has_body: bool,
        may_be_stored: bool,
    ) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch)]
    fn changed(answer: &Response, changes: &str) -> Result<Response, JsValue>;

    #[wasm_bindgen]
    fn settled(promise: &Promise, finish: &JsValue) -> Promise;

    /// Lets an answer's content go unread.
    #[wasm_bindgen]
    pub(super) fn discard(answer: &Response);

    #[wasm_bindgen(catch, js_name = passed)]
    fn milliseconds_passed(milliseconds: u32) -> Result<Promise, JsValue>;

    #[wasm_bindgen(catch, js_name = answer)]
    fn own_answer(status: u16, changes: &str, content: Option<&str>) -> Result<Response, JsValue>;
}

/// Where a request is sent on to.
pub(super) struct Onward {
    /// A binding that has `fetch`; `undefined` where the URL leads there.
    pub(super) site: JsValue,
    /// The whole URL.
    pub(super) url: String,
    /// Whether the request's body goes along.
    pub(super) has_body: bool,
    /// Whether the platform may answer out of its cache, or into it.
    pub(super) may_be_stored: bool,
}

/// Sends a request on with another header.
pub(super) fn send_on(
    request: &Request,
    onward: &Onward,
    edits: &[Edit<'_>],
) -> Result<Promise, JsValue> {
    let Onward {
        site,
        url,
        has_body,
        may_be_stored,
    } = onward;
    let text = written_after(url, edits)?;
    forward(request, site, &text, *has_body, *may_be_stored)
}

/// Returns a promise of what `finish` makes of an answer, or of why there is none, when it comes. A
/// future of ours would cost three turns of the platform's queue.
pub(super) fn then(
    answer: &Promise,
    finish: impl FnOnce(Result<Response, JsValue>) -> Result<Response, JsValue> + 'static,
) -> Promise {
    let finish = Closure::once_into_js(move |came: JsValue, failed: bool| match failed {
        true => finish(Err(came)),
        false => finish(Ok(came.unchecked_into())),
    });
    settled(answer, &finish)
}

/// Returns the same answer with another header.
pub(super) fn with_edits(answer: &Response, edits: &[Edit<'_>]) -> Result<Response, JsValue> {
    changed(answer, &written_after("", edits)?)
}

/// Returns an answer of the gateway's own, which has these fields and the time.
pub(super) fn answer(
    status: u16,
    fields: &[Edit<'_>],
    content: Option<&str>,
) -> Result<Response, JsValue> {
    own_answer(status, &written_after("", fields)?, content)
}

/// Writes changes, each line after a line break.
fn written_after(beginning: &str, edits: &[Edit<'_>]) -> Result<String, JsValue> {
    let mut text = String::with_capacity(1024);
    text.push_str(beginning);
    for edit in edits {
        let change = match edit {
            Edit::Append(name, value) => ["append", *name, value],
            Edit::Remove(name) => ["delete", name, ""],
            Edit::Set(name, value) => ["set", name, value],
        };
        for line in change {
            if line.contains('\n') {
                return Err("a line break in a header field".into());
            }
            text.push('\n');
            text.push_str(line);
        }
    }
    Ok(text)
}

/// Returns a promise that is fulfilled when so much time has passed. (`worker::Delay` wakes whoever
/// polled it first, and nobody else.)
pub(super) fn passed(duration: Duration) -> Promise {
    let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    milliseconds_passed(milliseconds).expect("who can't wait would ask without end")
}

thread_local! {
    /// Where JavaScript writes texts to, as large as any was.
    static SPACE: RefCell<Vec<u8>> = RefCell::new(vec![0; 16 * 1024]);
}

/// Returns the text that `write` writes; it returns its length, or, negative, the space it needs.
fn written(write: impl Fn(&mut [u8]) -> i32) -> String {
    SPACE.with_borrow_mut(|space| {
        let mut told = write(space);
        if told < 0 {
            space.resize(usize::try_from(told.unsigned_abs()).unwrap_or(0), 0);
            told = write(space);
        }
        let length = usize::try_from(told).unwrap_or(0);
        let text = space.get(..length).unwrap_or_default().to_vec();
        String::from_utf8(text).expect("an encoder writes UTF-8")
    })
}

/// What stands before a message's content.
pub(super) struct Head {
    text: String,
    lines: Vec<Range<usize>>,
    /// How many lines come before the header.
    start: usize,
}

impl Head {
    /// Reads a request's.
    pub(super) fn of_request(request: &Request) -> Head {
        Head::new(written(|space| request_head(request, space)), 2)
    }

    /// Reads an answer's.
    pub(super) fn of_answer(answer: &Response) -> Head {
        Head::new(written(|space| answer_head(answer, space)), 1)
    }

    fn new(text: String, start: usize) -> Head {
        let mut lines = Vec::with_capacity(64);
        let mut from = 0;
        for (end, _) in text.match_indices('\n') {
            lines.push(from..end);
            from = end.saturating_add(1);
        }
        lines.push(from..text.len());
        Head { text, lines, start }
    }

    /// An answer's status, in digits.
    pub(super) fn status(&self) -> &str {
        self.line(0)
    }

    /// A request's method.
    pub(super) fn method(&self) -> &str {
        self.line(0)
    }

    /// A request's URL.
    pub(super) fn url(&self) -> &str {
        self.line(1)
    }

    /// Returns the names in the header, lower-cased as the platform has them.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.fields().map(|(name, _)| name)
    }

    /// Returns the values of a field, one for each line of it that the platform tells apart.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let lines = self.fields().filter(move |(other, _)| *other == name);
        lines.map(|(_, value)| value)
    }

    fn fields(&self) -> impl Iterator<Item = (&str, &str)> {
        let header = self.lines.get(self.start..).unwrap_or_default();
        let pairs = header.chunks_exact(2);
        pairs.filter_map(|pair| match pair {
            [name, value] => Some((self.text.get(name.clone())?, self.text.get(value.clone())?)),
            _ => None,
        })
    }

    fn line(&self, index: usize) -> &str {
        let line = self.lines.get(index).cloned();
        line.and_then(|line| self.text.get(line))
            .unwrap_or_default()
    }
}

impl Fields for Head {
    fn get(&self, name: &str) -> Option<Cow<'_, str>> {
        self.values(name).next().map(Cow::Borrowed)
    }
}
