//! What the origin learns about the visitor, and what nobody else may tell it.
//!
//! 1. Identity headers come only from verified [`Claims`](crate::token::Claims).
//! 2. The same names are removed from every inbound request, matched or not, in every spelling an
//!    origin could take for them: any case, and whatever isn't a letter or a digit counts as `-`,
//!    since lighttpd, for one, makes `_` of all of it for CGI.
//! 3. So are the names by which a request could pass for another one: framework-internal ones and
//!    those that rewrite URLs or methods.
//! 4. `Connection`'s list is applied before ours are added, and hop-by-hop fields end here
//!    ([RFC 9110 §7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
//! 5. Values are percent-encoded where they aren't printable ASCII, `%` itself included.

mod fact;
mod removal;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

pub use fact::{Fact, IdentityHeaders};
pub use removal::{HOP, Removal};

use crate::json;
use crate::visitor::SignedIn;

/// What the origin is given beyond the identity headers.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Forwarding {
    /// `FORWARD_ACCESS_TOKEN`: the access token, as `Authorization: Bearer`.
    pub access_token: bool,
    /// `FORWARD_SESSION_COOKIE`: the session's cookie.
    pub session_cookie: bool,
    /// `FORWARD_USER`: `x-authkit-user`, the user as base64url JSON.
    pub user: bool,
}

/// A header field for the origin.
pub type Field = (Cow<'static, str>, String);

/// Says whether somebody is signed in, on matched paths.
pub const AUTHENTICATED: &str = "x-authkit-authenticated";

/// Returns the fields that tell the origin who is signed in.
pub fn fields(
    signed_in: &SignedIn,
    headers: &IdentityHeaders,
    forwarding: Forwarding,
) -> Vec<Field> {
    let mut fields: Vec<Field> = vec![(AUTHENTICATED.into(), "true".to_owned())];
    fields.extend(headers.fields(signed_in));
    let session = &signed_in.session;
    if forwarding.access_token {
        let bearer = format!("Bearer {}", session.access_token.secret());
        fields.push(("authorization".into(), bearer));
    }
    if forwarding.user {
        fields.push(("x-authkit-user".into(), user(signed_in)));
    }
    fields
}

/// The user without what makes them large: origins limit the size of headers.
fn user(signed_in: &SignedIn) -> String {
    let mut user = signed_in.session.user.clone();
    user.remove("metadata");
    URL_SAFE_NO_PAD.encode(json::written(&user))
}

/// All but printable ASCII and `%`.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

// 5.
fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// Whether an origin may read both names as one, after CGI, WSGI or PHP had them.
fn is_alike(name: &str, other: &str) -> bool {
    name.len() == other.len() && begins_alike(name, other)
}

/// Whether an origin may read `name` as one that begins with `prefix`.
fn begins_alike(name: &str, prefix: &str) -> bool {
    let mut pairs = name.bytes().zip(prefix.bytes());
    name.len() >= prefix.len() && pairs.all(|(one, other)| alike(one) == alike(other))
}

fn alike(letter: u8) -> u8 {
    if letter.is_ascii_alphanumeric() {
        letter.to_ascii_lowercase()
    } else {
        b'-'
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_printable_ascii() {
        let rows = [
            ("Zoë", "Zo%C3%AB"),
            ("100%", "100%25"),
            ("admin\r\nX-Evil: 1\0", "admin%0D%0AX-Evil: 1%00"),
            (r#"["a,b","c"]"#, r#"["a,b","c"]"#),
        ];
        for (value, expected) in rows {
            assert_eq!(encoded(value), expected);
        }
    }
}
