//! A path's views: bounded, safe to judge, and complete: no view hides a protected one.

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::Pattern;
use authkit_gateway::path::PathViews;
use url::Url;

use super::site::SITE;

/// The input is a request's path.
pub fn target(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    let Some(path) = pathname(raw) else {
        return;
    };
    let Ok(views) = PathViews::of(raw, &path) else {
        return;
    };
    let texts: Vec<&str> = views.iter().map(|view| view.text).collect();
    assert_eq!(texts.first(), Some(&path.as_str()));
    assert!(texts.len() <= 128);
    for text in &texts {
        assert!(text.starts_with('/'), "{text:?}");
        assert!(!text.chars().any(char::is_control), "{text:?}");
        let is_dots = |segment: &str| matches!(segment.trim_matches(' '), "." | "..");
        assert!(!text.split('/').any(is_dots), "{text:?}");
    }
    let rules = PathRules {
        matcher: vec![Pattern::compile("/admin/:path*").expect("a fair pattern")],
        ..PathRules::default()
    };
    let judged = rules.judge(&views, &views, "GET").access;
    for text in texts {
        let Ok(further) = PathViews::of(text, text) else {
            continue;
        };
        if rules.judge(&further, &further, "GET").access == Access::Protected {
            assert_eq!(judged, Access::Protected, "{raw:?}, read as {text:?}");
        }
    }
}

/// Returns the path of the URL that is sent on.
pub fn pathname(raw: &str) -> Option<String> {
    let url = Url::parse(&format!("{SITE}{raw}")).ok()?;
    let ours = raw.starts_with('/') && url.origin().ascii_serialization() == SITE;
    ours.then(|| url.path().to_owned())
}
