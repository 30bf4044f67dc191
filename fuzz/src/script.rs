//! Whole scripts as text: settings, what WorkOS answers, and requests.
//!
//! ```text
//! ~ MIDDLEWARE_AUTH=false
//! < 200 {"access_token":"{access}","refresh_token":"r","user":{"id":"user_1"}}
//! k 500
//! GET /app/x
//! cookie: wos-session={good}
//! + 600
//! GET /callback?code=x&state={state}
//! cookie: {jar}
//! ```
//!
//! `<` is the next answer to a grant and `k` to a request for keys, `-` being silence; `+` lets
//! seconds pass. What stands in braces is put in by whoever runs the script.

use super::world::Answer;

/// One line, or several that are one request.
pub enum Step<'s> {
    Keys(Answer),
    Pass(u64),
    Request {
        method: &'s str,
        target: &'s str,
        lines: Vec<&'s str>,
    },
    Setting(&'s str, &'s str),
    Tokens(Answer),
}

/// The most steps that are worth taking.
const MOST: usize = 32;

/// Reads a script; what isn't a step is passed over.
pub fn read(text: &str) -> Vec<Step<'_>> {
    let mut steps = Vec::new();
    for line in text.lines().take(MOST) {
        let (sign, rest) = line.split_once(' ').unwrap_or((line, ""));
        match sign {
            "~" => steps.extend(
                rest.split_once('=')
                    .map(|(name, value)| Step::Setting(name, value)),
            ),
            "<" => steps.push(Step::Tokens(answer(rest))),
            "k" => steps.push(Step::Keys(answer(rest))),
            "+" => steps.extend(rest.parse().ok().map(Step::Pass)),
            method if rest.starts_with('/') && !method.contains(':') => {
                steps.push(Step::Request {
                    method,
                    target: rest,
                    lines: Vec::new(),
                });
            }
            _ => {
                if let Some(Step::Request { lines, .. }) = steps.last_mut() {
                    lines.push(line);
                }
            }
        }
    }
    steps
}

fn answer(text: &str) -> Answer {
    let (status, body) = text.split_once(' ').unwrap_or((text, ""));
    Some((status.parse().ok()?, body.to_owned()))
}
