//! The cookie passwords: long enough, and nothing that can be guessed or was copied from a page.

use super::fault::Problem;
use super::reader::Reader;

/// What seals and opens cookies.
pub(super) struct Passwords {
    pub(super) current: String,
    pub(super) previous: Option<String>,
}

/// Reads the passwords.
pub(super) fn passwords(reader: &mut Reader<'_>) -> Option<Passwords> {
    let current = reader.required(
        "WORKOS_COOKIE_PASSWORD",
        "make one with `openssl rand -base64 32`: `wrangler secret put WORKOS_COOKIE_PASSWORD`, \
         or .dev.vars on your machine",
    );
    let previous = reader.optional("WORKOS_COOKIE_PASSWORD_PREVIOUS");
    if let Some(password) = &current {
        check_password(reader, "WORKOS_COOKIE_PASSWORD", password);
    }
    if let Some(password) = &previous {
        check_password(reader, "WORKOS_COOKIE_PASSWORD_PREVIOUS", password);
    }
    Some(Passwords {
        current: current?,
        previous,
    })
}

const SHORTEST_PASSWORD: usize = 32;
/// Thirty-two random letters of any usual alphabet have more different ones than this.
const FEWEST_LETTERS: usize = 8;
/// What passwords copied from documentation have in them, and random ones don't.
const DOCUMENTED: [&str; 5] = ["change", "example", "password", "secret", "your"];

fn check_password(reader: &mut Reader<'_>, variable: &'static str, password: &str) {
    let length = password.chars().count();
    let mut different = String::new();
    for letter in password.chars() {
        if !different.contains(letter) {
            different.push(letter);
        }
    }
    let few = different.chars().count() < FEWEST_LETTERS;
    let lower = password.to_ascii_lowercase();
    if length < SHORTEST_PASSWORD {
        reader.fault(variable, Problem::TooShort { length });
    } else if few || DOCUMENTED.iter().any(|word| lower.contains(word)) {
        reader.fault(variable, Problem::Weak);
    }
}
