//! Where a sign-in may end: on this site, and not where it would begin again.

use authkit_gateway::seal::Purpose;

use crate::support::{ADA, Browser, SITE, Seen, Site, opened, resealed};

#[test]
fn login_takes_paths_on_this_site_alone() {
    let kept = [
        "/",
        "/a",
        "/a/b?c=d&e=%2F#f",
        "/a//b",
        "/loginx",
        "/login/help",
        "/x:y",
    ];
    let refused = [
        "",
        "a",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "https://evil.example",
        "https://app.example.com/a",
        "javascript:alert(1)",
        "/a/../../b",
        "/%2e%2e/b",
        "/%2f/evil.example",
        "/\tevil",
        "/a b",
        "/a\r\nset-cookie: x=y",
        "/login",
        "/login?return_to=/login",
        "/signup",
        "/logout",
        "/callback?code=x",
        "/auth/session",
        "/auth/health",
    ];
    for path in kept {
        check(path, path);
    }
    for path in refused {
        check(path, "/home");
    }
}

#[test]
fn a_repeated_return_to_is_not_guessed_at() {
    let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
    let landed = Browser::default().sign_in(&site, "/login?return_to=/a&return_to=/b", ADA);
    assert_eq!(landed.verdict(), format!("303 to {SITE}/home"));
}

#[test]
fn a_sealed_return_path_is_judged_once_more() {
    for evil in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "",
        "/a/../..",
    ] {
        let site = Site::new(&[]);
        let mut browser = Browser::default();
        let sent = browser.go(&site, "/deep");
        let name = browser.flows()[0].to_owned();
        let text = browser.cookie(&name).expect("a flow").to_owned();
        let mut payload = opened(&site, Purpose::Flow, &name, &text);
        payload["returnTo"] = evil.into();
        browser.plant(&name, &resealed(&site, Purpose::Flow, &name, &payload));
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        assert_eq!(
            browser.go(&site, &callback).verdict(),
            format!("303 to {SITE}/"),
            "{evil}"
        );
    }
}

#[test]
fn a_changed_flow_is_no_flow() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let sent = browser.go(&site, "/deep");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    let name = browser.flows()[0].to_owned();
    let text = browser.cookie(&name).expect("a flow").to_owned();
    let (front, last) = text.split_at(text.len() - 1);
    let changed = format!("{front}{}", if last == "A" { "B" } else { "A" });
    browser.plant(&name, &changed);
    let restarted = browser.go(&site, &callback);
    assert_eq!(restarted.note.reason, "sign_in_restarts");
    assert!(restarted.query()["state"].starts_with("1."));
    assert_eq!(site.world.workos.exchanges(), 0);
    browser.plant(&name, &text);
    assert_eq!(browser.go(&site, &callback).note.reason, "signed_in");
}

#[test]
fn a_callback_takes_no_return_path_from_its_url() {
    let site = Site::new(&[]);
    let mut browser = Browser::default();
    let sent = browser.go(&site, "/deep");
    let callback = site.world.workos.sign_in(sent.location(), ADA);
    let landed = browser.go(
        &site,
        &format!("{callback}&return_to=//evil.example&redirect=/x"),
    );
    assert_eq!(landed.verdict(), format!("303 to {SITE}/deep"));
}

#[track_caller]
fn check(return_to: &str, expected: &str) {
    let site = Site::new(&[("RETURN_PATHNAME", "/home")]);
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    let target = format!(
        "/login?{}",
        query.append_pair("return_to", return_to).finish()
    );
    let landed = Browser::default().sign_in(&site, &target, ADA);
    assert_eq!(
        landed.verdict(),
        format!("303 to {SITE}{expected}"),
        "{return_to}"
    );
}
