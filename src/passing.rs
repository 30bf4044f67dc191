//! The small cookies that serve one purpose for a short while. They belong to one host, and where
//! they are `Secure` their names promise it (`__Host-`, RFC 6265bis §4.1.3.2).

use crate::cookie::{self, Attributes, SameSite, SetCookie};
use crate::outside::{Outside, RandomnessFailed};
use crate::seal::{Keyring, Place, Purpose};

/// How such cookies are set.
#[derive(Clone, Copy, Debug)]
pub struct PassingCookies {
    /// Whether the browser may send them over https alone.
    pub secure: bool,
    /// `Lax`, or `None` where the session's is.
    pub same_site: SameSite,
}

/// What the names of all of them begin with, after `__Host-`.
const PREFIX: &str = "authkit-";
/// What the names of sign-ins under way go on with: see [`crate::flow`].
const FLOW: &str = "flow-";
/// Tells for a moment that a sign-in ended well: without a session beside it the browser doesn't
/// keep what it is given.
pub(crate) const ARRIVED: &str = "arrived";
/// A sign-in that waits for an organization: see [`crate::pending`].
pub(crate) const PENDING: &str = "pending";
/// The mark of a session that has ended: see [`crate::signed_out`].
pub(crate) const SIGNED_OUT: &str = "signed-out";
/// Tells that a visitor was sent to sign in once more, because it was too long ago.
pub(crate) const STEP_UP: &str = "step-up";
const NAMES: [&str; 4] = [ARRIVED, PENDING, SIGNED_OUT, STEP_UP];

impl PassingCookies {
    /// Returns whether a cookie of this name is, or was, one of these.
    pub fn is_ours(self, name: &str) -> bool {
        let name = name
            .strip_prefix("__Host-")
            .unwrap_or(name)
            .strip_prefix(PREFIX);
        name.is_some_and(|name| NAMES.contains(&name) || name.starts_with(FLOW))
    }

    /// Returns the full name of the cookie `name`.
    pub fn name(self, name: &str) -> String {
        format!("{}{PREFIX}{name}", self.host())
    }

    /// What makes a browser see to it that the cookie is this host's alone.
    fn host(self) -> &'static str {
        if self.secure { "__Host-" } else { "" }
    }

    /// Returns what puts a plain value into the browser.
    pub fn set(self, name: &str, value: &str, seconds: u64) -> SetCookie {
        SetCookie::set(&self.name(name), value, self.attributes(seconds))
    }

    /// Returns what puts sealed bytes into the browser.
    ///
    /// # Errors
    /// No randomness, no seal.
    pub fn seal(
        self,
        purpose: Purpose,
        name: &str,
        content: (&[u8], u64),
        keyring: &Keyring,
        host: &str,
        outside: &impl Outside,
    ) -> Result<SetCookie, RandomnessFailed> {
        let (plaintext, seconds) = content;
        let full = self.name(name);
        let text = keyring.seal(
            plaintext,
            Place {
                purpose,
                cookie: &full,
                host,
            },
            outside,
        )?;
        Ok(self.set(name, &text, seconds))
    }

    /// Opens the cookie `name` of a `Cookie` field. Of two, another host of this domain may have
    /// planted one: neither is believed.
    pub fn open(
        self,
        purpose: Purpose,
        name: &str,
        field: &str,
        keyring: &Keyring,
        host: &str,
    ) -> Option<Vec<u8>> {
        let full = self.name(name);
        let text = self.value(name, field)?;
        let opened = keyring
            .open(
                text,
                Place {
                    purpose,
                    cookie: &full,
                    host,
                },
            )
            .ok()?;
        Some(opened.plaintext)
    }

    /// Returns the value of the cookie `name`, where a `Cookie` field has it once.
    pub fn value<'f>(self, name: &str, field: &'f str) -> Option<&'f str> {
        let full = self.name(name);
        let mut values = cookie::pairs(field).filter(|(key, _)| *key == full);
        match (values.next(), values.next()) {
            (Some((_, value)), None) => Some(value),
            _ => None,
        }
    }

    /// Returns whether the cookie `name` is among the [`cookie::pairs`] of a field.
    pub fn has<'f>(self, name: &str, pairs: impl IntoIterator<Item = (&'f str, &'f str)>) -> bool {
        pairs.into_iter().any(|(key, _)| {
            let key = key.strip_prefix(self.host());
            key.and_then(|key| key.strip_prefix(PREFIX)) == Some(name)
        })
    }

    /// Returns what removes the cookie `name`.
    pub fn remove(self, name: &str) -> SetCookie {
        SetCookie::remove(&self.name(name), self.attributes(0))
    }

    /// Returns what removes all of them that `field`, a `Cookie` field, shows, but for the mark of a
    /// session that has ended: it has ended for good.
    pub fn remove_all(self, field: &str) -> Vec<SetCookie> {
        let mark = self.name(SIGNED_OUT);
        let ours = cookie::pairs(field).filter(|(name, _)| self.is_ours(name) && *name != mark);
        ours.map(|(name, _)| SetCookie::remove(name, self.attributes(0)))
            .collect()
    }

    fn attributes(self, max_age: u64) -> Attributes<'static> {
        Attributes {
            domain: None,
            max_age,
            same_site: self.same_site,
            secure: self.secure,
        }
    }
}
