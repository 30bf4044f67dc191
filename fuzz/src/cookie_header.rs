//! `Cookie` fields: what is taken out is out, and the rest is as it was.

use authkit_gateway::cookie;

use super::site::{Lines, SITE, config, head};
use authkit_gateway::decision::{Edit, Forward};
use authkit_gateway::forward::edits;
use url::Url;

/// The input is a `Cookie` field.
pub fn target(data: &[u8]) {
    let Ok(field) = std::str::from_utf8(data) else {
        return;
    };
    let config = config(&[]);
    let ours = |name: &str| config.is_own_cookie(name);
    let kept = cookie::without(field, ours);
    let expected: Vec<(&str, &str)> = cookie::pairs(field)
        .filter(|(name, _)| !ours(name))
        .collect();
    let left: Vec<(&str, &str)> = kept.iter().flat_map(|kept| cookie::pairs(kept)).collect();
    assert_eq!(left, expected);
    for name in kept.iter().filter_map(|pair| pair.split('=').next()) {
        assert!(!ours(name.trim_matches([' ', '\t'])), "{name:?}");
    }
    for candidate in config.session_cookie.candidates(cookie::pairs(field)) {
        assert!(candidate.len() <= field.len());
    }
    let url = Url::parse(SITE).expect("a URL");
    let fields = Lines(vec![("cookie".to_owned(), field.to_owned())]);
    let (forward, head) = (Forward::default(), head(&url, &fields));
    for edit in edits(&forward, &head, fields.names(), &config) {
        if let Edit::Set(name, value) = edit
            && name == "cookie"
        {
            assert_eq!(value, kept.join("; "));
        }
    }
}
