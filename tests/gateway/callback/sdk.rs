//! A sign-in that the site's own SDK began comes back to our callback.

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use crate::support::{ADA, Browser, OTHER_PASSWORD, PASSWORD, SITE, Seen, Site, iron};

#[test]
fn a_sign_in_of_the_sites_own_sdk_keeps_its_path() {
    let own = |path: Value| json!({ "nonce": "n", "codeVerifier": "v", "returnPathname": path });
    let rows: [(&str, Value, &str); 8] = [
        ("a path", own("/dash?x=1#y".into()), "/dash?x=1#y"),
        ("another site", own("//evil.example".into()), "/home"),
        (
            "an absolute URL",
            own("https://evil.example/".into()),
            "/home",
        ),
        ("our own", own("/login".into()), "/home"),
        ("our callback", own("/callback?code=x".into()), "/home"),
        ("no text", own(7.into()), "/home"),
        ("nothing", json!({}), "/home"),
        ("no object", json!("/dash"), "/home"),
    ];
    for (name, payload, landing) in rows {
        let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
        check_sdk(name, &site, &iron(&site, &payload), landing);
    }
    let sealed = iron(&Site::new(&[]), &own("/dash".into()));
    let refusing = Site::new(&[("RETURN_PATHNAME", "/home"), ("ACCEPT_IRON", "false")]);
    check_sdk("switched off", &refusing, &sealed, "/home");
    let other = [
        ("RETURN_PATHNAME", "/home"),
        ("WORKOS_COOKIE_PASSWORD", OTHER_PASSWORD),
    ];
    check_sdk("another password", &Site::new(&other), &sealed, "/home");
    let previous = ("WORKOS_COOKIE_PASSWORD_PREVIOUS", PASSWORD);
    let rotated = Site::new(&[other[0], other[1], previous]);
    check_sdk("the previous password", &rotated, &sealed, "/dash");
}

#[track_caller]
fn check_sdk(name: &str, site: &Site, state: &str, landing: &str) {
    let mut query = Serializer::new(String::new());
    let query = query.append_pair("code", "x").append_pair("state", state);
    let target = format!("/callback?{}", query.finish());
    let landed = Browser::default().sign_in(site, &target, ADA);
    assert_eq!(
        landed.verdict(),
        format!("303 to {SITE}{landing}"),
        "{name}"
    );
}
