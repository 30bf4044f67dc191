//! Every variable, with values that are read and values that are refused.

use crate::support::PASSWORD;

/// A variable, values that are good, values that are not, and what its fault says.
pub(super) type Row = (
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
    &'static str,
);

/// No route of the gateway can be at one of these.
const NOT_PLAIN: [&str; 10] = [
    "x",
    "login",
    "/",
    "//x",
    "/a//b",
    "/a/../b",
    "/a?b",
    "/a b",
    "/:x",
    "https://evil.example/a",
];

pub(super) const ROWS: [Row; 33] = [
    ("WORKOS_CLIENT_ID", &["client_1"], &["", "  "], "not set"),
    ("WORKOS_API_KEY", &["sk_1"], &["", "  "], "not set"),
    (
        "WORKOS_COOKIE_PASSWORD",
        &[
            PASSWORD,
            "zażółć-gęślą-jaźń-zażółć-gęślą-jaźń",
            "abcdefghabcdefghabcdefghabcdefgh",
        ],
        &[
            "short",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "abababababababababababababababababab",
            "a-very-long-password-of-many-letters",
            "your-32-character-key-goes-in-here-ok",
            "CHANGE-ME-CHANGE-ME-CHANGE-ME-1234567",
        ],
        "openssl rand -base64 32",
    ),
    (
        "WORKOS_COOKIE_PASSWORD_PREVIOUS",
        &["", PASSWORD],
        &["short"],
        "at least 32",
    ),
    (
        "WORKOS_REDIRECT_URI",
        &[
            "https://app.example.com/auth/callback",
            "http://localhost:8787/cb",
            "http://127.0.0.1/cb",
        ],
        &[
            "",
            "/callback",
            "http://app.example.com/callback",
            "https://app.example.com",
            "https://app.example.com/callback?x=1",
            "https://app.example.com/callback#x",
            "https://user:pass@app.example.com/callback",
            "ftp://app.example.com/callback",
        ],
        "https",
    ),
    (
        "WORKOS_COOKIE_NAME",
        &["session", "__Host-session", "__Secure-s"],
        &[
            "a b",
            "a;b",
            "a=b",
            "é",
            "authkit-flow-00112233",
            "__Host-authkit-flow-x",
        ],
        "a cookie name",
    ),
    (
        "WORKOS_COOKIE_MAX_AGE",
        &["60", "34560000"],
        &["0", "59", "34560001", "-1", "1h"],
        "seconds",
    ),
    (
        "WORKOS_COOKIE_DOMAIN",
        &[
            "example.com",
            ".example.com",
            "app.example.com",
            "EXAMPLE.com",
        ],
        &["other.com", "ample.com", "x.app.example.com", "com;x"],
        "the redirect URI's host",
    ),
    (
        "WORKOS_COOKIE_SAMESITE",
        &["lax", "Strict", "NONE"],
        &["loose"],
        "lax, strict, none",
    ),
    (
        "WORKOS_COOKIE_SAME_SITE",
        &["lax", "Strict", "NONE"],
        &["loose"],
        "lax, strict, none",
    ),
    (
        "WORKOS_API_HOSTNAME",
        &["auth.example.com"],
        &["a/b", "a?b", "a b", "user@host", "a#b"],
        "a host name",
    ),
    (
        "WORKOS_API_PORT",
        &["8443"],
        &["x", "99999", "1/x"],
        "a number",
    ),
    (
        "WORKOS_API_HTTPS",
        &["true"],
        &["false", "yes", "1"],
        "true",
    ),
    (
        "MATCHER",
        &["/a, /b/:path*", r#"["/a"]"#],
        &["a", "/a(", r#"["/a",{"source":"/b"}]"#],
        "",
    ),
    (
        "UNAUTHENTICATED_PATHS",
        &["/a\n/b"],
        &["b", "/:a:b", "/(?!x)"],
        "the pattern",
    ),
    (
        "SIGN_UP_PATHS",
        &["/trial/:path*"],
        &["/ok, nope"],
        "`nope`",
    ),
    (
        "MIDDLEWARE_AUTH",
        &["true", "FALSE"],
        &["no", "0"],
        "true or false",
    ),
    (
        "FORWARD_ACCESS_TOKEN",
        &["true", "false"],
        &["on"],
        "true or false",
    ),
    (
        "FORWARD_SESSION_COOKIE",
        &["true", "false"],
        &["on"],
        "true or false",
    ),
    ("FORWARD_USER", &["true", "false"], &["on"], "true or false"),
    ("LOGIN_PATH", &["/auth/sign-in"], &NOT_PLAIN, "a plain path"),
    ("SIGNUP_PATH", &["/join"], &NOT_PLAIN, "a plain path"),
    ("LOGOUT_PATH", &["/bye"], &NOT_PLAIN, "a plain path"),
    ("SESSION_PATH", &["/me"], &NOT_PLAIN, "a plain path"),
    (
        "ALLOWED_HOSTS",
        &["www.example.com, *.preview.example.com", "localhost:8787"],
        &["*", "*.com", "https://a.b", "a b", "a.*.b"],
        "host names",
    ),
    (
        "ORIGIN",
        &["https://origin.example.com", "http://127.0.0.1:3000/"],
        &[
            "origin.example.com",
            "https://o.example/base",
            "https://o.example/?x",
            "ftp://o.example",
        ],
        "the base URL",
    ),
    (
        "AUTHKIT_NEXTJS",
        &["true", "false"],
        &["on"],
        "true or false",
    ),
    (
        "ACCESS_TOKEN_ENDPOINT",
        &["true"],
        &["yes"],
        "true or false",
    ),
    ("ACCEPT_IRON", &["true", "false"], &["no"], "true or false"),
    (
        "COOKIE_SEAL",
        &["gcm", "iron"],
        &["Iron", "v1"],
        "gcm or iron",
    ),
    (
        "IMPERSONATION",
        &["allow", "read-only"],
        &["readonly", "deny"],
        "allow or read-only",
    ),
    (
        "IDENTITY_HEADERS",
        &[
            "authkit, forwarded",
            r#"["email=Remote-User"]"#,
            "groups=X-Groups",
        ],
        &[
            "nothing",
            "email",
            "email=",
            "email=Cookie",
            "email=a:b",
            "e-mail=X",
        ],
        "a list of presets",
    ),
    (
        "LOGOUT_RETURN_TO",
        &["https://www.example.com/, http://localhost:3000/x?y"],
        &["/bye", "javascript:alert(1)", "https://a.example/, x"],
        "absolute URLs",
    ),
];
