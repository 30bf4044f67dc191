//! What is changed in a request's header before the origin gets it.
//!
//! 1. What only the gateway may say, and what must not be said at all, is removed: see
//!    [`crate::identity`].
//! 2. The gateway's own cookies stay here, unless the origin is to have the session's: then it gets
//!    the newest.
//! 3. An origin elsewhere is told the host and scheme the visitor used.
//! 4. A request to its own URL is marked, so that it is recognized if it comes back.
//! 5. What the decision says of the visitor is added last.

use crate::config::{Config, Origin};
use crate::cookie;
use crate::decision::{Edit, Forward};
use crate::identity::{HOP, Removal};
use crate::request::RequestHead;

/// Returns the changes to the request's header; `names` are the names in it.
pub fn edits(
    forward: &Forward,
    head: &RequestHead<'_>,
    names: impl Iterator<Item = String>,
    config: &Config,
) -> Vec<Edit> {
    // 1.
    let removal = Removal::new(head.field("connection").as_deref());
    let removed = names.filter(|name| removal.removes(name));
    let mut edits: Vec<Edit> = removed.map(Edit::Remove).collect();
    edits.extend(cookies(forward, head, config));
    match config.origin {
        // 3.
        Origin::Url(_) => {
            let authority = &head.url[url::Position::BeforeHost..url::Position::AfterPort];
            edits.push(Edit::Set("x-forwarded-host", authority.to_owned()));
            edits.push(Edit::Set("x-forwarded-proto", head.url.scheme().to_owned()));
        }
        // 4.
        Origin::SameUrl => edits.push(Edit::Set(HOP, "1".to_owned())),
        Origin::Assets | Origin::Service => {}
    }
    // 5.
    edits.extend(
        forward
            .fields
            .iter()
            .map(|(name, value)| Edit::Set(name, value.clone())),
    );
    edits
}

// 2.
fn cookies(forward: &Forward, head: &RequestHead<'_>, config: &Config) -> Option<Edit> {
    let field = head.field("cookie")?;
    let newest: Vec<&str> = match config.forwarding.session_cookie {
        true => forward
            .cookies
            .iter()
            .filter_map(|cookie| cookie.pair())
            .collect(),
        false => Vec::new(),
    };
    let stays_here = |name: &str| {
        let outdated = !config.forwarding.session_cookie || !newest.is_empty();
        config.flow_cookie.is_ours(name) || (outdated && config.session_cookie.is_ours(name))
    };
    if newest.is_empty() && !cookie::pairs(&field).any(|(name, _)| stays_here(name)) {
        return None;
    }
    let kept = cookie::without(&field, stays_here);
    let pairs: Vec<&str> = kept.as_deref().into_iter().chain(newest).collect();
    Some(match pairs.is_empty() {
        true => Edit::Remove("cookie".to_owned()),
        false => Edit::Set("cookie", pairs.join("; ")),
    })
}
