//! Texts that are kept for a while, outside of any isolate.

use std::cell::RefCell;
use std::collections::HashMap;

#[derive(Default)]
pub(super) struct Shelf {
    /// Texts, and when they run out, in milliseconds.
    texts: RefCell<HashMap<String, (String, u64)>>,
}

impl Shelf {
    pub(super) fn get(&self, name: &str, now: u64) -> Option<String> {
        let texts = self.texts.borrow();
        let (text, until) = texts.get(name)?;
        (*until > now).then(|| text.clone())
    }

    pub(super) fn put(&self, name: &str, text: String, until: u64) {
        let mut texts = self.texts.borrow_mut();
        texts.insert(name.to_owned(), (text, until));
    }
}
