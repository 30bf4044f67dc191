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
pub fn edits(
    forward: &Forward,
    head: &RequestHead<'_>,
    names: impl Iterator<Item: AsRef<str>>,
    config: &Config,
) -> Vec<Edit> {
    // 1.
    let connection = head.field("connection");
    let removal = Removal::new(connection.as_deref(), config);
    let removed = names.filter(|name| removal.removes(name.as_ref()));
    let mut edits: Vec<Edit> = removed
        .map(|name| Edit::Remove(name.as_ref().to_owned()))
        .collect();
    // 7.
    if head.method != "GET" {
        edits.push(Edit::Remove("upgrade".to_owned()));
    }
    // 6.
    match forward.bare {
        true => edits.extend(["authorization", "cookie"].map(|name| Edit::Remove(name.to_owned()))),
        false => edits.extend(cookies(forward, head, config)),
    }
    match config.origin {
        // 3.
        Origin::Url(_) => {
            let authority = &head.url[url::Position::BeforeHost..url::Position::AfterPort];
            edits.push(Edit::Set("x-forwarded-host".into(), authority.to_owned()));
            edits.push(Edit::Set(
                "x-forwarded-proto".into(),
                head.url.scheme().to_owned(),
            ));
        }
        // 4.
        Origin::SameUrl => edits.push(Edit::Set(HOP.into(), "1".to_owned())),
        Origin::Assets | Origin::Service => {}
    }
    // 5.
    edits.extend(
        forward
            .fields
            .iter()
            .map(|(name, value)| Edit::Set(name.clone(), value.clone())),
    );
    edits
}

// 2.
fn cookies(forward: &Forward, head: &RequestHead<'_>, config: &Config) -> Option<Edit> {
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
    let stays_here = |name: &str| {
        let outdated = !forwards || !newest.is_empty();
        config.passing_cookies.is_ours(name) || (outdated && config.session_cookie.is_ours(name))
    };
    if newest.is_empty() && !cookie::pairs(&field).any(|(name, _)| stays_here(name)) {
        return None;
    }
    let kept = cookie::without(&field, stays_here);
    let pairs: Vec<&str> = kept.as_deref().into_iter().chain(newest).collect();
    Some(match pairs.is_empty() {
        true => Edit::Remove("cookie".to_owned()),
        false => Edit::Set("cookie".into(), pairs.join("; ")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Edit::{Remove, Set};
    use crate::scripted;

    fn check(variables: &[(&str, &str)], header: &[(&str, &str)], expected: &[Edit]) {
        let config = scripted::config(variables);
        let forward = Forward {
            fields: vec![("x-authkit-authenticated".into(), "false".to_owned())],
            ..Forward::default()
        };
        let fields = scripted::Header(header);
        let head = scripted::head("https://app.example.com/a", &fields);
        let names = header.iter().map(|(name, _)| (*name).to_owned());
        let mut edits = edits(&forward, &head, names, &config);
        let told = edits.pop();
        assert_eq!(
            told,
            Some(Set("x-authkit-authenticated".into(), "false".to_owned())),
            "last of all"
        );
        assert_eq!(edits, expected, "{header:?}");
    }

    const ELSEWHERE: [(&str, &str); 1] = [("ORIGIN", "https://origin.example.com")];

    fn forwarded() -> [Edit; 2] {
        [
            Set("x-forwarded-host".into(), "app.example.com".to_owned()),
            Set("x-forwarded-proto".into(), "https".to_owned()),
        ]
    }

    #[test]
    fn an_origin_elsewhere_is_told_the_visitors_url() {
        let header = [
            ("x-forwarded-host", "evil.example"),
            ("X_Forwarded_Proto", "gopher"),
        ];
        let mut expected = vec![
            Remove("x-forwarded-host".to_owned()),
            Remove("X_Forwarded_Proto".to_owned()),
        ];
        expected.extend(forwarded());
        check(&ELSEWHERE, &header, &expected);
    }

    #[test]
    fn a_request_to_its_own_url_is_marked() {
        check(&[], &[], &[Set("x-authkit-hop".into(), "1".to_owned())]);
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
            let expected: Vec<Edit> = expected.into_iter().chain(forwarded()).collect();
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
