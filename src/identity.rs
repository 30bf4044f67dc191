//! What the origin learns about the visitor, and what nobody else may tell it.
//!
//! 1. Identity headers come only from verified [`Claims`].
//! 2. The same names are removed from every inbound request, matched or not, in every spelling an
//!    origin could take for them: any case, with `_`, `.` and space counting as `-`.
//! 3. So are the names by which a request could pass for another one: framework-internal ones and
//!    those that rewrite URLs or methods.
//! 4. `Connection`'s list is applied before ours are added, and hop-by-hop fields end here
//!    ([RFC 9110 §7.6.1](https://www.rfc-editor.org/rfc/rfc9110#section-7.6.1)).
//! 5. Values are percent-encoded where they aren't printable ASCII, `%` itself included.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use crate::session::Session;
use crate::token::Claims;

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
pub type Field = (&'static str, String);

/// Says whether somebody is signed in, on matched paths.
pub const AUTHENTICATED: &str = "x-authkit-authenticated";

/// Returns the fields that tell the origin who is signed in.
pub fn fields(session: &Session, claims: &Claims, forwarding: Forwarding) -> Vec<Field> {
    let list = |values: &[String]| serde_json::to_string(values).unwrap_or_default();
    let some = |name, value: Option<&str>| value.map(|value| (name, encoded(value)));
    let mut fields = vec![
        (AUTHENTICATED, "true".to_owned()),
        ("x-authkit-user-id", encoded(&claims.user_id)),
        ("x-authkit-session-id", encoded(&claims.session_id)),
    ];
    fields.extend(
        [
            some("x-authkit-email", session.email()),
            some(
                "x-authkit-organization-id",
                claims.organization_id.as_deref(),
            ),
            some("x-authkit-role", claims.role.as_deref()),
            some("x-authkit-impersonator", claims.impersonator.as_deref()),
        ]
        .into_iter()
        .flatten(),
    );
    for (name, values) in [
        ("x-authkit-roles", &claims.roles),
        ("x-authkit-permissions", &claims.permissions),
    ] {
        if !values.is_empty() {
            fields.push((name, encoded(&list(values))));
        }
    }
    if forwarding.access_token {
        fields.push((
            "authorization",
            format!("Bearer {}", session.access_token.secret()),
        ));
    }
    if forwarding.user {
        fields.push(("x-authkit-user", user(session)));
    }
    fields
}

/// The user without what makes them large: origins limit the size of headers.
fn user(session: &Session) -> String {
    let mut user = session.user.clone();
    user.remove("metadata");
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(&user).unwrap_or_default())
}

/// All but printable ASCII and `%`.
const ENCODED: &AsciiSet = &CONTROLS.add(b'%');

fn encoded(value: &str) -> String {
    utf8_percent_encode(value, ENCODED).to_string()
}

/// Names, in their plain spelling, that end at the gateway.
const REMOVED: [&str; 23] = [
    // Hop by hop.
    "connection",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    // Ours: who went through the gateway already, and where the request was sent to.
    "x-forwarded-host",
    "x-forwarded-proto",
    // Another method or URL than the one that was judged.
    "x-forwarded-prefix",
    "x-forwarded-uri",
    "x-http-method",
    "x-http-method-override",
    "x-method-override",
    "x-original-method",
    "x-original-uri",
    "x-original-url",
    "x-override-url",
    "x-rewrite-url",
    // Inside frameworks.
    "x-invoke-path",
    "x-matched-path",
    "x-now-route-matches",
    // What the development server adds.
    "cf-workers-preview-token",
];

const REMOVED_PREFIXES: [&str; 3] = ["x-authkit-", "x-middleware-", "x-workos-"];

/// `Upgrade` is named in `Connection` and makes a WebSocket; Next.js' own pages send the other.
const KEPT: [&str; 2] = ["upgrade", "x-middleware-prefetch"];

/// Decides which fields of one request end at the gateway.
pub struct Removal {
    connection: Vec<String>,
}

impl Removal {
    /// Returns the rule for a request whose `Connection` field is `connection`.
    pub fn new(connection: Option<&str>) -> Removal {
        let names = connection.unwrap_or_default().split(',');
        Removal {
            connection: names.map(|name| plain(name.trim())).collect(),
        }
    }

    /// Returns whether the field `name` ends here.
    pub fn removes(&self, name: &str) -> bool {
        let plain = plain(name);
        if KEPT.contains(&plain.as_str()) {
            return false;
        }
        REMOVED.contains(&plain.as_str())
            || REMOVED_PREFIXES
                .iter()
                .any(|prefix| plain.starts_with(prefix))
            || self.connection.contains(&plain)
    }
}

/// Marks a request that has passed the gateway on its way to its own URL.
pub const HOP: &str = "x-authkit-hop";

/// A name as an origin may read it after CGI, WSGI or PHP had it.
fn plain(name: &str) -> String {
    name.chars()
        .map(|letter| match letter {
            '_' | '.' | ' ' => '-',
            _ => letter.to_ascii_lowercase(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(connection: &str, name: &str, removed: bool) {
        let removal = Removal::new(Some(connection));
        assert_eq!(
            removal.removes(name),
            removed,
            "{name} with Connection: {connection}"
        );
    }

    #[test]
    fn identity_names_end_here_in_every_spelling() {
        for name in [
            "x-authkit-user-id",
            "X-AuthKit-User-Id",
            "x_authkit_user_id",
            "X-AuthKit_Anything",
            "x.authkit.user.id",
            "x authkit user id",
            "x-workos-session",
            "X_WORKOS_MIDDLEWARE",
            "x-middleware-subrequest",
            "X-Middleware_Rewrite",
            "x-original-url",
            "X_Rewrite_Url",
            "x-http-method-override",
            "x_forwarded_host",
        ] {
            check("", name, true);
        }
    }

    #[test]
    fn the_rest_passes() {
        for name in [
            "accept",
            "authorization",
            "cookie",
            "if-none-match",
            "range",
            "x-authki",
            "x-forwarded-for",
            "x-middleware-prefetch",
            "x-nextjs-data",
            "x-request-id",
        ] {
            check("", name, false);
        }
    }

    #[test]
    fn the_connection_fields_list_ends_here_but_for_upgrade() {
        check("close, X-Hop", "x-hop", true);
        check("close, X_Hop", "x-hop", true);
        check("close", "x-hop", false);
        check("Upgrade", "upgrade", false);
        check("Upgrade", "connection", true);
    }

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
