//! Seals: nobody makes one, and nobody changes one.

use authkit_gateway::seal::{Keyring, Place, Purpose};

use super::site::{HOST, PASSWORD, SESSION};
use super::world::World;

const PLACE: Place<'_> = Place {
    purpose: Purpose::Session,
    cookie: SESSION,
    host: HOST,
};

/// The input is a sealed text of anybody's making; and changes to one of ours, two bytes each:
/// where, and to what.
pub fn target(data: &[u8]) {
    let keyring = Keyring::new(PASSWORD, None);
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(
            keyring.open(text, PLACE).is_err(),
            "nobody knows the password"
        );
    }
    let world = World::new();
    let sealed = keyring
        .seal(b"{\"a\":1}", PLACE, &world)
        .expect("random bytes");
    let mut bytes = sealed.clone().into_bytes();
    for change in data.chunks_exact(2) {
        let at = usize::from(change[0]) % bytes.len();
        bytes[at] = change[1] & 0x7f;
    }
    let changed = String::from_utf8(bytes).expect("ASCII");
    assert_eq!(keyring.open(&changed, PLACE).is_ok(), changed == sealed);
    let sealed = keyring.seal(data, PLACE, &world).expect("random bytes");
    // What is longer than any cookie isn't opened.
    if data.len() < 16 * 1024 {
        assert_eq!(keyring.open(&sealed, PLACE).expect("ours").plaintext, data);
    }
    let other = Place {
        purpose: Purpose::Flow,
        ..PLACE
    };
    assert!(keyring.open(&sealed, other).is_err());
}
