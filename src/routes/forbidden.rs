//! What somebody gets who is signed in and doesn't meet the rules.
//!
//! 1. Where nothing is missing but a recent sign-in, a page leads to one, and a program is told so
//!    ([RFC 9470 §3](https://www.rfc-editor.org/rfc/rfc9470#section-3)). Who was sent, and has just
//!    come back, is not sent again.
//! 2. Everything else is 403, and says what is missing.

use super::sign_in::{SignIn, begin};
use crate::asked::{Asked, with_return_path};
use crate::cookie;
use crate::decision::{Note, Outcome};
use crate::outside::Outside;
use crate::page::{Action, Message};
use crate::passing::{ARRIVED, STEP_UP};
use crate::rule::Condition;
use crate::visitor::SignedIn;

/// Seconds a sign-in may take that was begun for this.
const STEP_UP_FOR: u64 = 600;

/// Returns the answer to somebody who doesn't meet `unmet`.
pub(super) fn answer(
    unmet: &[&Condition],
    signed_in: &SignedIn,
    note: impl Fn(&'static str) -> Note,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let ages: Vec<u64> = unmet
        .iter()
        .filter_map(|condition| condition.max_age())
        .collect();
    let only_age = ages.len() == unmet.len();
    // 1.
    if let Some(max_age) = ages.into_iter().min().filter(|_| only_age) {
        let (passing, field) = (asked.config.passing_cookies, asked.cookies());
        if !asked.head.is_navigation() {
            return insufficient(max_age, note("step_up"), asked);
        }
        let has = |name| passing.has(name, cookie::pairs(&field));
        if !(has(STEP_UP) && has(ARRIVED)) {
            let organization = signed_in.claims.organization_id.clone();
            let organization = organization.map(|id| ("organization_id", id));
            let max_age = ("max_age", max_age.to_string());
            let sign_in = SignIn {
                hints: organization.into_iter().chain([max_age]).collect(),
                ..SignIn::to(asked.head.return_path())
            };
            let outcome = begin(sign_in, note("step_up"), asked, outside);
            return outcome.with_cookies(vec![passing.set(STEP_UP, "1", STEP_UP_FOR)]);
        }
    }
    // 2.
    forbidden(unmet, note("forbidden"), asked)
}

fn insufficient(max_age: u64, note: Note, asked: Asked<'_>) -> Outcome {
    let login = &asked.config.routes.sign_in;
    let sign_in = asked.home.url(&format!("{login}?max_age={max_age}"));
    let message = Message {
        sign_in_url: Some(sign_in.clone()),
        ..Message::new(
            401,
            "insufficient_user_authentication",
            "Sign in once more",
            "You are signed in, but for this you must have signed in lately.",
        )
    };
    let message = message.first(Action::Link {
        label: "Sign in",
        href: sign_in,
    });
    let challenge = format!(
        "Bearer error=\"insufficient_user_authentication\", \
         error_description=\"A more recent sign-in is required\", max_age=\"{max_age}\""
    );
    let mut answer = message.answer(asked.head);
    answer.fields.push(("www-authenticate", challenge));
    Outcome::answer(answer, note)
}

fn forbidden(unmet: &[&Condition], note: Note, asked: Asked<'_>) -> Outcome {
    let routes = &asked.config.routes;
    let return_to = asked.head.return_path();
    let login = |parameter: &str| {
        let login = with_return_path(&routes.sign_in, &return_to);
        let separator = if login.contains('?') { '&' } else { '?' };
        format!("{login}{separator}{parameter}")
    };
    let organization = unmet.iter().find_map(|condition| condition.organization());
    let age = unmet
        .iter()
        .filter_map(|condition| condition.max_age())
        .min();
    let way_on = match (organization, age) {
        (Some(id), _) => {
            let mut query = url::form_urlencoded::Serializer::new(String::new());
            query.append_pair("organization_id", id);
            query.append_pair("return_to", return_to.as_str());
            Action::Post {
                label: "Switch organization".to_owned(),
                action: format!("/auth/switch-organization?{}", query.finish()),
            }
        }
        (None, Some(age)) => Action::Link {
            label: "Sign in once more",
            href: login(&format!("max_age={age}")),
        },
        (None, None) => Action::Link {
            label: "Switch organization",
            href: login("prompt=login"),
        },
    };
    let sign_out = Action::Post {
        label: "Sign out".to_owned(),
        action: routes.sign_out.clone(),
    };
    let message = Message {
        details: unmet
            .iter()
            .map(|condition| condition.description())
            .collect(),
        missing: unmet
            .iter()
            .map(|condition| condition.text().to_owned())
            .collect(),
        actions: vec![way_on, sign_out],
        ..Message::new(
            403,
            "forbidden",
            "You can't see this page",
            "You are signed in, but something is missing:",
        )
    };
    Outcome::answer(message.answer(asked.head), note)
}
