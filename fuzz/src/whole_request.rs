//! Whole decisions: whatever is asked, and whatever WorkOS answers.
//!
//! 1. Nobody is signed in who brings no session, token or code of ours.
//! 2. Nobody who isn't signed in passes a protected path, or speaks for the gateway.
//! 3. No secret is in what is answered, told or logged; tokens go where they were asked for.
//! 4. Redirects lead to the site or to WorkOS; every field is one line of printable ASCII.

use authkit_gateway::config::{Config, Enforcement};
use authkit_gateway::cookie::SetCookie;
use authkit_gateway::decision::{Body, Decision, Forward, Outcome, Told};
use authkit_gateway::gateway::Gateway;
use authkit_gateway::request::RequestHead;
use authkit_gateway::rule::Rule;
use url::Url;

use super::header_removal::{arriving, check};
use super::path_views::pathname;
use super::readings;
use super::script::{Step, read as read_script};
use super::site::{API_KEY, Lines, PASSWORD, SITE};
use super::visitor::{CANARY, Visitor};
use super::world::{World, run};

/// Settings a script may not change: what is asserted stands on them.
const FIXED: [(&str, &str); 3] = [
    ("MATCHER", "/app/:path*"),
    ("UNAUTHENTICATED_PATHS", "/app/open/:path*"),
    ("WORKOS_ISSUER", ""),
];

/// What a script may change. Passwords, hosts and WorkOS' own address stay.
const CHANGEABLE: [&str; 14] = [
    "ACCEPT_BEARER",
    "ACCESS_TOKEN_ENDPOINT",
    "API_PATHS",
    "AUTHKIT_NEXTJS",
    "COOKIE_SEAL",
    "CORS_ORIGINS",
    "FORWARD_ACCESS_TOKEN",
    "FORWARD_SESSION_COOKIE",
    "FORWARD_USER",
    "FRAMEWORK",
    "IMPERSONATION",
    "MIDDLEWARE_AUTH",
    "REFRESH_BUFFER_SECONDS",
    "RULES",
];

/// What every access token of ours begins with.
const TOKEN: &str = "eyJhbGciOiJSUzI1NiIs";

/// The input is a script: see [`super::script`].
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    // Who knows a secret may say it.
    if [API_KEY, PASSWORD, CANARY, TOKEN]
        .iter()
        .any(|secret| text.contains(secret))
    {
        return;
    }
    let steps = read_script(text);
    let mut variables = FIXED.to_vec();
    for step in &steps {
        if let Step::Setting(name, value) = step
            && CHANGEABLE.contains(name)
        {
            variables.push((name, value));
        }
    }
    let Ok(config) = super::site::read(&variables) else {
        return;
    };
    let gateway = Gateway::new(config);
    let world = World::new();
    let mut visitor = Visitor::default();
    for step in steps {
        match step {
            Step::Keys(answer) => world.keys.borrow_mut().push_back(answer),
            Step::Pass(seconds) => world.pass_seconds(seconds.min(100_000)),
            Step::Request {
                method,
                target,
                lines,
            } => ask(&gateway, &world, &mut visitor, (method, target, &lines)),
            Step::Setting(..) => {}
            Step::Tokens(answer) => {
                let answer = answer.map(|(status, body)| {
                    let body = with_canaries(&body);
                    (status, visitor.dressed(&body, &gateway.config, &world))
                });
                world.tokens.borrow_mut().push_back(answer);
            }
        }
    }
}

/// Puts in what only a token may be.
fn with_canaries(body: &str) -> String {
    ["refresh_token", "pending_authentication_token"]
        .iter()
        .fold(body.to_owned(), |body, name| {
            body.replace(
                &format!("\"{name}\":\"{{canary}}\""),
                &format!("\"{name}\":\"{CANARY}\""),
            )
        })
}

fn ask(
    gateway: &Gateway,
    world: &World,
    visitor: &mut Visitor,
    (method, target, lines): (&str, &str, &[&str]),
) {
    let config = &gateway.config;
    let target = target.replace("{state}", visitor.state());
    let lines = lines
        .iter()
        .map(|line| visitor.dressed(line, config, world));
    let lines: Vec<String> = lines.collect();
    let fields = Lines::read(lines.iter().map(String::as_str));
    let raw_path = target.split(['?', '#']).next().unwrap_or_default();
    let Ok(url) = Url::parse(&format!("{SITE}{target}")) else {
        return;
    };
    if pathname(raw_path).is_none() || method.is_empty() {
        return;
    }
    let head = RequestHead {
        method,
        url: &url,
        raw_path,
        fields: &fields,
        id: "0123456789abcdef",
        wants_data: false,
    };
    let mut outcome = run(gateway.decide(&head, world));
    if let Decision::Forward(forward) = &mut outcome.decision
        && let Some(renewal) = forward.ahead.take()
        && let Some(renewed) = run(gateway.renew_ahead(&renewal, world))
    {
        outcome.learn(renewed);
    }
    if let Decision::Forward(forward) = &outcome.decision {
        check_forward(forward, &head, &fields, config, visitor);
        let told = gateway.ensure_signed_in(forward.told, &head, world);
        if let Some(told) = told {
            check_outcome(&told, config, url.path());
        }
    }
    check_outcome(&outcome, config, url.path());
    visitor.keep(&outcome);
}

