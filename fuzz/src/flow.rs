//! Sign-ins under way: a callback belongs to none but the one that is sealed, and ends on this site.

use authkit_gateway::cookie::SameSite;
use authkit_gateway::flow::{FlowCookie, NoFlow, restarts};
use authkit_gateway::seal::{Keyring, Place, Purpose};
use serde_json::Value;

use super::return_to::check;
use super::site::{HOST, PASSWORD};
use super::world::{NOW, World};

const COOKIE: FlowCookie = FlowCookie {
    secure: true,
    same_site: SameSite::Lax,
};

/// The input is a `state`, and on the next line what is sealed in the cookie it names.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (state, payload) = text.split_once('\n').unwrap_or((text, ""));
    let (keyring, world) = (Keyring::new(PASSWORD, None), World::new());
    assert!(
        COOKIE.find(state, text, &keyring, HOST, NOW).is_err(),
        "nobody knows the password"
    );
    let Some(removal) = COOKIE.remove(state) else {
        assert_eq!(restarts(state), None);
        return;
    };
    let place = Place {
        purpose: Purpose::Flow,
        cookie: removal.name(),
        host: HOST,
    };
    let sealed = keyring
        .seal(payload.as_bytes(), place, &world)
        .expect("random bytes");
    let field = format!("{}={sealed}", removal.name());
    let json: Value = serde_json::from_str(payload).unwrap_or_default();
    match COOKIE.find(state, &field, &keyring, HOST, NOW) {
        Ok(flow) => {
            assert_eq!(json["state"], state);
            assert_eq!(json["codeVerifier"], flow.code_verifier().secret());
            let age = NOW.0.abs_diff(json["issuedAt"].as_u64().expect("a number"));
            assert!(age < 600, "{age}");
            check(flow.return_to());
            check(&flow.landing());
        }
        Err(NoFlow::Expired(landing)) => {
            assert_eq!(json["state"], state);
            check(&landing);
        }
        Err(NoFlow::Unknown) => {}
    }
}
