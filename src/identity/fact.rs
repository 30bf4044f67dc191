//! What can be said of a visitor, and the header each fact is said in.
//!
//! `IDENTITY_HEADERS` lists presets, `authkit` and `forwarded`, and single facts under a name of the
//! operator's, `email=Remote-User`.

use std::borrow::Cow;

use serde_json::Value;

use super::{Field, encoded};
use crate::visitor::SignedIn;

/// A fact about the visitor.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fact {
    /// The e-mail address.
    Email,
    /// The roles, between commas: for origins that don't read JSON.
    Groups,
    /// Who is acting as the user.
    Impersonator,
    /// The user's full name, or else the e-mail address.
    Name,
    /// The organization's id.
    OrganizationId,
    /// The permissions, as a JSON array.
    Permissions,
    /// The role.
    Role,
    /// The roles, as a JSON array.
    Roles,
    /// The session's id.
    SessionId,
    /// The user's id.
    UserId,
}

const FACTS: [(&str, Fact); 10] = [
    ("user-id", Fact::UserId),
    ("email", Fact::Email),
    ("session-id", Fact::SessionId),
    ("organization-id", Fact::OrganizationId),
    ("role", Fact::Role),
    ("roles", Fact::Roles),
    ("permissions", Fact::Permissions),
    ("impersonator", Fact::Impersonator),
    ("name", Fact::Name),
    ("groups", Fact::Groups),
];

const AUTHKIT: [(&str, Fact); 8] = [
    ("x-authkit-user-id", Fact::UserId),
    ("x-authkit-email", Fact::Email),
    ("x-authkit-session-id", Fact::SessionId),
    ("x-authkit-organization-id", Fact::OrganizationId),
    ("x-authkit-role", Fact::Role),
    ("x-authkit-roles", Fact::Roles),
    ("x-authkit-permissions", Fact::Permissions),
    ("x-authkit-impersonator", Fact::Impersonator),
];

const FORWARDED: [(&str, Fact); 4] = [
    ("x-forwarded-user", Fact::UserId),
    ("x-forwarded-email", Fact::Email),
    ("x-forwarded-groups", Fact::Groups),
    ("x-forwarded-preferred-username", Fact::Name),
];

/// Names that mean something else to a server, or to HTTP itself.
const TAKEN: [&str; 18] = [
    "accept-encoding",
    "authorization",
    "connection",
    "content-encoding",
    "content-length",
    "content-type",
    "cookie",
    "host",
    "origin",
    "te",
    "transfer-encoding",
    "upgrade",
    "x-authkit-authenticated",
    "x-authkit-hop",
    "x-forwarded-for",
    "x-forwarded-host",
    "x-forwarded-proto",
    "x-middleware-prefetch",
];

