//! Seals of AuthKit's SDKs: nobody makes one, and nobody changes one.

use authkit_gateway::iron::IronKeyring;

use super::site::PASSWORD;
use super::world::{NOW, World};

/// The input is a sealed text of anybody's making; and changes to one of ours, two bytes each:
/// where, and to what.
pub fn target(data: &[u8]) {
    let keyring = IronKeyring::new(PASSWORD, None);
    if let Ok(text) = std::str::from_utf8(data) {
        assert!(
            keyring.open(text, NOW).is_err(),
            "nobody knows the password"
        );
    }
    let world = World::new();
    let sealed = keyring.seal(b"{\"a\":1}", &world).expect("random bytes");
    let mut bytes = sealed.clone().into_bytes();
    for change in data.chunks_exact(2) {
        let at = (usize::from(change[0]) * 2) % bytes.len();
        bytes[at] = change[1] & 0x7f;
    }
    let changed = String::from_utf8(bytes).expect("ASCII");
    assert_eq!(keyring.open(&changed, NOW).is_ok(), changed == sealed);
    // What is longer than a cookie isn't opened.
    if data.len() < 4096 {
        let sealed = keyring.seal(data, &world).expect("random bytes");
        assert_eq!(keyring.open(&sealed, NOW).expect("ours").plaintext, data);
    }
}
