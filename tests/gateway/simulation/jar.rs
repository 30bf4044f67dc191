//! The cookies of one browser, which all its tabs share.

use std::collections::BTreeMap;

use authkit_gateway::cookie::SetCookie;

#[derive(Default)]
pub(super) struct Jar {
    /// Values, and when they run out, in milliseconds.
    cookies: BTreeMap<String, (String, u64)>,
}

impl Jar {
    /// Does what a `Set-Cookie` says that arrives at `now`.
    pub(super) fn apply(&mut self, cookie: &SetCookie, now: u64) {
        let (name, seconds) = (cookie.name().to_owned(), max_age(cookie));
        match cookie.pair().and_then(|pair| pair.split_once('=')) {
            Some((_, value)) if seconds > 0 => {
                let until = now + seconds * 1000;
                self.cookies.insert(name, (value.to_owned(), until));
            }
            Some(_) | None => drop(self.cookies.remove(&name)),
        }
    }

    /// Returns the value of a cookie that hasn't run out.
    pub(super) fn value(&self, name: &str, now: u64) -> Option<&str> {
        let (value, until) = self.cookies.get(name)?;
        (*until > now).then_some(value)
    }

    /// Returns the `Cookie` field.
    pub(super) fn field(&self, now: u64) -> Option<String> {
        let alive = self.cookies.iter().filter(|(_, (_, until))| *until > now);
        let pairs: Vec<String> = alive
            .map(|(name, (value, _))| format!("{name}={value}"))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

fn max_age(cookie: &SetCookie) -> u64 {
    let seconds = cookie
        .as_str()
        .split("; ")
        .find_map(|part| part.strip_prefix("Max-Age="));
    seconds
        .and_then(|seconds| seconds.parse().ok())
        .expect("every cookie of ours has an age")
}
