//! The WorkOS API as data: what to ask and what an answer means. Nothing here sends.
//!
//! 1. An answer is an [`Authentication`] only if it is a complete one.
//! 2. Whose fault a refusal is decides what happens next: the grant's ([`ApiError::InvalidGrant`]),
//!    our configuration's, nobody's (try again), or the visitor has another step to take.
//! 3. A refusal we don't know is taken for our own fault: nobody is signed out over it.

use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

use crate::json::{self, Object, Part};
use crate::outside::SendFailed;
use crate::secret::secret;
use crate::token::AccessToken;

secret! {
    /// `WORKOS_API_KEY`, the client's secret (RFC 6749 §2.3.1).
    ApiKey
    /// An authorization code (RFC 6749 §1.3.1); good once, for ten minutes.
    AuthorizationCode
    /// A PKCE code verifier (RFC 7636 §4.1).
    CodeVerifier
    /// What a sign-in that needs another step goes on with.
    PendingToken
    /// A refresh token (RFC 6749 §1.5); rotates when used.
    RefreshToken
}

/// Where the API is and who we are to it.
#[derive(Debug)]
pub struct Api {
    /// Scheme, host and port, ending in `/`.
    pub base: Url,
    /// `WORKOS_CLIENT_ID`.
    pub client_id: String,
    /// `WORKOS_API_KEY`.
    pub api_key: ApiKey,
}

/// One request to the API.
#[derive(Debug, Eq, PartialEq)]
pub enum ApiRequest {
    /// Fetches a document.
    Get {
        /// Where it is.
        url: String,
    },
    /// Asks for tokens.
    Post {
        /// Where to.
        url: String,
        /// The JSON body; it carries secrets.
        body: RequestBody,
    },
}

secret! {
    /// A JSON body that carries the client's secret.
    RequestBody
}

/// What the API answered.
#[derive(Debug)]
pub struct ApiResponse {
    /// The HTTP status.
    pub status: u16,
    /// The `Retry-After` field, as it stood.
    pub retry_after: Option<String>,
    /// The body; it may carry tokens.
    pub body: ResponseBody,
}

secret! {
    /// A body that may carry tokens.
    ResponseBody
}

/// What is exchanged for tokens.
#[derive(Debug)]
pub enum Grant<'a> {
    /// A code from the callback (RFC 6749 §4.1.3, RFC 7636 §4.5).
    AuthorizationCode {
        /// The code.
        code: &'a AuthorizationCode,
        /// The verifier its challenge was made of.
        code_verifier: &'a CodeVerifier,
    },
    /// The organization a visitor has chosen who is in several.
    OrganizationSelection {
        /// What WorkOS gave us to go on with.
        pending: &'a PendingToken,
        /// The organization.
        organization_id: &'a str,
    },
    /// A refresh token (RFC 6749 §6).
    RefreshToken {
        /// The token.
        refresh_token: &'a RefreshToken,
        /// The organization the session is in.
        organization_id: Option<&'a str>,
    },
}

/// What the browser is sent to AuthKit with.
#[derive(Debug)]
pub struct AuthorizationRequest<'a> {
    /// The redirect URI (RFC 6749 §3.1.2).
    pub redirect_uri: &'a str,
    /// The state (RFC 6749 §4.1.1).
    pub state: &'a str,
    /// The S256 code challenge (RFC 7636 §4.2).
    pub code_challenge: &'a str,
    /// What else the sign-in page should know: names from AuthKit's own list.
    pub hints: &'a [(&'static str, String)],
}

impl Api {
    /// Returns the URL that begins a sign-in at AuthKit. Our own parameters stand once each,
    /// whatever the hints are.
    pub fn authorization_url(&self, request: &AuthorizationRequest<'_>) -> String {
        let mut url = self.url("user_management/authorize");
        let named = |name| request.hints.iter().any(|(hint, _)| *hint == name);
        if !named("provider") && !named("connection_id") {
            url.query_pairs_mut().append_pair("provider", "authkit");
        }
        let ours = [
            ("client_id", self.client_id.as_str()),
            ("redirect_uri", request.redirect_uri),
            ("response_type", "code"),
            ("state", request.state),
            ("code_challenge", request.code_challenge),
            ("code_challenge_method", "S256"),
        ];
        let hints = request
            .hints
            .iter()
            .map(|(name, value)| (*name, value.as_str()));
        url.query_pairs_mut()
            .extend_pairs(ours)
            .extend_pairs(hints.filter(|(name, _)| ours.iter().all(|(own, _)| own != name)));
        url.into()
    }

