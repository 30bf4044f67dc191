//! What `/authenticate` does with each grant.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use authkit_gateway::outside::UnixTime;

use super::super::script::{Person, Rotation};
use super::super::token::Unsigned;
use super::{Grant, WorkOs, text};

impl WorkOs {
    pub(super) fn exchange(&self, body: &Value, now: UnixTime) -> (u16, Value) {
        let code = self.codes.borrow_mut().remove(text(&body["code"]));
        let Some((challenge, person)) = code else {
            return invalid_grant();
        };
        let digest = Sha256::digest(text(&body["code_verifier"]));
        if URL_SAFE_NO_PAD.encode(digest) != challenge {
            return invalid_grant();
        }
        if person.organization.is_none() && !self.organizations.borrow().is_empty() {
            return self.ask_for_organization(person);
        }
        self.begin_session(person, person.organization, now)
    }

    fn ask_for_organization(&self, person: Person) -> (u16, Value) {
        let token = format!("pending_token_{}", self.next());
        self.choosing.borrow_mut().insert(token.clone(), person);
        let organizations = self.organizations.borrow();
        let organizations = organizations.iter();
        let list: Vec<Value> = organizations
            .map(|(id, name)| json!({ "id": id, "name": name }))
            .collect();
        let body = json!({
            "code": "organization_selection_required", "message": "Choose one.",
            "pending_authentication_token": token, "organizations": list,
            "user": { "id": person.id, "email": person.email },
        });
        (403, body)
    }

    pub(super) fn select(&self, body: &Value, now: UnixTime) -> (u16, Value) {
        let token = text(&body["pending_authentication_token"]);
        let Some(person) = self.choosing.borrow().get(token).copied() else {
            let code = "invalid_pending_authentication_token";
            return (400, json!({ "code": code, "message": "It was used." }));
        };
        let organizations = self.organizations.borrow();
        let mut ids = organizations.iter().map(|(id, _)| *id);
        let Some(id) = ids.find(|id| body["organization_id"] == *id) else {
            return (400, json!({ "code": "organization_membership_not_found" }));
        };
        self.choosing.borrow_mut().remove(token);
        self.begin_session(person, Some(id), now)
    }

    fn begin_session(&self, person: Person, org: Option<&str>, now: UnixTime) -> (u16, Value) {
        let sid = format!("session_{}", self.next());
        (200, self.issue(person, &sid, org, now))
    }

    pub(super) fn refresh(&self, body: &Value, now: UnixTime) -> (u16, Value) {
        let token = text(&body["refresh_token"]);
        let grant = self.grants.borrow().get(token).cloned();
        let Some(Grant { person, sid, spent }) = grant else {
            return invalid_grant();
        };
        match (spent, self.rotation.get()) {
            (Some((at, pair)), Rotation::Replayed) if now.since(at) <= 30 => return (200, pair),
            (Some(_), Rotation::Replayed | Rotation::Strict) => return invalid_grant(),
            (None, _) | (Some(_), Rotation::None) => {}
        }
        let organization = body["organization_id"].as_str().or(person.organization);
        let mut pair = self.issue(person, &sid, organization, now);
        if self.rotation.get() == Rotation::None {
            pair.as_object_mut()
                .expect("an object")
                .remove("refresh_token");
        } else if let Some(grant) = self.grants.borrow_mut().get_mut(token) {
            grant.spent = Some((now, pair.clone()));
        }
        (200, pair)
    }

    fn issue(&self, person: Person, sid: &str, org: Option<&str>, now: UnixTime) -> Value {
        let refresh_token = format!("refresh_token_{}", self.next());
        let grant = Grant {
            person,
            sid: sid.to_owned(),
            spent: None,
        };
        self.grants
            .borrow_mut()
            .insert(refresh_token.clone(), grant);
        let key = *self.key_names.borrow().last().expect("a key");
        let mut token = Unsigned::new(person.id, sid, org, key, now.0);
        let mut answer = json!({
            "user": { "object": "user", "id": person.id, "email": person.email,
                      "first_name": null, "email_verified": true },
            "refresh_token": refresh_token,
        });
        if let Some(twist) = &*self.twist.borrow() {
            twist(&mut token, &mut answer);
        }
        answer["access_token"] = token.signed().into();
        answer
    }
}

fn invalid_grant() -> (u16, Value) {
    (
        400,
        json!({ "error": "invalid_grant", "error_description": "no longer good" }),
    )
}
