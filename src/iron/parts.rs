//! The parts of a seal, and whether a text has them the way AuthKit's SDKs write them.
//!
//! `Fe26.2*1*salt*iv*ciphertext*expiration*MAC salt*MAC~2`
//!
//! 1. The password id is `1`, a salt is 64 lower-case hexadecimal digits, the rest base64url without
//!    padding or stray bits. (The libraries' decoders take more than their encoders write.)
//! 2. The expiration is empty or a whole number of milliseconds.
//! 3. `~2`, the version, stands outside the MAC, so with it or without the text means the same. Any
//!    other is refused: those wrapped the data in `{"persistent": …}`, which no session is.
//! 4. The MAC is of the text as it stands, never of one put together anew.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const PREFIX: &str = "Fe26.2";
const PASSWORD_ID: &str = "1";
const VERSION: &str = "~2";
pub(super) const SALT_LENGTH: usize = 32;
pub(super) const IV_LENGTH: usize = 16;
pub(super) const MAC_LENGTH: usize = 32;
/// Browsers keep cookies of 4,096 bytes, and the SDKs don't cut theirs into several: twice that is
/// refused before any work is done on it.
const LONGEST: usize = 8 * 1024;

/// A well-formed text; who made it is another question.
pub(super) struct Parts<'a> {
    /// What the MAC is of.
    pub(super) mac_base: &'a str,
    /// As the text has it: the digits themselves are the salt, not the bytes they stand for.
    pub(super) salt: &'a str,
    pub(super) iv: [u8; IV_LENGTH],
    pub(super) ciphertext: Vec<u8>,
    /// In milliseconds since 1970; the end of time where the text has none.
    pub(super) expires_at: u64,
    pub(super) mac_salt: &'a str,
    pub(super) mac: [u8; MAC_LENGTH],
}

impl<'a> Parts<'a> {
    pub(super) fn parse(text: &'a str) -> Option<Parts<'a>> {
        if text.len() > LONGEST {
            return None;
        }
        let text = text.strip_suffix(VERSION).unwrap_or(text);
        let (rest, mac) = text.rsplit_once('*')?;
        let (mac_base, mac_salt) = rest.rsplit_once('*')?;
        let parts: Vec<&str> = mac_base.split('*').collect();
        let [PREFIX, PASSWORD_ID, salt, iv, ciphertext, expiration] = parts[..] else {
            return None;
        };
        Some(Parts {
            mac_base,
            salt: parse_salt(salt)?,
            iv: URL_SAFE_NO_PAD.decode(iv).ok()?.try_into().ok()?,
            ciphertext: URL_SAFE_NO_PAD.decode(ciphertext).ok()?,
            expires_at: parse_expiration(expiration)?,
            mac_salt: parse_salt(mac_salt)?,
            mac: URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?,
        })
    }
}

/// Returns what the MAC is to be of; nothing we seal expires.
pub(super) fn mac_base(salt: &str, iv: &[u8; IV_LENGTH], ciphertext: &[u8]) -> String {
    let iv = URL_SAFE_NO_PAD.encode(iv);
    let ciphertext = URL_SAFE_NO_PAD.encode(ciphertext);
    format!("{PREFIX}*{PASSWORD_ID}*{salt}*{iv}*{ciphertext}*")
}

/// Returns the whole text.
pub(super) fn text(mac_base: &str, mac_salt: &str, mac: &[u8]) -> String {
    let mac = URL_SAFE_NO_PAD.encode(mac);
    format!("{mac_base}*{mac_salt}*{mac}{VERSION}")
}

fn parse_salt(text: &str) -> Option<&str> {
    let digit = |byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let whole = text.len() == SALT_LENGTH.saturating_mul(2);
    (whole && text.bytes().all(digit)).then_some(text)
}

fn parse_expiration(text: &str) -> Option<u64> {
    if text.is_empty() {
        return Some(u64::MAX);
    }
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    (digits && !text.starts_with('0')).then(|| text.parse().ok())?
}

#[cfg(test)]
mod tests {
    use super::*;