    /// Returns the request that exchanges `grant` for tokens.
    pub fn authenticate(&self, grant: &Grant<'_>) -> ApiRequest {
        let ours = GrantBody {
            client_id: &self.client_id,
            client_secret: self.api_key.secret(),
            ..GrantBody::default()
        };
        let body = match grant {
            Grant::AuthorizationCode {
                code,
                code_verifier,
            } => GrantBody {
                grant_type: "authorization_code",
                code: Some(code.secret()),
                code_verifier: Some(code_verifier.secret()),
                ..ours
            },
            Grant::OrganizationSelection {
                pending,
                organization_id,
            } => GrantBody {
                grant_type: "urn:workos:oauth:grant-type:organization-selection",
                pending_authentication_token: Some(pending.secret()),
                organization_id: Some(organization_id),
                ..ours
            },
            Grant::RefreshToken {
                refresh_token,
                organization_id,
            } => GrantBody {
                grant_type: "refresh_token",
                refresh_token: Some(refresh_token.secret()),
                organization_id: *organization_id,
                ..ours
            },
        };
        ApiRequest::Post {
            url: self.url("user_management/authenticate").into(),
            body: RequestBody::new(json::written(&body)),
        }
    }

    /// Returns the request for the keys that access tokens are signed with.
    pub fn jwks(&self) -> ApiRequest {
        let mut url = self.url("sso/jwks/");
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(&self.client_id);
        }
        ApiRequest::Get { url: url.into() }
    }

    /// Returns where the browser is sent to end the session `sid` at WorkOS.
    pub fn logout_url(&self, sid: &str, return_to: Option<&str>) -> String {
        let mut url = self.url("user_management/sessions/logout");
        url.query_pairs_mut()
            .append_pair("session_id", sid)
            .extend_pairs(return_to.map(|url| ("return_to", url)));
        url.into()
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.base.clone();
        url.set_path(path);
        url
    }
}

/// A successful answer of `/authenticate`.
#[derive(Debug)]
pub struct Authentication {
    /// The access token.
    pub access_token: AccessToken,
    /// The refresh token; where the answer has none the old one stays good.
    pub refresh_token: Option<RefreshToken>,
    /// The user, with the SDKs' camelCase field names.
    pub user: Map<String, Value>,
    /// Who is acting as the user.
    pub impersonator: Option<Value>,
    /// How the user signed in.
    pub authentication_method: Option<String>,
}

/// Why there is no [`Authentication`].
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ApiError {
    /// The code or refresh token isn't, or is no longer, good.
    InvalidGrant,
    /// Our key, client id or request is wrong; carries WorkOS' error code.
    Misconfigured(String),
    /// The organization isn't the visitor's to be in; carries WorkOS' error code.
    OrganizationDenied(String),
    /// The visitor has another step to take.
    StepUp(StepUp),
    /// WorkOS can't answer now; carries the seconds it asked us to wait.
    Unavailable(Option<u64>),
}

/// A step that is to be taken before there are tokens.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct StepUp {
    /// WorkOS' error code.
    pub code: String,
    /// What the sign-in goes on with, where it can go on here.
    pub pending: Option<PendingToken>,
    /// The organizations to choose from.
    pub organizations: Vec<Organization>,
}

/// An organization the visitor is in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Organization {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

impl Part for Organization {
    fn of(value: Value) -> Option<Organization> {
        let mut organization = Object::of(value)?;
        let name: Option<String> = organization.take("name")?;
        Some(Organization {
            id: organization.take("id")?,
            name: name.unwrap_or_default(),
        })
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ApiError::InvalidGrant => f.write_str("invalid_grant"),
            ApiError::Misconfigured(code) => write!(
                f,
                "misconfigured: WorkOS answered {code}; check WORKOS_CLIENT_ID and WORKOS_API_KEY"
            ),
            ApiError::OrganizationDenied(code) => f.write_str(code),
            ApiError::StepUp(step) => write!(f, "step-up: {}", step.code),
            ApiError::Unavailable(_) => f.write_str("WorkOS is unavailable"),
        }
    }
}

