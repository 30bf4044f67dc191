//! Tokens that aren't good: 401 by the standard's words, never a redirect, never a cookie.

use super::{ON, token, with};
use crate::support::{Ask, Seen, Site, Unsigned};

/// What is wrong with a token, and what is done to it.
type Row = (&'static str, fn(&mut Unsigned));

const BAD: [Row; 15] = [
    ("it has run out", |token| {
        token.claims["exp"] = token.claims["iat"].clone()
    }),
    ("another client's", |token| {
        token.claims["client_id"] = "client_other".into()
    }),
    ("another issuer's", |token| {
        token.claims["iss"] = "https://evil.example".into()
    }),
    ("a staging issuer's", |token| {
        token.claims["iss"] = "https://api.workos.com.evil.example".into();
    }),
    ("an unpublished key's", |token| {
        token.key = "key_of_eve".to_owned()
    }),
    ("of an unknown key", |token| {
        token.header["kid"] = "key_of_eve".into()
    }),
    ("of no key", |token| {
        token
            .header
            .as_object_mut()
            .expect("an object")
            .remove("kid");
    }),
    ("unsigned", |token| token.header["alg"] = "none".into()),
    ("HMAC", |token| token.header["alg"] = "HS256".into()),
    ("an ID token", |token| {
        let claims = token.claims.as_object_mut().expect("an object");
        claims.remove("sid");
        claims.remove("client_id");
        claims.insert("aud".to_owned(), "client_01TEST".into());
        claims.insert("nonce".to_owned(), "n".into());
    }),
    ("a machine's", |token| {
        token
            .claims
            .as_object_mut()
            .expect("an object")
            .remove("sid");
    }),
    ("of no session", |token| token.claims["sid"] = "".into()),
    ("of nobody", |token| token.claims["sub"] = "".into()),
    ("without an end", |token| {
        token
            .claims
            .as_object_mut()
            .expect("an object")
            .remove("exp");
    }),
    ("not good yet", |token| {
        let later = token.claims["iat"].as_u64().unwrap_or_default() + 3600;
        token.claims["nbf"] = later.into();
    }),
];

#[test]
fn a_bad_token_is_refused_in_the_standards_words() {
    for (name, change) in BAD {
        for kind in [Ask::script("/x"), Ask::navigation("/x"), Ask::form("/x")] {
            let site = Site::new(&[ON]);
            site.decide(&with(&kind, &token(&site)));
            // Keys were fetched a while ago, so that an unknown one is worth another look.
            site.world.pass(60);
            let mut token = token(&site);
            change(&mut token);
            let outcome = site.decide(&with(&kind, &token));
            assert_eq!(outcome.verdict(), "401", "{name} {kind:?}");
            let challenge = outcome.field("www-authenticate");
            assert_eq!(challenge, Some("Bearer error=\"invalid_token\""), "{name}");
            assert!(outcome.cookies().is_empty(), "{name}");
            assert!(
                outcome.body().starts_with('{'),
                "{name}: {}",
                outcome.body()
            );
        }
    }
}

#[test]
fn what_isnt_a_token_at_all_is_refused_the_same_way() {
    let site = Site::new(&[ON]);
    let good = token(&site).signed();
    let texts = [
        "anything".to_owned(),
        "a.b.c".to_owned(),
        format!("{good}x"),
        format!("{good} {good}"),
        format!("{good}, Bearer {good}"),
        "refresh_token_1".to_owned(),
        "x".repeat(70_000),
    ];
    for text in texts {
        let ask = Ask::script("/x").with("authorization", &format!("Bearer {text}"));
        let outcome = site.decide(&ask);
        assert_eq!(outcome.verdict(), "401");
        assert!(outcome.field("www-authenticate").is_some());
        assert!(!format!("{outcome:?}").contains(&good), "a token is shown");
    }
}

#[test]
fn on_a_public_path_it_is_nobodys() {
    let site = Site::new(&[ON, ("UNAUTHENTICATED_PATHS", "/open")]);
    let mut bad = token(&site);
    bad.claims["client_id"] = "client_other".into();
    let outcome = site.decide(&with(&Ask::script("/open"), &bad));
    assert_eq!(outcome.verdict(), "forwarded as false");
    assert_eq!(outcome.field("x-authkit-user-id"), None);
}

#[test]
fn the_log_says_why_and_not_what() {
    let site = Site::new(&[ON]);
    let mut bad = token(&site);
    bad.claims["client_id"] = "client_other".into();
    let outcome = site.decide(&with(&Ask::script("/x"), &bad));
    assert_eq!(outcome.note.reason, "invalid_bearer");
    let detail = outcome.note.detail.as_deref();
    assert_eq!(detail, Some("it was issued to another client"));
}
