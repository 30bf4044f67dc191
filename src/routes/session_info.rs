//! Tells the front end who is signed in: what `useAuth` gives an AuthKit app.
//!
//! 1. Signed out is `{"user":null}`, not an error; not being able to tell is 503, and not signed
//!    out.
//! 2. No token is in it, and no other origin may read it.

use serde::Serialize;
use serde_json::{Map, Value, json};

use super::method_not_allowed;
use crate::decision::{Answer, Body, Note, Outcome};
use crate::exchange::Patience;
use crate::gateway::Gateway;
use crate::json;
use crate::outside::Outside;
use crate::page::Message;
use crate::request::RequestHead;
use crate::visitor::{Recognized, SignedIn, Visitor};

/// Returns the session as JSON.
pub(crate) async fn answer(
    gateway: &Gateway,
    head: &RequestHead<'_>,
    outside: &impl Outside,
) -> Outcome {
    if !head.is_read() {
        return method_not_allowed("GET, HEAD", head);
    }
    let recognized = gateway.recognize(head, Patience::Program, outside).await;
    let recognized = gateway.lasting(recognized, outside).await;
    told(
        recognized,
        head,
        |_, _| data(&json!({ "user": null })),
        |signed_in| data(&Description::of(signed_in)),
    )
}

/// Returns what the front end is told of a visitor: `anonymous` and `signed_in` say it, and that it
/// can't be found out is 503.
pub(super) fn told(
    recognized: Recognized,
    head: &RequestHead<'_>,
    anonymous: impl FnOnce(&'static str, Option<String>) -> Answer,
    signed_in: impl FnOnce(&SignedIn) -> Answer,
) -> Outcome {
    let note: Note = recognized.note();
    let answer = match recognized.visitor {
        Visitor::SignedIn(visitor) => signed_in(&visitor),
        Visitor::Anonymous {
            reason,
            organization_id,
        } => anonymous(reason, organization_id),
        Visitor::Unverifiable { retry_after, .. } => Message {
            retry_after: Some(retry_after),
            ..Message::unavailable()
        }
        .answer(head),
    };
    Outcome::answer(answer, note).with_cookies(recognized.cookies)
}

/// What the front end may know of a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Description<'a> {
    user: &'a Map<String, Value>,
    organization_id: Option<&'a str>,
    role: Option<&'a str>,
    roles: &'a [String],
    permissions: &'a [String],
    entitlements: &'a [String],
    feature_flags: &'a [String],
    impersonator: Option<&'a Value>,
    expires_at: u64,
    auth_time: Option<u64>,
}

impl Description<'_> {
    pub(super) fn of(signed_in: &SignedIn) -> Description<'_> {
        let SignedIn {
            session, claims, ..
        } = signed_in;
        Description {
            user: &session.user,
            organization_id: claims.organization_id.as_deref(),
            role: claims.role.as_deref(),
            roles: &claims.roles,
            permissions: &claims.permissions,
            entitlements: &claims.entitlements,
            feature_flags: &claims.feature_flags,
            impersonator: session.impersonator.as_ref(),
            expires_at: claims.expires_at.0,
            auth_time: claims.authenticated_at,
        }
    }
}

/// Returns JSON that no other origin may read.
pub(super) fn data(facts: &impl Serialize) -> Answer {
    let fields = vec![("cross-origin-resource-policy", "same-origin".to_owned())];
    Answer {
        status: 200,
        body: Body::Json(json::written(facts)),
        fields,
        cookies: Vec::new(),
    }
}