/// Rules 1 and 2.
fn check_forward(
    forward: &Forward,
    head: &RequestHead<'_>,
    fields: &Lines,
    config: &Config,
    visitor: &Visitor,
) {
    let arriving = arriving(forward, fields, head, config);
    let names: Vec<&str> = forward
        .fields
        .iter()
        .map(|(name, _)| name.as_ref())
        .collect();
    let mut ours = names.clone();
    ours.push("x-authkit-hop");
    check(&arriving, &ours);
    if forward.told == Told::SignedIn {
        assert!(
            visitor.is_known(fields),
            "nobody may be signed in here: {fields:?}"
        );
        return;
    }
    for name in names {
        let is_of_somebody = name.starts_with("x-authkit-user") || name == "x-workos-session";
        assert!(!is_of_somebody && name != "authorization", "{name}");
    }
    if forward.bare {
        let is_bare = |(name, _): &(String, String)| name != "cookie" && name != "authorization";
        assert!(arriving.iter().all(is_bare));
    } else if is_guarded(config, head.url.path()) {
        let path = head.url.path();
        for read in readings::of(path) {
            assert!(
                !is_protected(&read),
                "{path:?}, read as {read:?}, is forwarded"
            );
        }
    }
}

/// Returns whether the path alone tells, here, who may have it.
fn is_guarded(config: &Config, path: &str) -> bool {
    let opens = |rule: &Rule| rule.conditions.is_none();
    let is_data = [".data", ".json", ".rsc"]
        .iter()
        .any(|end| path.ends_with(end));
    config.enforcement == Enforcement::Path
        && !config.path_rules.rules.iter().any(opens)
        && !(config.framework.is_some() && is_data)
        && path.len() <= 200
}

fn is_protected(read: &str) -> bool {
    let lower = read.to_ascii_lowercase();
    let is_under = |path: &str, area: &str| {
        path.strip_prefix(area)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    };
    // `//` inside a pattern's segments is no segment.
    is_under(&lower, "/app") && !lower.contains("//") && !is_under(read, "/app/open")
}

/// Rules 3 and 4.
fn check_outcome(outcome: &Outcome, config: &Config, path: &str) {
    let told = format!("{outcome:?}");
    for secret in [API_KEY, PASSWORD, CANARY] {
        assert!(!told.contains(secret), "{told}");
    }
    let mut texts: Vec<&str> = Vec::new();
    let (cookies, body) = match &outcome.decision {
        Decision::Answer(answer) => {
            assert!((200..600).contains(&answer.status) && answer.status / 100 != 3);
            texts.extend(answer.fields.iter().map(|(_, value)| value.as_str()));
            let body = match &answer.body {
                Body::Empty => "",
                Body::Html(text) | Body::Json(text) | Body::Script(text) => text,
            };
            (&answer.cookies, body)
        }
        Decision::Forward(forward) => {
            texts.extend(forward.fields.iter().map(|(_, value)| value.as_str()));
            (&forward.cookies, "")
        }
        Decision::Redirect(redirect) => {
            let location = redirect.location.as_str();
            let ends = [
                "https://app.example.com/",
                "https://api.workos.com/user_management/",
            ];
            assert!(
                ends.iter().any(|end| location.starts_with(end)),
                "{location:?}"
            );
            texts.push(location);
            (&redirect.cookies, "")
        }
    };
    texts.extend(cookies.iter().map(SetCookie::as_str));
    for text in &texts {
        assert!(
            text.bytes().all(|byte| (b' '..=b'~').contains(&byte)),
            "{text:?}"
        );
        assert!(!text.contains(CANARY) && !text.contains(PASSWORD) && !text.contains(API_KEY));
    }
    assert!(!body.contains(CANARY) && !body.contains(PASSWORD) && !body.contains(API_KEY));
    let asked = config.access_token_endpoint && path == "/auth/token";
    assert!(asked || !body.contains(TOKEN), "{path} tells a token");
}