/// Returns what an answer of `/authenticate` means.
///
/// # Errors
/// See [`ApiError`].
pub fn authentication(answer: Result<ApiResponse, SendFailed>) -> Result<Authentication, ApiError> {
    let Ok(response) = answer else {
        return Err(ApiError::Unavailable(None));
    };
    if response.status != 200 {
        return Err(refusal(&response));
    }
    // A success that can't be read is a lost reply: the exchange happened, so it may be replayed.
    json::read(response.body.secret())
        .filter(|answer: &Authentication| answer.user.get("id").is_some_and(Value::is_string))
        .ok_or(ApiError::Unavailable(None))
}

/// What is exchanged isn't, or is no longer, good; WorkOS' own emulator has names of its own for it.
const USED_UP: [&str; 4] = [
    "expired_code",
    "invalid_code",
    "invalid_grant",
    "invalid_pending_authentication_token",
];

const STEP_UP: [&str; 6] = [
    "email_verification_required",
    "mfa_challenge",
    "mfa_enrollment",
    "organization_authentication_methods_required",
    "organization_selection_required",
    "sso_required",
];

fn refusal(response: &ApiResponse) -> ApiError {
    let body: Refusal = json::read(response.body.secret()).unwrap_or_default();
    let code: String = body
        .error
        .or(body.code)
        .unwrap_or_default()
        .chars()
        .take(LONGEST_CODE)
        .collect();
    match (response.status, code.as_str()) {
        (408 | 429 | 500.., _) => ApiError::Unavailable(retry_after(response)),
        (400 | 403, code) if USED_UP.contains(&code) => ApiError::InvalidGrant,
        (400..=499, step) if STEP_UP.contains(&step) => ApiError::StepUp(StepUp {
            code,
            pending: body.pending.map(PendingToken::new),
            organizations: body.organizations.unwrap_or_default(),
        }),
        (400..=499, "") => ApiError::Misconfigured(format!("HTTP {}", response.status)),
        (400..=499, denied) if denied.starts_with("organization_") => {
            ApiError::OrganizationDenied(code)
        }
        (400..=499, _) => ApiError::Misconfigured(code),
        _ => ApiError::Unavailable(None),
    }
}

/// No error code of WorkOS is longer, in characters.
const LONGEST_CODE: usize = 64;

/// `Retry-After` in seconds (RFC 9110 §10.2.3), at most a minute; a date is not worth its parser.
fn retry_after(response: &ApiResponse) -> Option<u64> {
    let seconds: u64 = response.retry_after.as_deref()?.trim().parse().ok()?;
    Some(seconds.clamp(1, 60))
}

/// What is posted for a grant.
#[derive(Default, Serialize)]
struct GrantBody<'a> {
    client_id: &'a str,
    client_secret: &'a str,
    grant_type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_verifier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    organization_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pending_authentication_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<&'a str>,
}

impl Part for Authentication {
    fn of(value: Value) -> Option<Authentication> {
        let mut body = Object::of(value)?;
        let members: Map<String, Value> = body.take("user")?;
        let mut user = Map::new();
        for (name, value) in members {
            user.insert(camel_case(&name), value);
        }
        let refresh_token: Option<String> = body.take("refresh_token")?;
        Some(Authentication {
            access_token: AccessToken::new(body.take("access_token")?),
            refresh_token: refresh_token.map(RefreshToken::new),
            user,
            impersonator: body.take("impersonator")?,
            authentication_method: body.take("authentication_method")?,
        })
    }
}

/// What an answer says that isn't a success.
#[derive(Default)]
struct Refusal {
    error: Option<String>,
    code: Option<String>,
    pending: Option<String>,
    organizations: Option<Vec<Organization>>,
}

