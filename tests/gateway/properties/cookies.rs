//! The session's cookies against a browser that keeps a table: what was written last is what is
//! read, however large it is and whatever was there before.

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde_json::json;

use authkit_gateway::cookie::{SetCookie, pairs};
use authkit_gateway::session::{Session, Standing};
use authkit_gateway::token::AccessToken;
use authkit_gateway::workos::RefreshToken;

use crate::support::Site;

const HOST: &str = "app.example.com";

#[derive(Clone, Debug)]
enum Step {
    /// The browser drops a cookie, as browsers do without a word.
    Lose(prop::sample::Index),
    Remove,
    Write {
        token: usize,
        metadata: usize,
    },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        1 => any::<prop::sample::Index>().prop_map(Step::Lose),
        1 => Just(Step::Remove),
        4 => (1_usize..11_000, prop::sample::select(vec![0_usize, 10, 3000]))
            .prop_map(|(token, metadata)| Step::Write { token, metadata }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 128,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_was_written_last_is_read(steps in prop::collection::vec(step(), 1..8)) {
        let site = Site::new(&[]);
        let config = &site.gateway.config;
        let (cookie, keyring) = (&config.session_cookie, &config.keyring);
        let mut jar = BTreeMap::from([("other".to_owned(), "1".to_owned())]);
        let mut written: Option<Session> = None;
        for (number, step) in steps.into_iter().enumerate() {
            site.world.pass(1);
            match step {
                Step::Lose(index) => {
                    let ours: Vec<String> = jar.keys().filter(|name| *name != "other").cloned().collect();
                    if let Some(name) = ours.get(index.index(ours.len().max(1))) {
                        jar.remove(name);
                        written = None;
                    }
                }
                Step::Remove => {
                    let cookies = cookie.remove(&field(&jar));
                    keep(&mut jar, &cookies);
                    written = None;
                    prop_assert_eq!(jar.len(), 1, "{:?}", jar.keys());
                }
                Step::Write { token, metadata } => {
                    let session = session(number, token, metadata);
                    let cookies = cookie.write(&session, &field(&jar), keyring, HOST, &site.world);
                    keep(&mut jar, &cookies.expect("it fits"));
                    written = Some(session);
                }
            }
            let field = field(&jar);
            let opened: Vec<Session> = cookie
                .candidates(pairs(&field))
                .iter()
                .filter_map(|text| cookie.open(text, keyring, HOST, site.now()))
                .map(|sealed| sealed.session)
                .collect();
            let read: Vec<&str> = opened.iter().map(|one| one.access_token.secret()).collect();
            let expected: Vec<&str> = written.iter().map(|one| one.access_token.secret()).collect();
            prop_assert!(read == expected, "{} read, {} written", read.len(), expected.len());
            prop_assert_eq!(jar.get("other").map(String::as_str), Some("1"));
        }
    }
}

fn session(number: usize, token: usize, metadata: usize) -> Session {
    let user = json!({ "id": "user_1", "metadata": "m".repeat(metadata) });
    Session {
        access_token: AccessToken::new(format!("{number}.{}", "t".repeat(token))),
        refresh_token: RefreshToken::new("refresh".to_owned()),
        user: user.as_object().cloned().expect("an object"),
        impersonator: None,
        authentication_method: None,
        standing: Standing::Verified,
    }
}

fn keep(jar: &mut BTreeMap<String, String>, cookies: &[SetCookie]) {
    for cookie in cookies {
        assert!(cookie.as_str().len() <= 4096, "a browser would drop it");
        match cookie.pair().and_then(|pair| pair.split_once('=')) {
            Some((name, value)) => jar.insert(name.to_owned(), value.to_owned()),
            None => jar.remove(cookie.name()),
        };
    }
}

fn field(jar: &BTreeMap<String, String>) -> String {
    let pairs: Vec<String> = jar
        .iter()
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    pairs.join("; ")
}
