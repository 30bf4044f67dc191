//! Turns JSON into a seal AuthKit's SDKs open, and their seals back into JSON.
//!
//! 1. The format is `@hapi/iron`'s, with the options of iron-session and AuthKit's SDKs:
//!    AES-256-CBC, then HMAC-SHA256 over everything before the MAC's salt. Either key is
//!    PBKDF2-HMAC-SHA1(password, salt, one iteration): it makes no poor password better.
//! 2. The MAC is checked first, in constant time, and nothing it doesn't hold for is decrypted:
//!    the padding tells nothing to who doesn't know the password.
//! 3. No part of a seal says which password made it: the current is tried, then the previous.
//! 4. An expiration counts a minute late, as in the libraries. The SDKs' sessions have none.
//! 5. Nothing binds a seal to a cookie, a host or a purpose: the SDKs seal sign-ins under way with
//!    the same password. What is inside has to show that it is a session.
//! 6. Every failure to open is the same [`Unsealed`].
//!
//! [RFC 8018 §5.2](https://www.rfc-editor.org/rfc/rfc8018#section-5.2) (PBKDF2),
//! [RFC 5652 §6.3](https://www.rfc-editor.org/rfc/rfc5652#section-6.3) (the padding).

mod parts;

use std::{fmt, iter};

use aes::Aes256;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt, BlockModeEncrypt, KeyIvInit};
use hmac::{Hmac, KeyInit, Mac};
use pbkdf2::pbkdf2_hmac_array;
use sha1::Sha1;
use sha2::Sha256;

use self::parts::{IV_LENGTH, Parts, SALT_LENGTH};
use crate::outside::{Outside, RandomnessFailed, UnixTime, random};
use crate::seal::{Opened, SealedBy, Unsealed};

const ITERATIONS: u32 = 1;
const KEY_LENGTH: usize = 32;
/// How late an expiration counts, in milliseconds.
const SKEW: u64 = 60_000;

/// The passwords, as the SDKs use them: the newest seals, any opens.
#[derive(Debug)]
pub struct IronKeyring {
    current: Password,
    previous: Option<Password>,
}

impl IronKeyring {
    /// Returns a keyring that seals with `current` and also opens what `previous` sealed.
    pub fn new(current: &str, previous: Option<&str>) -> IronKeyring {
        let password = |text: &str| Password(text.to_owned());
        IronKeyring {
            current: password(current),
            previous: previous.map(password),
        }
    }

    /// Seals `json` as the SDKs do.
    ///
    /// # Errors
    /// No randomness, no seal.
    pub fn seal(&self, json: &[u8], outside: &impl Outside) -> Result<String, RandomnessFailed> {
        let salt = random_salt(outside)?;
        let iv = random(outside)?;
        let mac_salt = random_salt(outside)?;
        let ciphertext = self.current.encrypt(json, &salt, iv);
        let mac_base = parts::mac_base(&salt, &iv, &ciphertext);
        let mac = self.current.mac(&mac_base, &mac_salt).finalize();
        Ok(parts::text(&mac_base, &mac_salt, &mac.into_bytes()))
    }

    /// Opens what [`IronKeyring::seal`] or an SDK made.
    ///
    /// # Errors
    /// The text wasn't sealed by a password of ours, was changed since, or has expired.
    pub fn open(&self, text: &str, now: UnixTime) -> Result<Opened, Unsealed> {
        Parts::parse(text)
            .and_then(|parts| self.verify(parts))
            .filter(|seal| seal.opens_until() > now)
            .and_then(Genuine::decrypt)
            .ok_or(Unsealed)
    }

    fn verify<'a>(&'a self, parts: Parts<'a>) -> Option<Genuine<'a>> {
        let previous = self.previous.iter().map(|old| (old, SealedBy::Previous));
        let (password, by) = iter::once((&self.current, SealedBy::Current))
            .chain(previous)
            .find(|(password, _)| password.made(&parts))?;
        Some(Genuine {
            parts,
            password,
            by,
        })
    }
}

/// A seal one of our passwords made, unchanged since.
struct Genuine<'a> {
    parts: Parts<'a>,
    password: &'a Password,
    by: SealedBy,
}

