//! Whole requests: everything between the shell's reading one and its writing what follows.

use std::hint::black_box;

use url::Url;

use authkit_gateway::config::Config;
use authkit_gateway::decision::{Decision, Told};
use authkit_gateway::forward;
use authkit_gateway::gateway::Gateway;

use super::{Case, Named};
use crate::session::cookie_field;
use crate::site::{Lines, Still, config, head, run, url};

pub(crate) const CASES: [Named; 5] = [
    ("request: a session seen before", || {
        forwarded("/dashboard", &SAME, Told::SignedIn)
    }),
    ("request: a session seen first", || {
        forwarded("/dashboard", &EACH, Told::SignedIn)
    }),
    ("request: to a public path, signed in", || {
        forwarded("/public/faq", &SAME, Told::SignedIn)
    }),
    ("request: to an unmatched path", || {
        forwarded("/assets/a.js", &SAME, Told::Nothing)
    }),
    ("request: sent to sign in", redirected),
];

/// Whose session each of the two runs has.
const SAME: [&str; 2] = ["user_01ADA", "user_01ADA"];
const EACH: [&str; 2] = ["user_01ADA", "user_01GRACE"];

const AREAS: [(&str, &str); 2] = [
    ("MATCHER", "/((?!assets/).*)"),
    ("UNAUTHENTICATED_PATHS", "/public/:path*"),
];

fn forwarded(path: &str, users: &[&str; 2], told: Told) -> Case {
    let gateway = Gateway::new(config(&AREAS));
    let url = url(path);
    let mut headers = users.map(|user| browser(user, &gateway.config)).into_iter();
    Box::new(move || {
        let fields = headers.next().expect("a case runs twice");
        is_forwarded(&gateway, black_box(&url), &fields, told)
    })
}

fn browser(user_id: &str, config: &Config) -> Lines {
    Lines::of_browser(cookie_field(user_id, config))
}

fn is_forwarded(gateway: &Gateway, url: &Url, fields: &Lines, told: Told) -> bool {
    let head = head(url, fields);
    let outcome = run(gateway.decide(&head, &Still));
    let Decision::Forward(forward) = &outcome.decision else {
        return false;
    };
    let names = fields.names();
    let edits = forward::edits(forward, &head, names, &gateway.config);
    !edits.is_empty() && forward.told == told
}

fn redirected() -> Case {
    let gateway = Gateway::new(config(&AREAS));
    let (url, fields) = (
        url("/dashboard?tab=members"),
        Lines::of_browser("theme=dark".to_owned()),
    );
    Box::new(move || {
        let outcome = run(gateway.decide(&head(black_box(&url), &fields), &Still));
        matches!(outcome.decision, Decision::Redirect(_))
    })
}