    const SALT: &str = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";
    const IV: &str = "AAECAwQFBgcICQoLDA0ODw";
    const MAC: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    /// A good text with this in place of the part of this number.
    fn with(number: usize, part: &str) -> String {
        let mut parts = ["Fe26.2", "1", SALT, IV, "AAAA", "", SALT, MAC];
        parts[number] = part;
        parts.join("*")
    }

    fn check(name: &str, text: &str, expected: bool) {
        assert_eq!(Parts::parse(text).is_some(), expected, "{name}: {text}");
    }

    #[test]
    fn the_version_is_2_or_not_there() {
        let text = with(7, MAC);
        for (version, expected) in [
            ("", true),
            ("~2", true),
            ("~", false),
            ("~0", false),
            ("~1", false),
            ("~3", false),
            ("~02", false),
            ("~2 ", false),
            ("~2~2", false),
            ("~2~1", false),
            ("~22", false),
            ("*~2", false),
        ] {
            check(version, &format!("{text}{version}"), expected);
        }
    }

    #[test]
    fn eight_parts_make_a_text() {
        let text = with(7, MAC);
        for (name, text, expected) in [
            ("eight", text.clone(), true),
            ("one before", format!("*{text}"), false),
            ("one after", format!("{text}*"), false),
            ("one more", text.replace(IV, &format!("{IV}*")), false),
            ("one less", text.replace(&format!("{IV}*"), ""), false),
            ("nothing", String::new(), false),
            ("the version", VERSION.to_owned(), false),
            ("separators", "*".repeat(7), false),
            ("more separators", "*".repeat(LONGEST), false),
        ] {
            check(name, &text, expected);
        }
    }

    #[test]
    fn each_part_is_as_the_sdks_write_it() {
        let (upper, short) = (SALT.to_uppercase(), SALT.get(1..).expect("ASCII"));
        let not_hex = format!("{short}g");
        let long = format!("{SALT}0");
        let padded = format!("{IV}==");
        let stray = IV.replace("Dw", "Dx");
        let spaced = format!(" {IV}");
        let (mac_padded, mac_stray) = (format!("{MAC}="), MAC.replace("h8", "h9"));
        for (number, part, expected) in [
            (0, "Fe26.2", true),
            (0, "Fe26.1", false),
            (0, "fe26.2", false),
            (0, "", false),
            (1, "2", false),
            (1, "01", false),
            (1, "default", false),
            (1, "", false),
            (2, upper.as_str(), false),
            (2, short, false),
            (2, &not_hex, false),
            (2, &long, false),
            (2, "", false),
            (3, &padded, false),
            (3, &stray, false),
            (3, &spaced, false),
            (3, "AAAA", false),
            (3, MAC, false),
            (3, "", false),
            (4, "", true),
            (4, "-_-_", true),
            (4, "+/+/", false),
            (4, "AAA=", false),
            (4, "AAAAA", false),
            (4, "AA\u{e9}A", false),
            (5, "1700000000000", true),
            (5, "18446744073709551615", true),
            (5, "18446744073709551616", false),
            (5, "01700000000000", false),
            (5, "0", false),
            (5, "+1", false),
            (5, "-1", false),
            (5, "1.5", false),
            (5, "1e21", false),
            (5, "NaN", false),
            (5, " ", false),
            (5, "\u{661}", false),
            (6, &upper, false),
            (6, short, false),
            (6, &not_hex, false),
            (6, &long, false),
            (6, "", false),
            (7, &mac_padded, false),
            (7, &mac_stray, false),
            (7, IV, false),
            (7, "", false),
        ] {
            check(&format!("part {number}"), &with(number, part), expected);
        }
    }

    #[test]
    fn a_text_longer_than_any_cookie_is_refused() {
        let others = with(4, "").len();
        let whole = (LONGEST - others) / 4 * 4;
        let text = with(4, &"A".repeat(whole));
        check("nearly the longest", &text, true);
        let expiration = "1".repeat(LONGEST - text.len());
        let longest = text.replace("A**", &format!("A*{expiration}*"));
        assert_eq!(longest.len(), LONGEST);
        check("longest", &longest, true);
        check("longer", &with(4, &"A".repeat(whole + 4)), false);
        check("huge", &with(4, &"A".repeat(1 << 24)), false);
    }
}
