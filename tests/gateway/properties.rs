//! What holds for every request, whatever is in its head.

use proptest::prelude::*;

use authkit_gateway::config::Config;
use authkit_gateway::cookie::SetCookie;
use authkit_gateway::decision::{Decision, Edit, Forward};
use authkit_gateway::forward::edits;

use crate::support::{ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, SESSION, Seen, Site};

const RULES: [(&str, &str); 2] = [
    ("MATCHER", "/app/:path*"),
    ("UNAUTHENTICATED_PATHS", "/app/open/:path*"),
];

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn nobody_passes_a_protected_path_without_a_session(
        ask in ask(prop::sample::select(vec!["/app", "/app/x", "/App/x", "//app/x", "/app/%78"])),
        cookie in prop::option::of(hostile_cookie()),
    ) {
        let site = Site::new(&RULES);
        let ask = cookie.iter().fold(ask, |ask, cookie| ask.with("cookie", cookie));
        let outcome = site.decide(&ask);
        prop_assert!(!matches!(outcome.decision, Decision::Forward(_)), "{}", outcome.verdict());
        prop_assert!(site.world.workos.calls.borrow().is_empty(), "nobody costs WorkOS a call");
    }

    #[test]
    fn nobody_carries_an_identity(
        ask in ask(prop::sample::select(vec!["/app/x", "/app/open/x", "/other"])),
        cookie in prop::option::of(hostile_cookie()),
        enforcing in any::<bool>(),
    ) {
        let [matcher, public] = RULES;
        let site =
            Site::new(&[matcher, public, ("MIDDLEWARE_AUTH", &enforcing.to_string())]);
        let ask = cookie.iter().fold(ask, |ask, cookie| ask.with("cookie", cookie));
        let outcome = site.decide(&ask);
        if let Decision::Forward(forward) = &outcome.decision {
            let said = arriving(&ask, forward, &site.gateway.config);
            prop_assert!(said.iter().all(is_harmless), "{said:?}");
        }
    }

    #[test]
    fn only_signing_out_removes_the_session(
        ask in ask(any_path()),
        trouble in prop::option::of(trouble()),
        age in prop::sample::select(vec![0, LIFETIME, LIFETIME + 700]),
    ) {
        let site = Site::new(&RULES);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.pass(age);
        trouble.into_iter().for_each(|trouble| site.world.workos.tokens.always(trouble));
        let outcome = browser.send(&site, &ask);
        let removed = browser.cookie(SESSION).is_none();
        prop_assert!(!removed || outcome.note.reason == "signed_out", "{}", outcome.verdict());
    }

    #[test]
    fn a_spent_refresh_token_is_always_replaced_in_the_browser(
        ask in ask(any_path()),
        loses_reply in any::<bool>(),
    ) {
        let mut site = Site::new(&RULES);
        let mut browser = Browser::signed_in(&site, BOB);
        site.world.pass(LIFETIME);
        if loses_reply {
            site.world.workos.tokens.once(Fault::LostReply);
        } else {
            site.world.workos.rotation.set(Rotation::Strict);
        }
        let outcome = browser.send(&site, &ask);
        site.restart();
        site.world.workos.tokens.end();
        prop_assume!(outcome.note.reason != "signed_out");
        let page = browser.go(&site, "/app/x");
        prop_assert_eq!(page.verdict(), "forwarded as true", "after {}", outcome.verdict());
    }

    #[test]
    fn redirects_lead_to_the_site_or_to_workos(
        path in any_path(),
        value in "[!-~]{0,24}",
        is_signed_in in any::<bool>(),
    ) {
        let site = Site::new(&RULES);
        let mut browser = Browser::default();
        if is_signed_in {
            browser = Browser::signed_in(&site, ADA);
        }
        let with = if path.contains('?') { '&' } else { '?' };
        let outcome = browser.go(&site, &format!("{path}{with}return_to={value}"));
        if let Decision::Redirect(redirect) = &outcome.decision {
            let ends = ["https://app.example.com/", "https://api.workos.com/user_management/"];
            prop_assert!(ends.iter().any(|end| redirect.location.starts_with(end)));
        }
    }

    #[test]
    fn nothing_panics_and_no_line_is_broken(
        method in "[A-Za-z]{1,8}",
        target in "/[ -~é\u{0}\t]{0,40}",
        name in prop::sample::select(vec!["cookie", "accept", "origin", "sec-purpose", "upgrade"]),
        value in "[ -~é;=\t]{0,120}",
    ) {
        let outcome = Site::new(&RULES).decide(&Ask::bare(&target).method(&method).with(name, &value));
        let redirect = match &outcome.decision {
            Decision::Redirect(redirect) => redirect.location.as_str(),
            Decision::Answer(_) | Decision::Forward(_) => "",
        };
        let cookies = outcome.cookies().iter().map(SetCookie::as_str);
        let fields = ["x-authkit-user-id", "retry-after", "allow"].map(|name| outcome.field(name));
        for text in cookies.chain([redirect]).chain(fields.into_iter().flatten()) {
            prop_assert!(text.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{text:?}");
        }
    }
}

/// Returns the header the origin gets.
fn arriving(ask: &Ask, forward: &Forward, config: &Config) -> Vec<(String, String)> {
    let mut lines = ask.lines().to_vec();
    for edit in edits(
        forward,
        &ask.head(),
        lines.clone().into_iter().map(|line| line.0),
        config,
    ) {
        match edit {
            Edit::Append(name, value) => lines.push((name.to_owned(), value)),
            Edit::Remove(name) => lines.retain(|line| line.0 != name),
            Edit::Set(name, value) => {
                lines.retain(|line| line.0 != name);
                lines.push((name.to_owned(), value));
            }
        }
    }
    lines
}

fn is_harmless((name, value): &(String, String)) -> bool {
    let plain = name.to_ascii_lowercase().replace(['_', '.', ' '], "-");
    match plain.as_str() {
        "x-authkit-authenticated" => value != "true",
        "x-authkit-hop" => true,
        "cookie" => !value.contains("wos-session") && !value.contains("authkit-"),
        _ => [
            "x-authkit-",
            "x-workos-",
            "x-middleware-",
            "x-original-",
            "x-http-method",
        ]
        .iter()
        .all(|prefix| !plain.starts_with(prefix)),
    }
}

fn any_path() -> impl Strategy<Value = &'static str> {
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
        "/callback",
        "/callback?code=x&state=0.00112233445566778899aabbccddeeff",
        "/callback?error=access_denied&state=x",
    ])
}

/// A request with any method and any of the fields the gateway looks at.
fn ask(path: impl Strategy<Value = &'static str>) -> impl Strategy<Value = Ask> {
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

fn hostile_cookie() -> impl Strategy<Value = String> {
    let names = [
        "wos-session",
        "wos-session.00000000aabb.0.1",
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

fn trouble() -> impl Strategy<Value = Fault> {
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
