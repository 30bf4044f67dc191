//! Refreshes the session when the front end asks for it, and leads it into another organization.
//!
//! 1. Only a POST from a page of this origin does either; it has no body.
//! 2. Where AuthKit wants the visitor themselves, a program is told so and a page is led there.
//! 3. WorkOS says who may be in an organization; nobody is signed out over it.

use super::method_not_allowed;
use super::session_info::{Description, data, told};
use super::sign_in::{SignIn, begin, is_plausible, return_to};
use super::site::unauthenticated;
use crate::asked::Asked;
use crate::decision::{Answer, Note, Outcome, Redirect, RedirectStatus};
use crate::gateway::Gateway;
use crate::outside::Outside;
use crate::page::Message;
use crate::visitor::{ORGANIZATION_DENIED, STEP_UP, Visitor};

/// Returns the session with new tokens, as JSON.
pub(crate) async fn refresh(
    gateway: &Gateway,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    if let Some(refusal) = refusal(asked) {
        return refusal;
    }
    let recognized = gateway.renewed(asked.head, None, outside).await;
    told(
        recognized,
        asked.head,
        |_, _| unauthenticated(asked),
        |signed_in| data(&Description::of(signed_in)),
    )
}

/// Returns the session in the organization `organization_id` names, as JSON; a form's sender goes on
/// to `return_to`.
pub(crate) async fn switch_organization(
    gateway: &Gateway,
    asked: Asked<'_>,
    outside: &impl Outside,
) -> Outcome {
    if let Some(refusal) = refusal(asked) {
        return refusal;
    }
    let organization_id = asked.head.query("organization_id").once();
    let Some(organization_id) = organization_id.filter(|id| is_plausible(id)) else {
        let message = Message::new(
            400,
            "organization_id_missing",
            "Which organization?",
            "Name it in the query: organization_id=org_…",
        );
        return Outcome::answer(
            message.answer(asked.head),
            Note::new("organization_id_missing"),
        );
    };
    let recognized = gateway
        .renewed(asked.head, Some(&organization_id), outside)
        .await;
    // 2.
    if asked.head.is_form() {
        let note = recognized.note();
        let to = return_to(asked).unwrap_or_else(|| asked.config.return_pathname.clone());
        match recognized.visitor {
            Visitor::SignedIn(_) => {
                let location = asked.home.url(to.as_str());
                let (status, cookies) = (RedirectStatus::SeeOther, recognized.cookies);
                return Outcome::redirect(
                    Redirect {
                        location,
                        status,
                        cookies,
                    },
                    note,
                );
            }
            Visitor::Anonymous {
                reason: STEP_UP, ..
            } => {
                let hints = vec![("organization_id", organization_id)];
                return begin(
                    SignIn {
                        hints,
                        ..SignIn::to(to)
                    },
                    note,
                    asked,
                    outside,
                );
            }
            Visitor::Anonymous { .. } | Visitor::Unverifiable { .. } => {}
        }
    }
    told(
        recognized,
        asked.head,
        |reason, _| not_switched(reason, asked),
        |signed_in| data(&Description::of(signed_in)),
    )
}

// 1.
fn refusal(asked: Asked<'_>) -> Option<Outcome> {
    let head = asked.head;
    if head.method != "POST" {
        return Some(method_not_allowed("POST", head));
    }
    if head.is_same_origin() {
        return None;
    }
    let message = Message::new(
        403,
        "cross_site_request",
        "Not for other sites",
        "Only a page of this site may ask for this.",
    );
    Some(Outcome::answer(
        message.answer(head),
        Note::new("cross_site_renewal"),
    ))
}

// 3.
fn not_switched(reason: &'static str, asked: Asked<'_>) -> Answer {
    let (code, title, text) = match reason {
        STEP_UP => (
            "step_up_required",
            "One more step is needed",
            "The organization asks for a sign-in of its own.",
        ),
        // A token that is refused for one organization may be good for the session's own.
        ORGANIZATION_DENIED | "session_ended" => (
            ORGANIZATION_DENIED,
            "You can't go there",
            "You aren't a member of that organization. You are still signed in.",
        ),
        _ => return unauthenticated(asked),
    };
    Message::new(403, code, title, text).answer(asked.head)
}
