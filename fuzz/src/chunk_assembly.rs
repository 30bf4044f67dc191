//! Chunks: whatever a browser keeps of two writes, in whatever order, no session is put together
//! of both.

use authkit_gateway::cookie::{SetCookie, pairs as pairs_of};
use authkit_gateway::session::{Session, Standing};
use authkit_gateway::token::AccessToken;
use authkit_gateway::workos::RefreshToken;
use serde_json::json;

use super::site::{HOST, config};
use super::world::{NOW, World};

/// The input says, a byte each, which cookie of two sessions comes next; from 128 on the byte is
/// a letter in the `Cookie` field itself.
pub fn target(data: &[u8]) {
    let (config, world) = (config(&[]), World::new());
    let (cookie, keyring) = (&config.session_cookie, &config.keyring);
    let mut written = Vec::new();
    for (letter, size) in [("a", 6000), ("b", 9000)] {
        let cookies = cookie.write(&session(letter, size), "", keyring, HOST, &world);
        written.extend(cookies.expect("they fit"));
        world
            .clock
            .set(world.clock.get() + std::time::Duration::from_secs(1));
    }
    let pairs: Vec<&str> = written.iter().filter_map(SetCookie::pair).collect();
    let mut field = String::new();
    for byte in data.iter().take(256) {
        match byte {
            128.. => field.push(char::from(byte & 0x7f)),
            _ => {
                field.push_str("; ");
                field.push_str(pairs[usize::from(*byte) % pairs.len()]);
            }
        }
    }
    for text in cookie.candidates(pairs_of(&field)) {
        let Some(sealed) = cookie.open(&text, keyring, HOST, NOW) else {
            continue;
        };
        let session = sealed.session;
        let letter = session.user_id();
        let tokens = [
            session.access_token.secret(),
            session.refresh_token.secret(),
        ];
        assert!(
            tokens
                .iter()
                .all(|token| token.bytes().all(|byte| [byte] == letter.as_bytes()))
        );
    }
    let all = format!("{field}; {}", pairs.join("; "));
    let read = cookie.candidates(pairs_of(&all));
    assert!(read.len() <= 9);
}

fn session(letter: &str, size: usize) -> Session {
    let user = json!({ "id": letter });
    Session {
        access_token: AccessToken::new(letter.repeat(size)),
        refresh_token: RefreshToken::new(letter.repeat(20)),
        user: user.as_object().cloned().unwrap_or_default(),
        impersonator: None,
        authentication_method: None,
        standing: Standing::Verified,
    }
}