impl Genuine<'_> {
    fn opens_until(&self) -> UnixTime {
        UnixTime(self.parts.expires_at.saturating_add(SKEW).div_ceil(1000))
    }

    fn decrypt(self) -> Option<Opened> {
        let key = self.password.key(self.parts.salt);
        let plaintext = cbc::Decryptor::<Aes256>::new(&key.into(), &self.parts.iv.into())
            .decrypt_padded_vec::<Pkcs7>(&self.parts.ciphertext)
            .ok()?;
        Some(Opened {
            plaintext,
            by: self.by,
            opens_until: self.opens_until(),
        })
    }
}

struct Password(String);

impl Password {
    fn made(&self, parts: &Parts<'_>) -> bool {
        let mac = self.mac(parts.mac_base, parts.mac_salt);
        mac.verify_slice(&parts.mac).is_ok()
    }

    fn mac(&self, mac_base: &str, salt: &str) -> Hmac<Sha256> {
        Hmac::new_from_slice(&self.key(salt))
            .expect("HMAC takes keys of any length")
            .chain_update(mac_base)
    }

    fn encrypt(&self, plaintext: &[u8], salt: &str, iv: [u8; IV_LENGTH]) -> Vec<u8> {
        cbc::Encryptor::<Aes256>::new(&self.key(salt).into(), &iv.into())
            .encrypt_padded_vec::<Pkcs7>(plaintext)
    }

