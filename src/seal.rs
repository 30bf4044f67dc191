//! Turns bytes into a sealed text only this gateway can open, and back.
//!
//! `v1.` + base64url(key id 4 ‖ salt 16 ‖ nonce 12 ‖ AES-256-GCM ciphertext ‖ tag 16)
//!
//! 1. Every message has a key of its own, HKDF-SHA256(password, salt, `authkit-gateway v1 ` +
//!    purpose), so no number of messages wears a key out (NIST SP 800-38D §8.3).
//! 2. The key id, itself HKDF-derived, picks the password: nothing is opened by trial.
//! 3. The associated data bind the text to where it belongs: version, purpose, key id, cookie name
//!    and host, each behind its length, so a cookie can't be replayed as another or elsewhere.
//! 4. Every failure to open is the same [`Unsealed`]: nobody learns which step refused.
//!
//! [RFC 5116](https://www.rfc-editor.org/rfc/rfc5116) (AEAD),
//! [RFC 5869](https://www.rfc-editor.org/rfc/rfc5869) (HKDF).

use std::fmt;

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use sha2::Sha256;

use crate::outside::{Outside, RandomnessFailed, UnixTime, random};

const VERSION: &str = "v1";
const PREFIX: &str = "v1.";
const KEY_ID_LENGTH: usize = 4;
const SALT_LENGTH: usize = 16;
const NONCE_LENGTH: usize = 12;
/// Longer texts than any set of cookies we write are refused before any work is done on them.
const LONGEST: usize = 32 * 1024;

/// What a sealed text is for and where it belongs.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// What it is.
    pub purpose: Purpose,
    /// The cookie's name, or the name of whatever else it is kept in.
    pub cookie: &'a str,
    /// The host the cookie belongs to, empty where it is shared by a whole domain.
    pub host: &'a str,
}

/// The kinds of what is sealed; one is never taken for another.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    /// What a coordinator keeps of a refresh.
    Coordinator,
    /// One sign-in under way.
    Flow,
    /// The keys that access tokens are signed with.
    Keys,
    /// A sign-in that waits for an organization.
    Pending,
    /// The session.
    Session,
    /// The mark of a session that has ended.
    SignedOut,
}

impl Purpose {
    fn text(self) -> &'static str {
        match self {
            Purpose::Coordinator => "coordinator",
            Purpose::Flow => "flow",
            Purpose::Keys => "keys",
            Purpose::Pending => "pending",
            Purpose::Session => "session",
            Purpose::SignedOut => "signed-out",
        }
    }
}

/// The passwords: the newest seals, any opens.
#[derive(Debug)]
pub struct Keyring {
    current: Password,
    previous: Option<Password>,
}

impl Keyring {
    /// Returns a keyring that seals with `current` and also opens what `previous` sealed.
    pub fn new(current: &str, previous: Option<&str>) -> Keyring {
        Keyring {
            current: Password::new(current),
            previous: previous.map(Password::new),
        }
    }

    /// Seals `plaintext` for `place`.
    ///
    /// # Errors
    /// No randomness, no seal.
    pub fn seal(
        &self,
        plaintext: &[u8],
        place: Place<'_>,
        outside: &impl Outside,
    ) -> Result<String, RandomnessFailed> {
        let salt: [u8; SALT_LENGTH] = random(outside)?;
        let nonce: [u8; NONCE_LENGTH] = random(outside)?;
        let id = self.current.id;
        let ciphertext = self.current.encrypt(plaintext, place, &salt, nonce);
        let bytes = [&id[..], &salt, &nonce, &ciphertext].concat();
        Ok(format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// Opens what [`Keyring::seal`] made for the same `place`.
    ///
    /// # Errors
    /// The text wasn't sealed by a password of ours, for that place, or was changed since.
    pub fn open(&self, text: &str, place: Place<'_>) -> Result<Opened, Unsealed> {
        let encoded = text.strip_prefix(PREFIX).ok_or(Unsealed)?;
        if encoded.len() > LONGEST {
            return Err(Unsealed);
        }
        let bytes = URL_SAFE_NO_PAD.decode(encoded).map_err(|_| Unsealed)?;
        let (id, rest) = bytes.split_first_chunk::<KEY_ID_LENGTH>().ok_or(Unsealed)?;
        let (salt, rest) = rest.split_first_chunk::<SALT_LENGTH>().ok_or(Unsealed)?;
        let (nonce, ciphertext) = rest.split_first_chunk::<NONCE_LENGTH>().ok_or(Unsealed)?;
        let (password, by) = self.password(*id).ok_or(Unsealed)?;
        let message = Payload {
            msg: ciphertext,
            aad: &associated_data(place, *id),
        };
        let plaintext = password
            .cipher(salt, place.purpose)
            .decrypt(nonce.into(), message)
            .map_err(|_| Unsealed)?;
        Ok(Opened {
            plaintext,
            by,
            opens_until: UnixTime(u64::MAX),
        })
    }

    fn password(&self, id: [u8; KEY_ID_LENGTH]) -> Option<(&Password, SealedBy)> {
        if self.current.id == id {
            return Some((&self.current, SealedBy::Current));
        }
        let previous = self
            .previous
            .as_ref()
            .filter(|password| password.id == id)?;
        Some((previous, SealedBy::Previous))
    }
}

/// What was in a sealed text.
#[derive(Debug)]
pub struct Opened {
    /// The bytes that were sealed.
    pub plaintext: Vec<u8>,
    /// Which password had sealed them.
    pub by: SealedBy,
    /// When the text opens no more; ours always do.
    pub opens_until: UnixTime,
}

/// Which password sealed a text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SealedBy {
    /// The one that seals today.
    Current,
    /// `WORKOS_COOKIE_PASSWORD_PREVIOUS`: worth sealing again.
    Previous,
}

/// A text that could not be opened; it is deliberately not said why.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unsealed;

struct Password {
    id: [u8; KEY_ID_LENGTH],
    secret: Vec<u8>,
}

impl Password {
    fn new(text: &str) -> Password {
        let mut id = [0; KEY_ID_LENGTH];
        let secret = text.as_bytes().to_vec();
        derive(&secret, &[], &[b"authkit-gateway v1 key id"], &mut id);
        Password { id, secret }
    }

