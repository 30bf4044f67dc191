//! Answers of `/authenticate`: tokens come of complete ones alone.

use authkit_gateway::session::Session;
use authkit_gateway::workos::{ApiError, ApiResponse, ResponseBody, authentication};
use serde_json::Value;

/// The input is a status, and on the next line a body.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (status, body) = text.split_once('\n').unwrap_or(("200", text));
    let Ok(status) = status.parse() else {
        return;
    };
    let answer = ApiResponse {
        status,
        retry_after: None,
        body: ResponseBody::new(body.to_owned()),
    };
    let told = authentication(Ok(answer));
    let words = format!("{told:?}");
    let json: Value = serde_json::from_str(body).unwrap_or_default();
    match told {
        Ok(authentication) => {
            assert_eq!(status, 200);
            assert_eq!(json["access_token"], authentication.access_token.secret());
            assert!(json["user"]["id"].is_string());
            let session = Session::from_authentication(authentication, None);
            assert_eq!(session.is_some(), json["refresh_token"].is_string());
        }
        Err(ApiError::InvalidGrant) => assert!(matches!(status, 400 | 403), "{status}"),
        Err(ApiError::StepUp(step)) => {
            assert!((400..500).contains(&status));
            let pending = step.pending.map(|pending| pending.secret().to_owned());
            let is_secret = |text: &String| text.len() > 12 && !step.code.contains(text.as_str());
            let is_shown = |text: &String| words.contains(&format!("{text:?}"));
            assert!(!pending.as_ref().is_some_and(|text| {
                is_secret(text)
                    && is_shown(text)
                    && !step
                        .organizations
                        .iter()
                        .any(|one| one.id == *text || one.name == *text)
            }));
        }
        Err(ApiError::Misconfigured(code) | ApiError::OrganizationDenied(code)) => {
            assert!((400..500).contains(&status));
            assert!(code.chars().count() <= 64);
        }
        Err(ApiError::Unavailable(wait)) => {
            assert_eq!(wait, None);
            let unclear = status == 200 || !(400..500).contains(&status);
            assert!(unclear || matches!(status, 408 | 429), "{status}");
        }
    }
}
