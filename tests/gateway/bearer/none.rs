//! What isn't a bearer token: without the setting, none is; with it, nothing but a `Bearer` credential.

use super::{ON, token, with};
use crate::support::{ADA, Ask, Browser, SESSION, Seen, Site, arriving, value};

#[test]
fn it_is_off_unless_the_operator_wants_it() {
    for variables in [&[][..], &[("ACCEPT_BEARER", "false")]] {
        let public = [variables, &[("UNAUTHENTICATED_PATHS", "/open")]].concat();
        let site = Site::new(&public);
        let ask = with(&Ask::script("/x"), &token(&site));
        let outcome = site.decide(&ask);
        assert_eq!(outcome.verdict(), "401");
        assert_eq!(outcome.field("www-authenticate"), None);
        let page = site.decide(&with(&Ask::navigation("/x"), &token(&site)));
        assert_eq!(page.verdict(), "302 to AuthKit", "a cookie would decide");
        let ask = with(&Ask::script("/open"), &token(&site));
        let outcome = site.decide(&ask);
        assert_eq!(outcome.verdict(), "forwarded as false");
        let lines = arriving(&site, &ask, &outcome);
        let own = ask.head().field("authorization");
        assert_eq!(
            value(&lines, "authorization"),
            own.as_deref(),
            "it is the site's"
        );
    }
}

#[test]
fn other_credentials_are_the_sites_affair() {
    let site = Site::new(&[ON]);
    let mut browser = Browser::signed_in(&site, ADA);
    let others = [
        "Basic dXNlcjpwYXNz",
        "Digest x",
        "Bearer",
        "BearerX y",
        "DPoP x",
        "token x",
    ];
    for credentials in others {
        let ask = Ask::script("/x").with("authorization", credentials);
        assert_eq!(site.decide(&ask).verdict(), "401", "{credentials}");
        let outcome = browser.send(&site, &ask);
        assert_eq!(
            outcome.field("x-authkit-user-id"),
            Some(ADA.id),
            "{credentials}"
        );
        let lines = arriving(&site, &ask, &outcome);
        assert_eq!(value(&lines, "authorization"), Some(credentials));
    }
}

#[test]
fn a_token_elsewhere_in_the_request_is_none() {
    let site = Site::new(&[ON]);
    let text = token(&site).signed();
    let rows = [
        Ask::script(&format!("/x?access_token={text}")),
        Ask::script("/x").with("x-access-token", &text),
        Ask::script("/x").with("proxy-authorization", &format!("Bearer {text}")),
        Ask::script("/x").with("cookie", &format!("{SESSION}={text}")),
    ];
    for ask in rows {
        assert_eq!(site.decide(&ask).verdict(), "401", "{ask:?}");
    }
}
