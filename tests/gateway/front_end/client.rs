//! `GET /auth/client.js`: the module the front end imports.

use authkit_gateway::decision::{Body, Decision};

use crate::support::{ADA, Ask, Browser, Seen, Site};

const PATH: &str = "/auth/client.js";

#[test]
fn it_is_a_script_with_this_deployments_paths_that_anybody_may_have() {
    let site = Site::new(&[("LOGIN_PATH", "/auth/in"), ("SESSION_PATH", "/me")]);
    for mut browser in [Browser::default(), Browser::signed_in(&site, ADA)] {
        let outcome = browser.send(&site, &Ask::script(PATH));
        assert_eq!(outcome.verdict(), "200");
        let Decision::Answer(answer) = &outcome.decision else {
            panic!("{}", outcome.verdict());
        };
        assert!(matches!(answer.body, Body::Script(_)));
        let first = outcome.body().lines().next().unwrap_or_default();
        assert_eq!(
            first,
            "const paths = { signIn: '/auth/in', signUp: '/signup', signOut: '/logout', session: \
             '/me' };"
        );
        assert_eq!(outcome.field("cache-control"), Some("public, max-age=600"));
        assert_eq!(
            outcome.field("cross-origin-resource-policy"),
            Some("same-origin")
        );
        assert!(outcome.cookies().is_empty());
    }
}

#[test]
fn it_is_the_same_for_everybody() {
    let site = Site::new(&[]);
    let nobody = site.decide(&Ask::script(PATH));
    let somebody = Browser::signed_in(&site, ADA).send(&site, &Ask::script(PATH));
    assert_eq!(nobody.body(), somebody.body());
    for name in [
        "getSession",
        "getAccessToken",
        "refresh",
        "switchToOrganization",
        "signIn",
        "signOut",
    ] {
        assert!(
            nobody.body().contains(&format!("export const {name} ")),
            "{name}"
        );
    }
}

#[test]
fn it_is_read_and_never_written() {
    let site = Site::new(&[]);
    for (method, expected) in [("HEAD", "200"), ("POST", "405"), ("DELETE", "405")] {
        let outcome = site.decide(&Ask::script(PATH).method(method));
        assert_eq!(outcome.verdict(), expected, "{method}");
    }
    for other in ["/auth/client.js/", "/auth/Client.js", "/auth/client.ts"] {
        assert_eq!(site.decide(&Ask::script(other)).verdict(), "401", "{other}");
    }
}