    fn key(&self, salt: &str) -> [u8; KEY_LENGTH] {
        pbkdf2_hmac_array::<Sha1, KEY_LENGTH>(self.0.as_bytes(), salt.as_bytes(), ITERATIONS)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

fn random_salt(outside: &impl Outside) -> Result<String, RandomnessFailed> {
    let bytes: [u8; SALT_LENGTH] = random(outside)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;
    use crate::scripted::Scripted;

    const PASSWORD: &str = "a password of thirty-two letters";
    const OTHER: &str = "another password of enough length";
    const NOW: UnixTime = UnixTime(1_700_000_000);

    /// What iron-session sealed, and whether it opens it again at [`NOW`].
    #[derive(Deserialize)]
    struct Vector {
        name: String,
        password: String,
        json: String,
        text: String,
        opens: bool,
    }

    impl Vector {
        fn keyring(&self) -> IronKeyring {
            IronKeyring::new(&self.password, None)
        }
    }

    fn vectors() -> Vec<Vector> {
        serde_json::from_str(include_str!("../tests/corpora/iron.json")).expect("JSON")
    }

    fn keyring() -> IronKeyring {
        IronKeyring::new(PASSWORD, None)
    }

    fn sealed(json: &[u8]) -> String {
        keyring()
            .seal(json, &Scripted::default())
            .expect("random bytes")
    }

    /// A seal of `PASSWORD` over whatever bytes and expiration.
    fn genuine(ciphertext: &[u8], expiration: &str) -> String {
        let salt = "0".repeat(64);
        let mac_base = parts::mac_base(&salt, &[0; IV_LENGTH], ciphertext) + expiration;
        let mac = keyring().current.mac(&mac_base, &salt).finalize();
        parts::text(&mac_base, &salt, &mac.into_bytes())
    }

    #[test]
    fn opens_what_iron_session_opens() {
        for vector in vectors() {
            let opened = vector.keyring().open(&vector.text, NOW);
            let plaintext = opened.map(|opened| opened.plaintext);
            let expected = vector.opens.then(|| vector.json.into_bytes());
            assert_eq!(plaintext.ok(), expected, "{}", vector.name);
        }
    }

    #[test]
    fn seals_what_iron_session_seals_to_the_byte() {
        let lasting = |vector: &Vector| vector.opens && vector.text.contains("**");
        let vectors: Vec<Vector> = vectors().into_iter().filter(lasting).collect();
        assert!(vectors.len() > 20, "{}", vectors.len());
        for vector in vectors {
            let json = vector.json.as_bytes();
            let text = vector.keyring().seal(json, &Scripted::default());
            assert_eq!(text, Ok(vector.text), "{}", vector.name);
        }
    }

    #[test]
    fn two_seals_of_one_json_differ_throughout() {
        let outside = Scripted::default();
        let texts = [(); 2].map(|()| keyring().seal(b"{}", &outside).expect("random"));
        let [a, b] = texts.each_ref().map(|text| text.split('*'));
        let same: Vec<&str> = a.zip(b).filter(|(a, b)| a == b).map(|(a, _)| a).collect();
        assert_eq!(same, ["Fe26.2", "1", ""]);
    }

    #[test]
    fn any_flipped_bit_is_refused() {
        let text = sealed(b"{\"a\":1}");
        for position in 0..text.len() {
            for bit in 0..7 {
                let mut bytes = text.clone().into_bytes();
                bytes[position] ^= 1 << bit;
                let changed = String::from_utf8(bytes).expect("ASCII");
                assert!(keyring().open(&changed, NOW).is_err(), "{position} {bit}");
            }
        }
    }

    #[test]
    fn any_part_of_a_text_is_refused() {
        let text = sealed(b"{\"a\":1}");
        let whole = text.len() - "~2".len();
        for end in (0..text.len()).filter(|end| *end != whole) {
            let start = text.get(..end).expect("ASCII");
            assert!(keyring().open(start, NOW).is_err(), "..{end}");
        }
        for start in 1..text.len() {
            let end = text.get(start..).expect("ASCII");
            assert!(keyring().open(end, NOW).is_err(), "{start}..");
        }
    }

    #[test]
    fn parts_of_two_seals_dont_mix() {
        let outside = Scripted::default();
        let [a, b] = [(); 2].map(|()| keyring().seal(b"{}", &outside).expect("random"));
        let (a, b): (Vec<&str>, Vec<&str>) = (a.split('*').collect(), b.split('*').collect());
        for number in [2, 3, 4, 6, 7] {
            let mut mixed = a.clone();
            mixed[number] = b[number];
            assert!(
                keyring().open(&mixed.join("*"), NOW).is_err(),
                "part {number}"
            );
        }
    }

    #[test]
    fn a_previous_password_opens_and_never_seals() {
        let old = sealed(b"{}");
        let rotated = IronKeyring::new(OTHER, Some(PASSWORD));
        let new = rotated.seal(b"{}", &Scripted::default()).expect("random");
        let by = |keyring: &IronKeyring, text: &str| keyring.open(text, NOW).map(|o| o.by);
        assert_eq!(by(&rotated, &new), Ok(SealedBy::Current));
        assert_eq!(by(&rotated, &old), Ok(SealedBy::Previous));
        assert_eq!(by(&keyring(), &old), Ok(SealedBy::Current));
        assert_eq!(by(&keyring(), &new), Err(Unsealed));
    }

    #[test]
    fn an_expiration_counts_a_minute_late() {
        let block = keyring().current.encrypt(b"{}", &"0".repeat(64), [0; 16]);
        for (expiration, now, expected) in [
            ("", 0, true),
            ("", 9_007_199_254_740, true),
            ("1700000000000", 0, true),
            ("1700000000000", 1_700_000_059, true),
            ("1700000000000", 1_700_000_060, false),
            ("1700000000001", 1_700_000_060, true),
            ("1700000000001", 1_700_000_061, false),
            ("1700000000000", u64::MAX, false),
            ("1", 60, true),
            ("1", 61, false),
            ("9007199254740993", 9_007_199_254_800, true),
            ("18446744073709551615", 1_700_000_000, true),
        ] {
            let opened = keyring().open(&genuine(&block, expiration), UnixTime(now));
            assert_eq!(opened.is_ok(), expected, "{expiration} at {now}");
        }
    }

    #[test]
    fn a_good_mac_over_bad_bytes_is_refused_all_the_same() {
        for length in [0, 1, 15, 16, 17, 31, 32, 4096] {
            for byte in [0, 1, 16, 17, 255] {
                let opened = keyring().open(&genuine(&vec![byte; length], ""), NOW);
                assert_eq!(opened.err(), Some(Unsealed), "{length} bytes of {byte}");
            }
        }
    }

    #[test]
    fn debug_shows_no_password() {
        let both = IronKeyring::new(PASSWORD, Some(OTHER));
        let hidden = "IronKeyring { current: Password(…), previous: Some(Password(…)) }";
        assert_eq!(format!("{both:?}"), hidden);
    }
}
