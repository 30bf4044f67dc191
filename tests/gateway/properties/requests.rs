//! Requests as anybody may make them, and what may go wrong meanwhile.

use proptest::prelude::*;

use crate::support::{Ask, Fault};

pub(super) fn any_path() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "/",
        "/app/x",
        "/app/open/x",
        "/login",
        "/login?prompt=login",
        "/signup",
        "/logout",
        "/auth/session",
        "/auth/health",
        "/auth/refresh",
        "/auth/switch-organization",
        "/auth/switch-organization?organization_id=org_two",
        "/auth/token",
        "/auth/client.js",
        "/callback",
        "/callback?organization_id=org_two",
        "/callback?code=x&invitation_token=inv_1",
        "/callback?code=x&state=1.00112233445566778899aabbccddeeff",
        "/callback?code=x&state=0.00112233445566778899aabbccddeeff",
        "/callback?error=access_denied&state=x",
    ])
}

/// A request with any method and any of the fields the gateway looks at.
pub(super) fn ask(path: impl Strategy<Value = &'static str>) -> impl Strategy<Value = Ask> {
    let methods = [
        "GET", "GET", "GET", "HEAD", "POST", "PUT", "OPTIONS", "get", "PURGE",
    ];
    let fields = [
        ("accept", "text/html"),
        ("accept", "*/*"),
        ("sec-fetch-mode", "navigate"),
        ("sec-fetch-mode", "cors"),
        ("sec-fetch-dest", "document"),
        ("sec-fetch-dest", "empty"),
        ("sec-fetch-site", "same-origin"),
        ("sec-fetch-site", "cross-site"),
        ("origin", "https://app.example.com"),
        ("origin", "null"),
        ("sec-purpose", "prefetch"),
        ("upgrade", "websocket"),
        ("rsc", "1"),
        ("next-router-prefetch", "1"),
        ("x-requested-with", "XMLHttpRequest"),
        ("authorization", "Bearer eyJhbGciOiJub25lIn0.e30."),
        ("x-authkit-user-id", "user_evil"),
        ("x-authkit-authenticated", "true"),
        ("X_AuthKit.User ID", "user_evil"),
        ("x-workos-session", "v1.x"),
        ("x-middleware-subrequest", "middleware:middleware"),
        ("x-original-url", "/app/open/x"),
        ("x-http-method-override", "GET"),
    ];
    let fields = prop::collection::vec(prop::sample::select(fields.to_vec()), 0..6);
    (path, prop::sample::select(methods.to_vec()), fields).prop_map(|(path, method, fields)| {
        let ask = Ask::bare(path).method(method);
        fields
            .into_iter()
            .fold(ask, |ask, (name, value)| ask.with(name, value))
    })
}

pub(super) fn hostile_cookie() -> impl Strategy<Value = String> {
    let names = [
        "wos-session",
        "wos-session.00000000aabb.0.1",
        "__Host-authkit-arrived",
        "__Host-authkit-pending",
        "__Host-authkit-signed-out",
        "__Host-authkit-flow-00112233",
    ];
    let value = prop_oneof![
        "[!-:<-~]{0,80}",
        "v1\\.[A-Za-z0-9_-]{0,160}",
        "Fe26\\.2\\*1\\*.{0,40}"
    ];
    prop::collection::vec((prop::sample::select(names.to_vec()), value), 1..4).prop_map(|cookies| {
        let pairs: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        pairs.join("; ")
    })
}

pub(super) fn trouble() -> impl Strategy<Value = Fault> {
    prop::sample::select(vec![
        Fault::Network,
        Fault::Timeout,
        Fault::LostReply,
        Fault::Answer(400, r#"{"error":"invalid_grant"}"#),
        Fault::Answer(401, r#"{"error":"invalid_client"}"#),
        Fault::Answer(403, r#"{"code":"sso_required"}"#),
        Fault::Answer(200, "{}"),
        Fault::Later(429, ""),
        Fault::Answer(500, ""),
    ])
}
