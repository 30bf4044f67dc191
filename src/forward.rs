//! What is changed in a request's header before the origin gets it.
//!
//! 1. What only the gateway may say, and what must not be said at all, is removed: see
//!    [`crate::identity`].
//! 2. The gateway's own cookies stay here, unless the origin is to have the session's: then it gets
//!    the newest.
//! 3. An origin elsewhere is told the host and scheme the visitor used.
//! 4. A request to its own URL is marked, so that it is recognized if it comes back.
//! 5. What the decision says of the visitor is added last.
//! 6. A preflight goes without anything of the visitor's: it is asked before anybody is known.
//! 7. Only a GET asks for a WebSocket: the platform sends as a GET whatever else does, and not as the
//!    method that was judged.

use crate::config::{Config, Origin};
use crate::cookie;
use crate::decision::{Edit, Forward};
use crate::identity::{HOP, Removal};
use crate::request::RequestHead;

/// Returns the changes to the request's header; `names` are the names in it.
pub fn edits<'a>(
    forward: &'a Forward,
    head: &RequestHead<'a>,
    names: impl Iterator<Item = &'a str>,
    config: &Config,
) -> Vec<Edit<'a>> {
    // 1.
    let connection = head.field("connection");
    let removal = Removal::new(connection.as_deref(), config);
    let mut edits = Vec::with_capacity(16);
    edits.extend(
        names
            .filter(|name| removal.removes(name))
            .map(Edit::removal),
    );
    // 7.
    if head.method != "GET" {
        edits.push(Edit::removal("upgrade"));
    }
    // 6.
    match forward.bare {
        true => edits.extend(["authorization", "cookie"].map(Edit::removal)),
        false => edits.extend(cookies(forward, head, config)),
    }
    match config.origin {
        // 3.
        Origin::Url(_) => {
            let authority = &head.url[url::Position::BeforeHost..url::Position::AfterPort];
            edits.push(Edit::setting("x-forwarded-host", authority));
            edits.push(Edit::setting("x-forwarded-proto", head.url.scheme()));
        }
        // 4.
        Origin::SameUrl => edits.push(Edit::setting(HOP, "1")),
        Origin::Assets | Origin::Service => {}
    }
    // 5.
    let told = forward.fields.iter();
    edits.extend(told.map(|(name, value)| Edit::setting(name, value)));
    edits
}

// 2.
fn cookies<'a>(forward: &Forward, head: &RequestHead<'_>, config: &Config) -> Option<Edit<'a>> {
    let field = head.field("cookie")?;
    let forwards = config.forwarding.session_cookie && !forward.keeps_session;
    let newest: Vec<&str> = match forwards {
        true => forward
            .cookies
            .iter()
            .filter_map(|cookie| cookie.pair())
            .collect(),
        false => Vec::new(),
    };
    let outdated = !forwards || !newest.is_empty();
    let mut changes = !newest.is_empty();
    let mut pairs = cookie::without(&field, |name| {
        let stays_here = config.passing_cookies.is_ours(name)
            || (outdated && config.session_cookie.is_ours(name));
        changes |= stays_here;
        stays_here
    });
    pairs.extend(newest);
    changes.then(|| match pairs.is_empty() {
        true => Edit::Remove("cookie".into()),
        false => Edit::Set("cookie".into(), pairs.join("; ").into()),
    })
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;

    use super::*;
    use crate::decision::Edit::{Remove, Set};
    use crate::scripted;

    fn check(variables: &[(&str, &str)], header: &[(&str, &str)], expected: &[Edit<'_>]) {
        let config = scripted::config(variables);
        let forward = Forward {
            fields: Rc::new(vec![("x-authkit-authenticated".into(), "false".to_owned())]),
            ..Forward::default()
        };
        let fields = scripted::Header(header);
        let head = scripted::head("https://app.example.com/a", &fields);
        let names = header.iter().map(|(name, _)| *name);
        let mut edits = edits(&forward, &head, names, &config);
        let told = edits.pop();
        assert_eq!(
            told,
            Some(Set("x-authkit-authenticated".into(), "false".into())),
            "last of all"
        );
        assert_eq!(edits, expected, "{header:?}");
    }

    const ELSEWHERE: [(&str, &str); 1] = [("ORIGIN", "https://origin.example.com")];

    fn forwarded() -> [Edit<'static>; 2] {
        [
            Set("x-forwarded-host".into(), "app.example.com".into()),
            Set("x-forwarded-proto".into(), "https".into()),
        ]
    }

    #[test]
    fn an_origin_elsewhere_is_told_the_visitors_url() {
        let header = [
            ("x-forwarded-host", "evil.example"),
            ("X_Forwarded_Proto", "gopher"),
        ];
        let mut expected = vec![
            Remove("x-forwarded-host".into()),
            Remove("X_Forwarded_Proto".into()),
        ];
        expected.extend(forwarded());
        check(&ELSEWHERE, &header, &expected);
    }

    #[test]
    fn a_request_to_its_own_url_is_marked() {
        check(&[], &[], &[Set("x-authkit-hop".into(), "1".into())]);
    }

    #[test]
    fn our_cookies_stay_here() {
        let flow = "__Host-authkit-flow-01234567=v1.x";
        let rows = [
            (
                format!("a=1; wos-session=v1.x; {flow}; b=2"),
                Some(Set("cookie".into(), "a=1; b=2".into())),
            ),
            ("wos-session=v1.x".to_owned(), Some(Remove("cookie".into()))),
            ("a=1;b=2".to_owned(), None),
        ];
        for (field, expected) in rows {
            let expected: Vec<Edit<'_>> = expected.into_iter().chain(forwarded()).collect();
            check(&ELSEWHERE, &[("cookie", &field)], &expected);
        }
    }

    #[test]
    fn the_origin_may_have_the_sessions_cookie() {
        let variables = [ELSEWHERE[0], ("FORWARD_SESSION_COOKIE", "true")];
        check(
            &variables,
            &[("cookie", "a=1; wos-session=v1.x")],
            &forwarded(),
        );
    }
}
