//! What a sign-out leaves behind, so that the session stays ended.
//!
//! 1. A refresh that began before the sign-out may answer after it, and put the session's cookie
//!    back. The marker names the session that ended: a cookie of that session counts for nothing,
//!    and is removed again.
//! 2. It lives as long as such a cookie could do harm: as long as an access token.
//! 3. A sign-in clears it.

use sha2::{Digest, Sha256};

use crate::cookie::{self, Attributes, SameSite, SetCookie};
use crate::outside::{Outside, RandomnessFailed};
use crate::seal::{Keyring, Place, Purpose};

/// How the marker's cookie is set.
#[derive(Debug)]
pub struct SignedOutCookie {
    /// Whether the browser may send it over https alone; its name then begins with `__Host-`.
    pub secure: bool,
    /// `Lax`, or `None` where the session's is.
    pub same_site: SameSite,
}

impl SignedOutCookie {
    /// Returns whether a cookie of this name is a marker.
    pub fn is_ours(&self, name: &str) -> bool {
        name == self.name()
    }

    /// Returns what marks the session as ended, for `seconds`.
    ///
    /// # Errors
    /// No randomness, no seal.
    pub fn write(
        &self,
        session_id: &str,
        seconds: u64,
        keyring: &Keyring,
        host: &str,
        outside: &impl Outside,
    ) -> Result<SetCookie, RandomnessFailed> {
        let text = keyring.seal(&Sha256::digest(session_id), self.place(host), outside)?;
        let attributes = Attributes {
            max_age: seconds,
            ..self.attributes()
        };
        Ok(SetCookie::set(self.name(), &text, attributes))
    }

    /// Returns whether `field`, a `Cookie` field, marks the session as ended.
    pub fn marks(&self, session_id: &str, field: &str, keyring: &Keyring, host: &str) -> bool {
        let mut texts = cookie::pairs(field).filter(|(name, _)| *name == self.name());
        texts.any(|(_, text)| {
            let opened = keyring.open(text, self.place(host));
            opened.is_ok_and(|opened| opened.plaintext == Sha256::digest(session_id).as_slice())
        })
    }

    /// Returns whether `field`, a `Cookie` field, has a marker, of whatever session.
    pub fn is_in(&self, field: &str) -> bool {
        cookie::pairs(field).any(|(name, _)| name == self.name())
    }

    /// Returns what removes the marker, where `field`, a `Cookie` field, has one.
    pub fn remove(&self, field: &str) -> Option<SetCookie> {
        self.is_in(field)
            .then(|| SetCookie::remove(self.name(), self.attributes()))
    }

    fn name(&self) -> &'static str {
        match self.secure {
            true => "__Host-authkit-signed-out",
            false => "authkit-signed-out",
        }
    }

    fn place<'a>(&self, host: &'a str) -> Place<'a> {
        Place {
            purpose: Purpose::SignedOut,
            cookie: self.name(),
            host,
        }
    }

    fn attributes(&self) -> Attributes<'static> {
        Attributes {
            domain: None,
            max_age: 0,
            same_site: self.same_site,
            secure: self.secure,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::Scripted;

    #[test]
    fn marks_one_session_on_one_host() {
        let cookie = SignedOutCookie {
            secure: true,
            same_site: SameSite::Lax,
        };
        let keyring = Keyring::new("a password of thirty-two letters", None);
        let outside = Scripted::default();
        let set = cookie
            .write("session_1", 300, &keyring, "a.example", &outside)
            .expect("random");
        let field = format!("x=1; {}", set.pair().expect("a value"));
        let rows = [
            ("session_1", field.as_str(), "a.example", true),
            ("session_2", &field, "a.example", false),
            ("session_1", &field, "b.example", false),
            (
                "session_1",
                "__Host-authkit-signed-out=forged",
                "a.example",
                false,
            ),
            ("session_1", "", "a.example", false),
        ];
        for (session_id, field, host, marked) in rows {
            assert_eq!(
                cookie.marks(session_id, field, &keyring, host),
                marked,
                "{host} {field:.40}"
            );
        }
        assert!(
            cookie
                .remove(&field)
                .is_some_and(|removal| removal.pair().is_none())
        );
        assert_eq!(cookie.remove("x=1"), None);
    }
}
