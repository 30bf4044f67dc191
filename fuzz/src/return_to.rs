//! Return paths: what is kept leads to this site, and to the very path that was given.

use authkit_gateway::return_path::ReturnPath;
use url::Url;

use super::readings;
use super::site::SITE;

/// The input is a parameter's value after form decoding.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Some(kept) = ReturnPath::parse(text) {
        if text.is_ascii() {
            assert_eq!(kept.as_str(), text);
        }
        assert_eq!(ReturnPath::parse(kept.as_str()).as_ref(), Some(&kept));
        check(&kept);
        let longer = kept.with_parameter("state", text);
        check(&longer);
        assert_eq!(path(&longer), path(&kept));
    }
    let own = text.starts_with('/').then(|| format!("{SITE}{text}"));
    let url = own.and_then(|own| Url::parse(&own).ok());
    if let Some(url) = url.filter(|url| url.origin().ascii_serialization() == SITE) {
        let target = &url[url::Position::BeforePath..url::Position::AfterQuery];
        if let Some(kept) = ReturnPath::of_request(target) {
            check(&kept);
            assert!(kept.leads_to(path(&kept)));
        }
    }
}

/// A browser that is sent there stays here, whatever an origin makes of the path.
pub fn check(kept: &ReturnPath) {
    let text = kept.as_str();
    assert!(text.len() <= 2048);
    assert!(text.bytes().all(|byte| byte.is_ascii_graphic()), "{text:?}");
    let (before, fragment) = text.split_at(text.find('#').unwrap_or(text.len()));
    let (path_alone, query) = before.split_at(before.find('?').unwrap_or(before.len()));
    // The parser escapes nothing else.
    let expected = format!("{SITE}{path_alone}{}{fragment}", query.replace('\'', "%27"));
    let site = Url::parse(SITE).expect("a URL");
    for base in [site.clone(), site.join("/callback?x").expect("a URL")] {
        assert_eq!(base.join(text).map(String::from), Ok(expected.clone()));
    }
    for read in readings::of(path(kept)) {
        let leaves = read.starts_with("//") || read.starts_with("/\\");
        assert!(!leaves, "{text:?}, read as {read:?}");
    }
}

fn path(kept: &ReturnPath) -> &str {
    kept.as_str().split(['?', '#']).next().unwrap_or_default()
}
