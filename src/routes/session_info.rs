//! Tells the front end who is signed in: what `useAuth` gives an AuthKit app.
//!
//! 1. Signed out is `{"user":null}`, not an error; not being able to tell is 503, and not signed
//!    out.
//! 2. No token is in it, and no other origin may read it.

use serde_json::{Value, json};

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
        |signed_in| data(&described(signed_in)),
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

/// Returns what the front end may know of a session.
pub(super) fn described(signed_in: &SignedIn) -> Value {
    let SignedIn {
        session, claims, ..
    } = signed_in;
    json!({
        "user": session.user,
        "organizationId": claims.organization_id,
        "role": claims.role,
        "roles": claims.roles,
        "permissions": claims.permissions,
        "entitlements": claims.entitlements,
        "featureFlags": claims.feature_flags,
        "impersonator": session.impersonator,
        "expiresAt": claims.expires_at.0,
        "authTime": claims.authenticated_at,
    })
}

/// Returns JSON that no other origin may read.
pub(super) fn data(json: &Value) -> Answer {
    let fields = vec![("cross-origin-resource-policy", "same-origin".to_owned())];
    Answer {
        status: 200,
        body: Body::Json(json::written(json)),
        fields,
        cookies: Vec::new(),
    }
}
