//! Lets a visitor choose who is in several organizations, and finishes the sign-in in the one chosen.
//!
//! 1. What the sign-in goes on with is in a sealed cookie of this browser: see [`crate::pending`].
//! 2. The choice is a POST from our own page; which organizations there are, WorkOS says, and WorkOS
//!    decides whether the one chosen is among them.

use super::callback::{BUDGET, Failure, arrive, failed, finish};
use super::method_not_allowed;
use super::sign_in::{SignIn, begin};
use crate::asked::Asked;
use crate::decision::{Note, Outcome};
use crate::gateway::Gateway;
use crate::outside::{Deadline, Outside};
use crate::page::{Action, Message};
use crate::passing::PENDING;
use crate::pending::Pending;
use crate::return_path::ReturnPath;
use crate::workos::{Grant, Organization, PendingToken};

/// Returns the page that asks.
pub(super) fn ask(
    token: PendingToken,
    organizations: &[Organization],
    landing: ReturnPath,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    let pending = Pending { token, landing };
    let Some(cookie) = pending.keep(asked.config, asked.head.host(), outside) else {
        return failed(&Failure::Unavailable, None, asked);
    };
    let choices = organizations.iter().map(|organization| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let query = query
            .append_pair("organization_id", &organization.id)
            .finish();
        let name = &organization.name;
        Action::Post {
            label: if name.is_empty() {
                organization.id.clone()
            } else {
                name.clone()
            },
            action: format!("{}?{query}", asked.config.routes.callback),
        }
    });
    let message = Message {
        actions: choices.collect(),
        ..Message::new(
            200,
            "organization_selection_required",
            "Where to?",
            "You are in several organizations. Choose the one to sign in to.",
        )
    };
    let note = Note::new("organization_selection");
    Outcome::answer(message.answer(asked.head), note).with_cookies(vec![cookie])
}

/// Returns the end of the sign-in in the organization that was chosen.
pub(super) async fn chosen(gateway: &Gateway, asked: Asked<'_>, outside: &impl Outside) -> Outcome {
    let Asked { config, head, .. } = asked;
    let field = asked.cookies();
    let organization_id = head.query("organization_id").once();
    // 2.
    let Some(organization_id) = organization_id.filter(|_| head.is_same_origin()) else {
        return method_not_allowed("GET, POST", head);
    };
    // 1.
    let pending = Pending::find(config, &field, head.host(), outside.now());
    let Some(Pending { token, landing }) = pending else {
        return failed(&Failure::Expired, None, asked);
    };
    let grant = Grant::OrganizationSelection {
        pending: &token,
        organization_id: &organization_id,
    };
    let deadline = Deadline::after(BUDGET, outside);
    match finish(&grant, gateway, deadline, outside).await {
        Ok(signed_in) => arrive(&signed_in, &landing, asked, outside),
        // AuthKit's own pages take the step.
        Err(Failure::StepUp(step)) => {
            let sign_in = SignIn {
                hints: vec![("organization_id", organization_id)],
                restarts: 1,
                ..SignIn::to(landing)
            };
            let note = Note::new("step_up").detail(step.code);
            let removal = config.passing_cookies.remove(PENDING);
            begin(sign_in, note, asked, outside).with_cookies(vec![removal])
        }
        // The choice can be made again.
        Err(failure @ (Failure::Unavailable | Failure::Misconfigured(_))) => {
            failed(&failure, None, asked)
        }
        Err(failure) => {
            let removal = config.passing_cookies.remove(PENDING);
            failed(&failure, None, asked).with_cookies(vec![removal])
        }
    }
}
