//! JSON, read and written in one way only: serde_json compiles each kind of reader and writer anew,
//! with all that is read or written by it.

use serde::{Deserialize, Serialize};

/// Returns what a text says; `None` where it says something else, or isn't JSON.
pub(crate) fn read<'a, T: Deserialize<'a>>(text: &'a (impl AsRef<[u8]> + ?Sized)) -> Option<T> {
    serde_json::from_slice(text.as_ref()).ok()
}

/// Returns a value as a text. None of ours has keys that aren't texts, so none fails.
pub(crate) fn written(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
