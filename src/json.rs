//! JSON, read in one way and written in one way: serde_json compiles each kind of reader and writer
//! anew, with all that is read or written by it.
//!
//! 1. What is read becomes a tree, and its members are taken out of it: the readers that serde derives,
//!    one for each type, are a tenth of the wasm, mostly for error messages that nobody would see.
//! 2. An object that has a member twice is none: two readers could take it for different things
//!    ([RFC 8725 §2.4](https://www.rfc-editor.org/rfc/rfc8725#section-2.4)).

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde::ser::Serialize;
use serde_json::{Map, Value};

/// Returns a value as a text. None of ours has keys that aren't texts, so none fails.
pub(crate) fn written(value: &(impl Serialize + ?Sized)) -> String {
    serde_json::to_string(value).unwrap_or_default()
}

/// Returns what a text says; `None` where it says something else, or isn't JSON.
pub(crate) fn read<T: Part>(text: impl AsRef<[u8]>) -> Option<T> {
    let Tree(value) = serde_json::from_slice(text.as_ref()).ok()?;
    T::of(value)
}

/// An object, to take the members out of.
#[derive(Debug, Default)]
pub(crate) struct Object(Map<String, Value>);

impl Object {
    /// Takes a member; `None` where it is something else. A member that is missing counts as `null`,
    /// which only an `Option` may be.
    pub(crate) fn take<T: Part>(&mut self, name: &str) -> Option<T> {
        T::of(self.0.get_mut(name).map(Value::take).unwrap_or_default())
    }
}

/// What JSON can say.
pub(crate) trait Part: Sized {
    /// Returns what a value says; `None` where it says something else.
    fn of(value: Value) -> Option<Self>;
}

impl Part for Value {
    fn of(value: Value) -> Option<Value> {
        Some(value)
    }
}

impl Part for bool {
    fn of(value: Value) -> Option<bool> {
        value.as_bool()
    }
}

impl Part for f64 {
    fn of(value: Value) -> Option<f64> {
        value.as_f64()
    }
}

impl Part for u64 {
    fn of(value: Value) -> Option<u64> {
        value.as_u64()
    }
}

impl Part for String {
    fn of(value: Value) -> Option<String> {
        let Value::String(text) = value else {
            return None;
        };
        Some(text)
    }
}

impl Part for Map<String, Value> {
    fn of(value: Value) -> Option<Map<String, Value>> {
        let Value::Object(members) = value else {
            return None;
        };
        Some(members)
    }
}

impl Part for Object {
    fn of(value: Value) -> Option<Object> {
        Part::of(value).map(Object)
    }
}

impl<T: Part> Part for Option<T> {
    fn of(value: Value) -> Option<Option<T>> {
        match value.is_null() {
            true => Some(None),
            false => T::of(value).map(Some),
        }
    }
}

impl<T: Part> Part for Vec<T> {
    fn of(value: Value) -> Option<Vec<T>> {
        let Value::Array(values) = value else {
            return None;
        };
        values.into_iter().map(T::of).collect()
    }
}

/// What a text says, whatever it is.
pub(crate) struct Tree(pub(crate) Value);

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(text: D) -> Result<Tree, D::Error> {
        text.deserialize_any(Growing).map(Tree)
    }
}

struct Growing;

impl<'de> Visitor<'de> for Growing {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, text: &str) -> Result<Value, E> {
        Ok(text.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Tree(element)) = elements.next_element()? {
            array.push(element);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Tree(value))) = members.next_entry()? {
            // 2.
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a member twice"));
            }
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_is_what_it_must_be_or_the_whole_is_nothing() {
        let take = |text: &str| -> Option<(String, Option<u64>, Option<Vec<String>>)> {
            let mut object: Object = read(text)?;
            Some((object.take("a")?, object.take("b")?, object.take("c")?))
        };
        let a = || "a".to_owned();
        let rows = [
            (r#"{"a":"a"}"#, Some((a(), None, None))),
            (r#"{"a":"a","b":null}"#, Some((a(), None, None))),
            (
                r#"{"a":"a","b":7,"c":["a"],"d":1.5}"#,
                Some((a(), Some(7), Some(vec![a()]))),
            ),
            (r#"{"a":null}"#, None),
            (r#"{"b":7}"#, None),
            (r#"{"a":"a","b":"7"}"#, None),
            (r#"{"a":"a","b":-7}"#, None),
            (r#"{"a":"a","c":"a"}"#, None),
            (r#"{"a":"a","c":[1]}"#, None),
            (r#"{"a":"a"}{}"#, None),
            (r#"[{"a":"a"}]"#, None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(take(text), expected, "{text}");
        }
    }

    #[test]
    fn no_object_has_a_member_twice() {
        for text in [
            r#"{"a":1,"a":1}"#,
            r#"{"a":1,"\u0061":2}"#,
            r#"[{"b":{"a":1,"a":2}}]"#,
        ] {
            assert_eq!(read::<Value>(text), None, "{text}");
        }
        let text = r#"[{"a":1},{"a":{"a":[null,true,-1,0.5,"a"]}}]"#;
        let read: Value = read(text).expect("nothing twice");
        assert_eq!(written(&read), text);
    }
}
