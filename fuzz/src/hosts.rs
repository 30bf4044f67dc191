//! Hosts: what isn't on the list isn't served, however it is spelled.

use url::Url;

use super::site::{HOST, read};

/// The input is `ALLOWED_HOSTS`, and on the last line a URL.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (allowed, url) = text.rsplit_once('\n').unwrap_or(("", text));
    let Ok(config) = read(&[("ALLOWED_HOSTS", allowed)]) else {
        return;
    };
    // A request's URL is never of another scheme, whose hosts would keep their capitals.
    let is_of_the_web = |url: &Url| matches!(url.scheme(), "http" | "https");
    let Some(url) = Url::parse(url).ok().filter(is_of_the_web) else {
        return;
    };
    let Some(home) = config.hosts.home(&url) else {
        return;
    };
    let host = url.host_str().unwrap_or_default();
    assert!(home.is_here, "nothing of loopback here");
    assert_eq!(home.redirect_uri.host_str(), Some(host));
    assert!(
        home.url("/x").starts_with(&format!("https://{host}")),
        "{}",
        home.url("/x")
    );
    let text = allowed.to_ascii_lowercase();
    let mut labels = host.split('.').scan(host, |rest, label| {
        let behind = rest.strip_prefix(label)?;
        *rest = behind.strip_prefix('.').unwrap_or(behind);
        Some(format!("*.{rest}"))
    });
    let is_listed = text.contains(host) || labels.any(|wildcard| text.contains(&wildcard));
    assert!(host == HOST || is_listed, "{host:?} isn't in {allowed:?}");
}