/// Which facts the origin is told, and in which headers.
#[derive(Debug)]
pub struct IdentityHeaders(Vec<(Cow<'static, str>, Fact)>);

impl Default for IdentityHeaders {
    fn default() -> IdentityHeaders {
        IdentityHeaders::preset(&AUTHKIT)
    }
}

impl IdentityHeaders {
    /// Reads the entries of `IDENTITY_HEADERS`; none are the preset `authkit`.
    pub fn parse(entries: &[String]) -> Option<IdentityHeaders> {
        let lists: Option<Vec<IdentityHeaders>> = entries.iter().map(|text| entry(text)).collect();
        let headers: Vec<_> = lists?.into_iter().flat_map(|list| list.0).collect();
        // Of two facts under one name the origin would get only one.
        let distinct = headers.iter().enumerate().all(|(index, (name, _))| {
            let mut earlier = headers.iter().take(index);
            earlier.all(|(other, _)| other != name)
        });
        distinct.then(|| match headers.is_empty() {
            true => IdentityHeaders::default(),
            false => IdentityHeaders(headers),
        })
    }

    /// Returns the names of the fields.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_ref())
    }

    pub(super) fn fields(&self, signed_in: &SignedIn) -> impl Iterator<Item = Field> {
        self.0
            .iter()
            .filter_map(|(name, fact)| Some((name.clone(), fact.of(signed_in)?)))
    }

    fn preset(preset: &[(&'static str, Fact)]) -> IdentityHeaders {
        IdentityHeaders(
            preset
                .iter()
                .map(|(name, fact)| ((*name).into(), *fact))
                .collect(),
        )
    }
}

fn entry(text: &str) -> Option<IdentityHeaders> {
    match text.split_once('=') {
        None if text == "authkit" => Some(IdentityHeaders::preset(&AUTHKIT)),
        None if text == "forwarded" => Some(IdentityHeaders::preset(&FORWARDED)),
        None => None,
        Some((fact, name)) => {
            let (_, fact) = FACTS.iter().find(|(known, _)| *known == fact.trim())?;
            let name = name
                .trim()
                .to_ascii_lowercase()
                .replace(['_', '.', ' '], "-");
            let token = name
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
            let free = token && !name.is_empty() && !TAKEN.contains(&name.as_str());
            free.then(|| IdentityHeaders(vec![(name.into(), *fact)]))
        }
    }
}

impl Fact {
    fn of(self, signed_in: &SignedIn) -> Option<String> {
        let SignedIn {
            session, claims, ..
        } = signed_in;
        let list = |values: &[String]| {
            let json = || serde_json::to_string(values).ok();
            (!values.is_empty()).then(json).flatten()
        };
        let value = match self {
            Fact::Email => session.email().map(str::to_owned),
            Fact::Groups => groups(&claims.roles, claims.role.as_deref()),
            Fact::Impersonator => signed_in.impersonator().map(str::to_owned),
            Fact::Name => name(signed_in),
            Fact::OrganizationId => claims.organization_id.clone(),
            Fact::Permissions => list(&claims.permissions),
            Fact::Role => claims.role.clone(),
            Fact::Roles => list(&claims.roles),
            Fact::SessionId => Some(claims.session_id.clone()),
            Fact::UserId => Some(claims.user_id.clone()),
        };
        value.map(|value| encoded(&value))
    }
}

/// A role with a comma in it would be read as two.
fn groups(roles: &[String], role: Option<&str>) -> Option<String> {
    let roles = roles
        .iter()
        .map(String::as_str)
        .filter(|role| !role.contains(','));
    let mut groups: Vec<&str> = roles.collect();
    groups.extend(role.filter(|role| !groups.contains(role) && !role.contains(',')));
    (!groups.is_empty()).then(|| groups.join(","))
}

fn name(signed_in: &SignedIn) -> Option<String> {
    let field = |name| signed_in.session.user.get(name).and_then(Value::as_str);
    let full = [field("firstName"), field("lastName")];
    let full = full.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let given = field("name").map(str::to_owned).or(Some(full));
    let given = given.filter(|name| !name.trim().is_empty());
    given.or_else(|| signed_in.session.email().map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(entries: &[&str]) -> Option<Vec<String>> {
        let entries: Vec<String> = entries.iter().map(ToString::to_string).collect();
        let headers = IdentityHeaders::parse(&entries)?;
        Some(headers.0.iter().map(|(name, _)| name.to_string()).collect())
    }

    #[test]
    fn presets_and_single_facts_add_up() {
        assert_eq!(names(&[]).map(|names| names.len()), Some(8));
        assert_eq!(
            names(&["authkit", "forwarded"]).map(|names| names.len()),
            Some(12)
        );
        let single = names(&["email=Remote-User", "user-id = X_Webauth_Id"]);
        assert_eq!(
            single,
            Some(vec!["remote-user".to_owned(), "x-webauth-id".to_owned()])
        );
    }

    #[test]
    fn a_name_that_means_something_else_is_refused() {
        for entry in [
            "email=X-Authkit-Authenticated",
            "nonsense",
            "email=",
            "e-mail=X-User",
            "email=Host",
            "email=Cookie",
            "role=X-Middleware-Prefetch",
            "email=a b:c",
            "=X",
        ] {
            assert_eq!(names(&[entry]), None, "{entry}");
        }
    }

    #[test]
    fn groups_are_roles_between_commas() {
        let roles = ["admin".to_owned(), "a,b".to_owned()];
        assert_eq!(
            groups(&roles, Some("member")).as_deref(),
            Some("admin,member")
        );
        assert_eq!(groups(&roles, Some("admin")).as_deref(), Some("admin"));
        assert_eq!(groups(&[], None), None);
    }
}
