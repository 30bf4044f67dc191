//! Query parameters: one that is repeated is never guessed at.

use authkit_gateway::request::Query;
use url::{Url, form_urlencoded};

use super::site::{Lines, SITE, head};

/// The input is a query.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(url) = Url::parse(&format!("{SITE}/login?{text}")) else {
        return;
    };
    let fields = Lines::default();
    let head = head(&url, &fields);
    let sent = url.query().unwrap_or_default();
    for name in ["return_to", "state", "code", "organization_id"] {
        let values: Vec<String> = form_urlencoded::parse(sent.as_bytes())
            .filter(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .collect();
        let expected = match values.as_slice() {
            [] => Query::Absent,
            [one] => Query::Once(one.clone()),
            _ => Query::Repeated,
        };
        assert_eq!(head.query(name), expected, "{name}");
        // A name that is escaped is the same name.
        let plainly = sent
            .split('&')
            .filter(|pair| pair.split('=').next().unwrap_or_default() == name);
        assert!(plainly.count() <= values.len());
    }
}
