//! The origin's answer: it sets no cookie of the gateway's, and no stranger's cache keeps it.

use authkit_gateway::decision::{Edit, Forward, Told};
use authkit_gateway::response::edits;
use url::Url;

use super::site::{Lines, SITE, config};

/// The input is the header of an answer to somebody who is signed in.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let config = config(&[("ORIGIN", "http://origin.internal:3000")]);
    let fields = Lines::read(text.lines());
    let cookies: Vec<&str> = fields
        .0
        .iter()
        .filter(|(name, _)| name == "set-cookie")
        .map(|(_, value)| value.as_str())
        .collect();
    let forward = Forward {
        told: Told::SignedIn,
        ..Forward::default()
    };
    let site = Url::parse(SITE).expect("a URL");
    let names = fields.names();
    let mut lines = fields.0.clone();
    for edit in edits(&forward, &fields, names, &cookies, &site, &config) {
        match edit {
            Edit::Append(name, value) => lines.push((name.to_owned(), value.into_owned())),
            Edit::Remove(name) => lines.retain(|line| line.0 != name),
            Edit::Set(name, value) => {
                if name == "location" {
                    let url = Url::parse(&value).expect("an absolute URL");
                    assert_eq!(url.origin(), site.origin(), "{value:?}");
                }
                lines.retain(|line| line.0 != name);
                lines.push((name.into_owned(), value.into_owned()));
            }
        }
    }
    for (name, value) in &lines {
        assert!(!name.starts_with("x-authkit-"), "{name:?}");
        let pair = value.split(';').next().unwrap_or_default();
        let cookie = pair.split('=').next().unwrap_or_default();
        let is_ours = config.is_own_cookie(cookie.trim_matches([' ', '\t']));
        assert!(name != "set-cookie" || !is_ours, "{value:?}");
    }
    let said = |name: &str| {
        let values = lines.iter().filter(|(own, _)| own == name);
        values
            .flat_map(|(_, value)| value.split(','))
            .map(|word| word.trim().to_ascii_lowercase())
            .collect::<Vec<_>>()
    };
    let told = said("cache-control");
    let is_kept_private = |word: &String| word == "private" || word.starts_with("no-store");
    assert!(told.iter().any(is_kept_private), "{told:?}");
    let varies = said("vary");
    assert!(
        varies.iter().any(|word| word == "*" || word == "cookie"),
        "{varies:?}"
    );
}
