//! Cookies: the session's, opened and made, in both kinds of seal; and all of them in one field.

use std::hint::black_box;

use authkit_gateway::cookie;

use super::{Case, Named};
use crate::session::{cookie_field, sealed, session};
use crate::site::{HOST, NOW, Still, config};

pub(crate) const CASES: [Named; 6] = [
    ("cookie: a session of 2.5 kB, opened", || opened(&[])),
    ("cookie: the same in the SDKs' seal, opened", || {
        opened(&SDK_SEAL)
    }),
    ("cookie: a session of 2.5 kB, sealed", || written(&[])),
    ("cookie: the same in the SDKs' seal, sealed", || {
        written(&SDK_SEAL)
    }),
    ("cookie: the session's of four cookies", found),
    ("cookie: forty of them, rid of two", removed),
];

const SDK_SEAL: [(&str, &str); 1] = [("COOKIE_SEAL", "iron")];

fn opened(variables: &[(&str, &str)]) -> Case {
    let config = config(variables);
    let text = sealed("user_01ADA", &config);
    Box::new(move || {
        let cookie = &config.session_cookie;
        let opened = cookie.open(black_box(&text), &config.keyring, HOST, NOW);
        opened.is_some_and(|opened| opened.session.user_id() == "user_01ADA")
    })
}

fn written(variables: &[(&str, &str)]) -> Case {
    let (config, session) = (config(variables), session("user_01ADA"));
    Box::new(move || {
        let cookie = &config.session_cookie;
        let cookies = cookie.write(black_box(&session), "", &config.keyring, HOST, &Still);
        cookies.is_ok_and(|cookies| cookies.len() == 1)
    })
}

fn found() -> Case {
    let config = config(&[]);
    let field = cookie_field("user_01ADA", &config);
    Box::new(move || {
        let pairs = cookie::pairs(black_box(&field));
        config.session_cookie.candidates(pairs).len() == 1
    })
}

fn removed() -> Case {
    let names: Vec<String> = (0..40)
        .map(|number| format!("name{number}=value{number}"))
        .collect();
    let field = names.join("; ");
    Box::new(move || {
        let kept = cookie::without(black_box(&field), |name| {
            name == "name3" || name == "name30"
        });
        kept.len() == 38
    })
}
