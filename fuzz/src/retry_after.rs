//! `Retry-After`: nobody is told to wait for ever, or not at all.

use authkit_gateway::workos::{ApiError, ApiResponse, ResponseBody, authentication};

/// The input is the field's value.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    for status in [408, 429, 500, 503, 599] {
        let answer = ApiResponse {
            status,
            retry_after: Some(text.to_owned()),
            body: ResponseBody::new(String::new()),
        };
        let Err(ApiError::Unavailable(wait)) = authentication(Ok(answer)) else {
            panic!("{status} is trouble");
        };
        assert!(
            wait.is_none_or(|seconds| (1..=60).contains(&seconds)),
            "{wait:?}"
        );
    }
}
