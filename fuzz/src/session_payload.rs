//! What a seal holds: a session, or nothing; and a session is sealed again as it was.

use authkit_gateway::cookie::{SetCookie, pairs as pairs_of};
use authkit_gateway::seal::{Place, Purpose, SealedBy};
use authkit_gateway::session::Standing;
use authkit_gateway::session_cookie::{Sealed, Sealing};
use serde_json::Value;

use super::site::{HOST, SESSION, config};
use super::world::{NOW, World};

/// The input is what was sealed.
pub fn target(data: &[u8]) {
    let (config, world) = (config(&[]), World::new());
    let (cookie, keyring) = (&config.session_cookie, &config.keyring);
    let place = Place {
        purpose: Purpose::Session,
        cookie: SESSION,
        host: HOST,
    };
    let text = keyring.seal(data, place, &world).expect("random bytes");
    let Some(Sealed {
        session,
        by,
        sealing,
        ..
    }) = cookie.open(&text, keyring, HOST, NOW)
    else {
        return;
    };
    assert_eq!((by, sealing), (SealedBy::Current, Sealing::Gcm));
    // What nobody looks at may be no text, or half a character.
    let json = String::from_utf8_lossy(data);
    let Ok(json) = serde_json::from_str::<Value>(&json) else {
        let whole = json.replace(r"\ud", r"\u0").replace(r"\uD", r"\u0");
        let read: Result<Value, _> = serde_json::from_str(&whole);
        read.expect("only JSON is a session");
        return;
    };
    assert_eq!(json["user"]["id"], session.user_id());
    assert!(!session.user_id().is_empty());
    let told = format!("{session:?}");
    for token in [
        session.access_token.secret(),
        session.refresh_token.secret(),
    ] {
        assert!(token.len() < 12 || !told.contains(token) || told_elsewhere(&json, token));
    }
    let iron = cookie.iron.seal(data, &world).expect("random bytes");
    if let Some(sealed) = cookie.open(&iron, keyring, HOST, NOW) {
        assert_eq!(
            sealed.session.standing,
            Standing::Unverified,
            "nobody vouches for it"
        );
    }
    let Ok(cookies) = cookie.write(&session, "", keyring, HOST, &world) else {
        return;
    };
    assert!(cookies.iter().all(|cookie| cookie.as_str().len() <= 4096));
    let pairs: Vec<&str> = cookies.iter().filter_map(SetCookie::pair).collect();
    let field = pairs.join("; ");
    let candidates = cookie.candidates(pairs_of(&field));
    let again = candidates
        .iter()
        .find_map(|text| cookie.open(text, keyring, HOST, NOW));
    let again = again.expect("what was written is read").session;
    assert_eq!(again.access_token, session.access_token);
    assert_eq!(again.refresh_token, session.refresh_token);
    assert_eq!(again.user_id(), session.user_id());
    assert_eq!(again.standing, session.standing);
}

/// The user's own fields aren't secret: a token may be repeated there.
fn told_elsewhere(json: &Value, token: &str) -> bool {
    ["user", "impersonator", "authenticationMethod"]
        .iter()
        .any(|name| {
            json[name].to_string().contains(token) || format!("{:?}", json[name]).contains(token)
        })
}
