//! What an app with authkit-nextjs finds in a request that passed its middleware: with
//! `AUTHKIT_NEXTJS` it needs none of its own.
//!
//! Names and meanings are those of authkit-nextjs 4; the session is sealed as the SDK seals it.

use crate::asked::Asked;
use crate::identity::Field;
use crate::outside::Outside;
use crate::session::Session;

/// The fields besides `x-workos-*` that this adds, and nobody else may.
pub(crate) const NAMES: [&str; 3] = ["x-redirect-uri", "x-sign-up-paths", "x-url"];

/// Returns the fields that the SDK's `withAuth()` reads (`AUTHKIT_NEXTJS`).
pub(crate) fn fields(
    session: Option<&Session>,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Vec<Field> {
    let config = asked.config;
    let mut fields: Vec<Field> = vec![
        ("x-workos-middleware".into(), "true".to_owned()),
        ("x-url".into(), asked.home.url(asked.head.target())),
        ("x-redirect-uri".into(), asked.home.redirect_uri.to_string()),
    ];
    if !config.sign_up_paths.is_empty() {
        let patterns: Vec<&str> = config
            .sign_up_paths
            .iter()
            .map(|path| path.text())
            .collect();
        fields.push(("x-sign-up-paths".into(), patterns.join(",")));
    }
    let sealed = session.and_then(|session| {
        let json = session.sdk_payload();
        config.session_cookie.iron.seal(&json, outside).ok()
    });
    fields.extend(sealed.map(|text| ("x-workos-session".into(), text)));
    fields
}
