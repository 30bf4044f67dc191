//! Headers: what the origin is told, and what nobody else may tell it.

use std::hint::black_box;

use authkit_gateway::decision::{Edit, Forward};
use authkit_gateway::{forward, identity};

use super::{Case, Named};
use crate::session::{cookie_field, signed_in};
use crate::site::{Lines, config, head, url};

pub(crate) const CASES: [Named; 3] = [
    ("header: who is signed in", told),
    ("header: a browser's, for the origin", || edited(&[], 5)),
    ("header: the same with ten spoofed fields", || {
        edited(&SPOOFED, 15)
    }),
];

const SPOOFED: [&str; 10] = [
    "x-authkit-user-id",
    "X_AuthKit_User_Email",
    "x-authkit-authenticated",
    "x-workos-session",
    "x-middleware-subrequest",
    "x-original-url",
    "X-Rewrite-Url",
    "x-http-method-override",
    "forwarded",
    "x-forwarded-host",
];

fn told() -> Case {
    let config = config(&[]);
    let signed_in = signed_in("user_01ADA", &config);
    Box::new(move || {
        let fields = identity::fields(black_box(&signed_in), &config.identity, config.forwarding);
        fields.len() > 5
    })
}

fn edited(spoofed: &[&'static str], expected: usize) -> Case {
    let config = config(&[]);
    let mut fields = Lines::of_browser(cookie_field("user_01ADA", &config));
    fields
        .0
        .extend(spoofed.iter().map(|name| (*name, "x".to_owned())));
    let (url, forward) = (url("/dashboard"), Forward::default());
    Box::new(move || {
        let names = fields.names();
        let edits = forward::edits(black_box(&forward), &head(&url, &fields), names, &config);
        edits
            .iter()
            .filter(|edit| matches!(edit, Edit::Remove(_) | Edit::Set(..)))
            .count()
            == expected
    })
}
