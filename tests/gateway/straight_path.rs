//! A visitor signs in and arrives: nothing goes wrong.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::support::browser::Browser;
use crate::support::request::{Ask, SITE};
use crate::support::seen::Seen;
use crate::support::site::{SESSION, Site};
use crate::support::workos::{ADA, BOB, Call};

#[test]
fn a_deep_link_survives_the_sign_in() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let landed = browser.sign_in(&site, "/reports/7?tab=a%20b&x=%2F", ADA);
    assert_eq!(
        landed.verdict(),
        format!("303 to {SITE}/reports/7?tab=a%20b&x=%2F")
    );
    assert_eq!(browser.flows(), [""; 0], "the flow's cookie is gone");
    let page = browser.go(&site, "/reports/7?tab=a%20b&x=%2F");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.field("x-authkit-user-id"), Some(ADA.id));
    assert_eq!(page.field("x-authkit-user-email"), Some(ADA.email));
    assert!(
        page.cookies().is_empty(),
        "nothing changed, so nothing is written"
    );
}
