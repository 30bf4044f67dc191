//! What the front end asks of the gateway.

mod access_token;
mod client;
mod races;
mod refresh;
mod switch;

use serde_json::Value;

use authkit_gateway::decision::Outcome;

use crate::support::{Ask, Seen};

/// A script of this very site, with what it needs: nothing.
fn post(target: &str) -> Ask {
    Ask::script(target).method("POST")
}

fn json(outcome: &Outcome) -> Value {
    serde_json::from_str(outcome.body()).expect("JSON")
}

/// Who may ask for something to be done: pages of this very origin.
fn senders(target: &str) -> [(&'static str, Ask, bool); 10] {
    let bare = || Ask::bare(target).method("POST");
    let from = |site: &str| post(target).with("sec-fetch-site", site);
    [
        ("a script", from("same-origin"), true),
        (
            "our origin",
            bare().with("origin", "https://app.example.com"),
            true,
        ),
        ("same site", from("same-site"), false),
        ("cross-site", from("cross-site"), false),
        ("typed in", from("none"), false),
        (
            "cross-site that names us",
            from("cross-site").with("origin", "https://app.example.com"),
            false,
        ),
        (
            "another port",
            bare().with("origin", "https://app.example.com:444"),
            false,
        ),
        ("null", bare().with("origin", "null"), false),
        (
            "another",
            bare().with("origin", "https://evil.example"),
            false,
        ),
        ("nothing said", bare(), false),
    ]
}