    fn encrypt(
        &self,
        plaintext: &[u8],
        place: Place<'_>,
        salt: &[u8; SALT_LENGTH],
        nonce: [u8; NONCE_LENGTH],
    ) -> Vec<u8> {
        let message = Payload {
            msg: plaintext,
            aad: &associated_data(place, self.id),
        };
        self.cipher(salt, place.purpose)
            .encrypt(&nonce.into(), message)
            .expect("AES-GCM takes any plaintext below 64 GiB")
    }

    fn cipher(&self, salt: &[u8; SALT_LENGTH], purpose: Purpose) -> Aes256Gcm {
        let mut key = [0; 32];
        let info: [&[u8]; 2] = [b"authkit-gateway v1 ", purpose.text().as_bytes()];
        derive(&self.secret, salt, &info, &mut key);
        Aes256Gcm::new(&key.into())
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

fn derive(secret: &[u8], salt: &[u8], info: &[&[u8]], key: &mut [u8]) {
    Hkdf::<Sha256>::new(Some(salt), secret)
        .expand_multi_info(info, key)
        .expect("32 bytes are within HKDF-SHA256's 8,160");
}

fn associated_data(place: Place<'_>, key_id: [u8; KEY_ID_LENGTH]) -> Vec<u8> {
    let fields: [&[u8]; 5] = [
        VERSION.as_bytes(),
        place.purpose.text().as_bytes(),
        &key_id,
        place.cookie.as_bytes(),
        place.host.as_bytes(),
    ];
    let mut bytes = Vec::with_capacity(128);
    for field in fields {
        let length = u32::try_from(field.len()).unwrap_or(u32::MAX);
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.extend_from_slice(field);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::Scripted;

    const PLACE: Place<'_> = Place {
        purpose: Purpose::Session,
        cookie: "wos-session",
        host: "app.example.com",
    };

    fn keyring() -> Keyring {
        Keyring::new("a password of thirty-two letters", None)
    }

    fn sealed(plaintext: &[u8]) -> String {
        keyring()
            .seal(plaintext, PLACE, &Scripted::default())
            .expect("random bytes")
    }

    #[test]
    fn opens_what_it_sealed() {
        for plaintext in [&b""[..], b"{}", &[0; 5000]] {
            let opened = keyring().open(&sealed(plaintext), PLACE).expect("ours");
            assert_eq!(opened.plaintext, plaintext);
            assert_eq!(opened.by, SealedBy::Current);
        }
    }

    #[test]
    fn two_seals_of_one_plaintext_differ() {
        let outside = Scripted::default();
        let texts = [(); 2].map(|()| keyring().seal(b"x", PLACE, &outside).expect("random"));
        assert_ne!(texts[0], texts[1]);
    }

    #[test]
    fn opens_nowhere_else() {
        let text = sealed(b"{}");
        let elsewhere = [
            (
                "purpose",
                Place {
                    purpose: Purpose::Flow,
                    ..PLACE
                },
            ),
            (
                "cookie",
                Place {
                    cookie: "wos-sessio",
                    ..PLACE
                },
            ),
            (
                "host",
                Place {
                    host: "app2.example.com",
                    ..PLACE
                },
            ),
            (
                "shifted",
                Place {
                    cookie: "wos-sessiona",
                    host: "pp.example.com",
                    ..PLACE
                },
            ),
        ];
        for (name, place) in elsewhere {
            assert_eq!(keyring().open(&text, place).err(), Some(Unsealed), "{name}");
        }
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let text = sealed(b"{\"a\":1}");
        for position in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[position] ^= 1 << bit;
                let changed = String::from_utf8(bytes).expect("ASCII");
                assert!(keyring().open(&changed, PLACE).is_err(), "{position} {bit}");
            }
        }
    }

    #[test]
    fn only_the_canonical_text_opens() {
        let text = sealed(b"{}");
        for changed in [
            "",
            "v1.",
            "v1.AAAA",
            text.get(..text.len() - 1).expect("ASCII"),
            &format!("{text}="),
            &format!("{text} "),
        ] {
            assert!(keyring().open(changed, PLACE).is_err(), "{changed}");
        }
    }

    #[test]
    fn a_text_longer_than_our_cookies_is_not_worked_on() {
        let around = KEY_ID_LENGTH + SALT_LENGTH + NONCE_LENGTH + 16;
        let longest = 24 * 1024 - around;
        for (length, opens) in [(longest, true), (longest + 1, false), (2 * longest, false)] {
            let text = sealed(&vec![0; length]);
            assert_eq!(keyring().open(&text, PLACE).is_ok(), opens, "{length}");
        }
    }

    #[test]
    fn a_previous_password_opens_and_never_seals() {
        let old = sealed(b"{}");
        let rotated = Keyring::new(
            "another password of enough length",
            Some("a password of thirty-two letters"),
        );
        assert_eq!(
            rotated.open(&old, PLACE).expect("old").by,
            SealedBy::Previous
        );
        let new = rotated
            .seal(b"{}", PLACE, &Scripted::default())
            .expect("random");
        assert!(keyring().open(&new, PLACE).is_err());
    }

    #[test]
    fn debug_shows_no_password() {
        assert!(!format!("{:?}", keyring()).contains("thirty"));
    }
}
