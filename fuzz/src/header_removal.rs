//! What arrives at the origin: no field of a stranger's passes for the gateway's.

use std::rc::Rc;

use authkit_gateway::config::Config;
use authkit_gateway::decision::{Edit, Forward};
use authkit_gateway::forward::edits;
use authkit_gateway::request::RequestHead;
use url::Url;

use super::site::{Lines, SITE, config, head, plain};

/// The input is a request's header.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let config = config(&[
        ("ORIGIN", "http://origin.internal:3000"),
        ("IDENTITY_HEADERS", "authkit, email=Remote-User"),
    ]);
    let url = Url::parse(SITE).expect("a URL");
    let fields = Lines::read(text.lines());
    let told = ("x-authkit-authenticated".into(), "false".to_owned());
    let forward = Forward {
        fields: Rc::new(vec![told]),
        ..Forward::default()
    };
    let arriving = arriving(&forward, &fields, &head(&url, &fields), &config);
    check(&arriving, &["x-authkit-authenticated"]);
    let listed = fields.0.iter().filter(|(name, _)| name == "connection");
    let listed: Vec<String> = listed
        .flat_map(|(_, value)| value.split(','))
        .map(|name| plain(name.trim()))
        .collect();
    for (name, value) in &fields.0 {
        let kept = ["accept", "if-none-match", "range", "x-request-id"].contains(&name.as_str());
        if kept && !listed.contains(name) {
            assert!(arriving.contains(&(name.clone(), value.clone())), "{name}");
        }
    }
}

/// Returns the header with which a request arrives that is forwarded.
pub fn arriving(
    forward: &Forward,
    fields: &Lines,
    head: &RequestHead<'_>,
    config: &Config,
) -> Vec<(String, String)> {
    let mut lines = fields.0.clone();
    for edit in edits(forward, head, fields.names(), config) {
        match edit {
            Edit::Append(name, value) => lines.push((name.to_owned(), value.into_owned())),
            Edit::Remove(name) => lines.retain(|line| line.0 != name),
            Edit::Set(name, value) => {
                lines.retain(|line| line.0 != name);
                lines.push((name.into_owned(), value.into_owned()));
            }
        }
    }
    lines
}

/// Asserts that nothing but `ours` speaks for the gateway, and nothing asks for another request.
pub fn check(lines: &[(String, String)], ours: &[&str]) {
    const PREFIXES: [&str; 3] = ["x-authkit-", "x-workos-", "x-middleware-"];
    for (name, _) in lines {
        let plain = plain(name);
        let is_fair = ours.contains(&name.as_str()) || plain == "x-middleware-prefetch";
        let is_taken = PREFIXES.iter().any(|prefix| plain.starts_with(prefix))
            || matches!(
                plain.as_str(),
                "remote-user"
                    | "x-original-url"
                    | "x-rewrite-url"
                    | "x-http-method-override"
                    | "te"
                    | "connection"
            );
        assert!(is_fair || !is_taken, "{name:?} is a stranger's");
    }
    for (name, _) in lines {
        let count = lines.iter().filter(|(other, _)| other == name).count();
        assert!(
            count == 1 || !ours.contains(&name.as_str()),
            "{name} stands twice"
        );
    }
}