impl Part for Refusal {
    fn of(value: Value) -> Option<Refusal> {
        let mut body = Object::of(value)?;
        Some(Refusal {
            error: body.take("error")?,
            code: body.take("code")?,
            pending: body.take("pending_authentication_token")?,
            organizations: body.take("organizations")?,
        })
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut text, word| {
        let mut letters = word.chars();
        text.extend(letters.next().map(|letter| letter.to_ascii_uppercase()));
        text.push_str(letters.as_str());
        text
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn api() -> Api {
        Api {
            base: Url::parse("https://api.workos.com/").expect("a URL"),
            client_id: "client_1".into(),
            api_key: ApiKey::new("sk_test_secret".into()),
        }
    }

    fn answer(status: u16, body: &str) -> Result<Authentication, ApiError> {
        authentication(Ok(ApiResponse {
            status,
            retry_after: Some("7".into()),
            body: ResponseBody::new(body.into()),
        }))
    }

    #[test]
    fn hints_never_override_our_own_parameters() {
        let url = api().authorization_url(&AuthorizationRequest {
            redirect_uri: "https://app.example.com/callback",
            state: "0.ab",
            code_challenge: "ch",
            hints: &[
                ("screen_hint", "sign-up".into()),
                ("client_id", "evil".into()),
            ],
        });
        assert_eq!(
            url,
            "https://api.workos.com/user_management/authorize?provider=authkit&client_id=client_1\
             &redirect_uri=https%3A%2F%2Fapp.example.com%2Fcallback&response_type=code&state=0.ab\
             &code_challenge=ch&code_challenge_method=S256&screen_hint=sign-up"
        );
    }

    #[test]
    fn urls_escape_what_they_carry() {
        let logout = api().logout_url("s&x=1", Some("https://a.example/?b=c"));
        assert!(
            logout.ends_with("?session_id=s%26x%3D1&return_to=https%3A%2F%2Fa.example%2F%3Fb%3Dc")
        );
        let ApiRequest::Get { url } = (Api {
            client_id: "a/../b".into(),
            ..api()
        })
        .jwks() else {
            panic!("a GET");
        };
        assert_eq!(url, "https://api.workos.com/sso/jwks/a%2F..%2Fb");
    }

    #[test]
    fn a_refresh_without_an_organization_names_none() {
        let refresh_token = RefreshToken::new("rt".into());
        let ApiRequest::Post { body, .. } = api().authenticate(&Grant::RefreshToken {
            refresh_token: &refresh_token,
            organization_id: None,
        }) else {
            panic!("a POST");
        };
        let body: Value = serde_json::from_str(body.secret()).expect("JSON");
        assert_eq!(
            body,
            json!({"grant_type": "refresh_token", "refresh_token": "rt",
                   "client_id": "client_1", "client_secret": "sk_test_secret"})
        );
    }

    #[test]
    fn an_answer_becomes_the_sdks_session_fields() {
        let body = r#"{"user":{"id":"user_1","email_verified":true,"profile_picture_url":null},
            "access_token":"at","refresh_token":"rt","authentication_method":"SSO","x":1}"#;
        let authentication = answer(200, body).expect("complete");
        assert_eq!(
            Value::from(authentication.user),
            json!({"id": "user_1", "emailVerified": true, "profilePictureUrl": null})
        );
        assert_eq!(authentication.access_token.secret(), "at");
    }

    #[test]
    fn a_refusal_is_told_by_whose_fault_it_is() {
        let rows = [
            (400, r#"{"error":"invalid_grant"}"#, ApiError::InvalidGrant),
            (
                400,
                r#"{"message":"m","code":"invalid_grant"}"#,
                ApiError::InvalidGrant,
            ),
            (
                401,
                r#"{"error":"invalid_client"}"#,
                ApiError::Misconfigured("invalid_client".into()),
            ),
            (401, "", ApiError::Misconfigured("HTTP 401".into())),
            (404, "<html>", ApiError::Misconfigured("HTTP 404".into())),
            (
                403,
                r#"{"code":"sso_required"}"#,
                ApiError::StepUp(StepUp {
                    code: "sso_required".into(),
                    ..StepUp::default()
                }),
            ),
            (429, "{}", ApiError::Unavailable(Some(7))),
            (408, "", ApiError::Unavailable(Some(7))),
            (503, "<html>", ApiError::Unavailable(Some(7))),
            (302, "", ApiError::Unavailable(None)),
            (200, "<html>", ApiError::Unavailable(None)),
            (200, "[]", ApiError::Unavailable(None)),
            (
                200,
                r#"{"access_token":"a","refresh_token":"r"}"#,
                ApiError::Unavailable(None),
            ),
            (
                200,
                r#"{"access_token":"a","refresh_token":"r","user":{"id":7}}"#,
                ApiError::Unavailable(None),
            ),
        ];
        for (status, body, expected) in rows {
            assert_eq!(
                answer(status, body).err(),
                Some(expected),
                "{status} {body}"
            );
        }
    }

    #[test]
    fn debug_shows_no_secret() {
        let request = api().authenticate(&Grant::AuthorizationCode {
            code: &AuthorizationCode::new("the-code".into()),
            code_verifier: &CodeVerifier::new("the-verifier".into()),
        });
        let shown = format!("{:?} {request:?}", api());
        for secret in ["sk_test_secret", "the-code", "the-verifier"] {
            assert!(!shown.contains(secret), "{secret}");
        }
    }
}
