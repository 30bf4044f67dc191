//! Seals: what was sealed comes back, in its place, unless a byte of it was changed.

use proptest::prelude::*;

use authkit_gateway::seal::{Place, Purpose};

use crate::support::Site;

fn place() -> impl Strategy<Value = (Purpose, String, String)> {
    let purposes = [
        Purpose::Coordinator,
        Purpose::Flow,
        Purpose::Keys,
        Purpose::Pending,
        Purpose::Session,
        Purpose::SignedOut,
    ];
    // Short names, so that two are often alike, or alike when they are put together.
    (
        prop::sample::select(purposes.to_vec()),
        "[ab]{0,2}",
        "[ab]{0,2}",
    )
}

fn at(place: &(Purpose, String, String)) -> Place<'_> {
    let (purpose, cookie, host) = place;
    Place {
        purpose: *purpose,
        cookie,
        host,
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 256,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn a_seal_opens_in_its_own_place_alone(
        plaintext in prop::collection::vec(any::<u8>(), 0..600),
        (own, other) in (place(), place()),
    ) {
        let site = Site::new(&[]);
        let keyring = &site.gateway.config.keyring;
        let text = keyring.seal(&plaintext, at(&own), &site.world).expect("random bytes");
        let opened = keyring.open(&text, at(&own)).map(|opened| opened.plaintext);
        prop_assert_eq!(opened.as_ref(), Ok(&plaintext));
        prop_assert_eq!(keyring.open(&text, at(&other)).is_ok(), own == other);
    }

    #[test]
    fn a_changed_seal_opens_nowhere(
        plaintext in prop::collection::vec(any::<u8>(), 0..60),
        position in any::<prop::sample::Index>(),
        byte in b'!'..=b'~',
    ) {
        let site = Site::new(&[]);
        let own = (Purpose::Session, "wos-session".to_owned(), String::new());
        let (keyring, iron) = (&site.gateway.config.keyring, &site.gateway.config.session_cookie.iron);
        let ours = keyring.seal(&plaintext, at(&own), &site.world).expect("random bytes");
        let changed = with(&ours, position, byte);
        prop_assert_eq!(keyring.open(&changed, at(&own)).is_ok(), changed == ours);
        let sdks = iron.seal(&plaintext, &site.world).expect("random bytes");
        let changed = with(&sdks, position, byte);
        prop_assert_eq!(iron.open(&changed, site.now()).is_ok(), changed == sdks);
        let opened = iron.open(&sdks, site.now()).map(|opened| opened.plaintext);
        prop_assert_eq!(opened, Ok(plaintext));
    }
}

fn with(text: &str, position: prop::sample::Index, byte: u8) -> String {
    let mut bytes = text.as_bytes().to_vec();
    let position = position.index(bytes.len());
    bytes[position] = byte;
    String::from_utf8(bytes).expect("ASCII")
}
