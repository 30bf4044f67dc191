//! What origins do to a path before they route by it. A habit returns a text if it changes anything.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;

/// A habit that may combine with any other.
pub(super) type Habit = fn(&str) -> Option<String>;

pub(super) const HABITS: [Habit; 7] = [
    decode_unreserved,
    merge_slashes,
    drop_parameters,
    decode,
    turn_backslashes,
    cut,
    drop_authority,
];

/// Lower case; segments without spaces around them and without dots at their end.
pub(super) fn lower(path: &str) -> Option<String> {
    let is_stable = |segment: &str| !segment.starts_with(' ') && !segment.ends_with(['.', ' ']);
    if !path.bytes().any(|byte| byte.is_ascii_uppercase()) && path.split('/').all(is_stable) {
        return None;
    }
    Some(
        segments(path, |segment| {
            segment.trim_start_matches(' ').trim_end_matches(['.', ' '])
        })
        .to_ascii_lowercase(),
    )
}

pub(super) fn merge_slashes(path: &str) -> Option<String> {
    if !path.contains("//") {
        return None;
    }
    let mut merged = String::with_capacity(path.len());
    for next in path.chars() {
        if next != '/' || !merged.ends_with('/') {
            merged.push(next);
        }
    }
    Some(merged)
}

/// Escapes of letters, digits and `-._~` decoded, the others in capitals (RFC 3986 §6.2.2).
fn decode_unreserved(path: &str) -> Option<String> {
    let (head, escapes) = path.split_once('%')?;
    let mut decoded = head.to_owned();
    for after in escapes.split('%') {
        match after
            .split_at_checked(2)
            .and_then(|(hex, rest)| Some((byte(hex)?, hex, rest)))
        {
            None => decoded.extend(["%", after]),
            Some((byte, _, rest)) if is_unreserved(byte) => {
                decoded.push(char::from(byte));
                decoded.push_str(rest);
            }
            Some((_, hex, rest)) => decoded.extend(["%", &hex.to_ascii_uppercase(), rest]),
        }
    }
    (decoded != path).then_some(decoded)
}

fn drop_parameters(path: &str) -> Option<String> {
    path.contains(';').then(|| {
        segments(path, |segment| {
            segment.split(';').next().unwrap_or_default()
        })
    })
}

/// One decoding of every escape; what is not UTF-8 becomes U+FFFD.
fn decode(path: &str) -> Option<String> {
    match percent_decode_str(path).decode_utf8_lossy() {
        Cow::Borrowed(_) => None,
        Cow::Owned(decoded) => (decoded != path).then_some(decoded),
    }
}

fn turn_backslashes(path: &str) -> Option<String> {
    path.contains('\\').then(|| path.replace('\\', "/"))
}

fn cut(path: &str) -> Option<String> {
    path.split_once(['#', '?'])
        .map(|(before, _)| before.to_owned())
}

/// What begins with slashes is a host's name and a path to whoever reads a target as a reference
/// (RFC 3986 §4.2), as `new URL(request.url, base)` does.
fn drop_authority(path: &str) -> Option<String> {
    let reference = path.strip_prefix("//")?.trim_start_matches('/');
    let (_, path) = reference.split_once('/').unwrap_or_default();
    Some(format!("/{path}"))
}

fn segments<'p>(path: &'p str, change: impl Fn(&'p str) -> &'p str) -> String {
    let mut changed = String::with_capacity(path.len());
    for (index, segment) in path.split('/').enumerate() {
        if index > 0 {
            changed.push('/');
        }
        changed.push_str(change(segment));
    }
    changed
}

/// The byte two hexadecimal digits stand for. (`from_str_radix` would take `+1` for digits.)
pub(super) fn byte(hex: &str) -> Option<u8> {
    let both_digits = hex.len() == 2 && hex.bytes().all(|digit| digit.is_ascii_hexdigit());
    if both_digits {
        u8::from_str_radix(hex, 16).ok()
    } else {
        None
    }
}

fn is_unreserved(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')
}
