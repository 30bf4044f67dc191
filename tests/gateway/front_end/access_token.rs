//! `GET /auth/token`: the access token, where the operator wants that.

use serde_json::json;

use super::json;
use crate::support::{ADA, Ask, Browser, Fault, LIFETIME, SESSION, Seen, Site, opened};
use authkit_gateway::seal::Purpose;

const PATH: &str = "/auth/token";
const ON: [(&str, &str); 1] = [("ACCESS_TOKEN_ENDPOINT", "true")];

#[test]
fn it_is_off_unless_switched_on() {
    for variables in [&[][..], &[("ACCESS_TOKEN_ENDPOINT", "false")]] {
        let site = Site::new(variables);
        let mut browser = Browser::signed_in(&site, ADA);
        for method in ["GET", "POST", "HEAD"] {
            let outcome = browser.send(&site, &Ask::script(PATH).method(method));
            assert_eq!(outcome.verdict(), "404", "{method}");
            assert!(!outcome.body().contains("eyJ"), "{method}");
        }
    }
}

#[test]
fn only_the_browsers_own_word_opens_it() {
    let rows = [
        ("same origin", Ask::script(PATH), "200"),
        (
            "same site",
            Ask::script(PATH).with("sec-fetch-site", "same-site"),
            "403",
        ),
        (
            "cross-site",
            Ask::script(PATH).with("sec-fetch-site", "cross-site"),
            "403",
        ),
        ("typed in", Ask::navigation(PATH), "403"),
        ("nothing said", Ask::bare(PATH), "403"),
        (
            "Origin alone",
            Ask::bare(PATH).with("origin", "https://app.example.com"),
            "403",
        ),
        ("POST", Ask::script(PATH).method("POST"), "405"),
        ("HEAD", Ask::script(PATH).method("HEAD"), "405"),
    ];
    for (name, ask, expected) in rows {
        let site = Site::new(&ON);
        let outcome = Browser::signed_in(&site, ADA).send(&site, &ask);
        assert_eq!(outcome.verdict(), expected, "{name}");
        assert_eq!(outcome.body().contains("eyJ"), expected == "200", "{name}");
    }
}

#[test]
fn it_gives_the_token_and_when_that_ends_and_nothing_else() {
    for (age, refreshes) in [(0, 0), (LIFETIME, 1)] {
        let site = Site::new(&ON);
        let mut browser = Browser::signed_in(&site, ADA);
        site.world.pass(age);
        let outcome = browser.send(&site, &Ask::script(PATH));
        assert_eq!(outcome.verdict(), "200");
        let session = opened(&site, Purpose::Session, SESSION, browser.session());
        let expires_at = site.now().0 + LIFETIME;
        let expected = json!({ "accessToken": session["accessToken"], "expiresAt": expires_at });
        assert_eq!(json(&outcome), expected, "{age}");
        assert_eq!(outcome.cookie(SESSION).is_some(), refreshes == 1, "{age}");
        assert_eq!(site.world.workos.refreshes(), refreshes, "{age}");
        assert_eq!(
            outcome.field("cross-origin-resource-policy"),
            Some("same-origin")
        );
    }
}

#[test]
fn nobody_and_outages_are_told_apart() {
    let site = Site::new(&ON);
    let nobody = Browser::default().send(&site, &Ask::script(PATH));
    assert_eq!(nobody.verdict(), "401");
    assert_eq!(json(&nobody)["error"], "unauthenticated");
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME);
    site.world.workos.tokens.always(Fault::Network);
    let outage = browser.send(&site, &Ask::script(PATH));
    assert_eq!(outage.verdict(), "503");
    assert_eq!(json(&outage)["error"], "temporarily_unavailable");
    assert_eq!(outage.field("retry-after"), Some("6"));
}
