//! The coordinator, or WorkOS behind it, is in trouble.

use authkit_gateway::coordinator::{Coordinator, Storage, reply};

use super::{coordinated, decide_among};
use crate::support::{Ask, Fault, Rotation, SESSION, Seen, interleave};

#[test]
fn without_its_answer_the_gateway_carries_on_by_itself() {
    let (site, mut browser) = coordinated();
    site.world.shared.has_coordinators.set(false);
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "forwarded as true");
    assert_eq!(page.note.refresh, Some("renewed"));
    assert_eq!(site.world.workos.refreshes(), 1);
    let signed_out = browser.send(&site, &Ask::form("/logout"));
    assert!(signed_out.verdict().starts_with("303"));
    assert!(site.world.shared.desks().is_empty());
}

#[test]
fn a_failure_is_not_kept() {
    let rows = [
        (Fault::Answer(500, ""), "503"),
        (Fault::Answer(401, "{}"), "503"),
        (Fault::Answer(200, "<html>"), "503"),
        (Fault::Network, "503"),
        (Fault::Timeout, "503"),
        (Fault::Later(429, ""), "503"),
        (
            Fault::Answer(400, r#"{"error":"invalid_grant"}"#),
            "302 to AuthKit",
        ),
        (
            Fault::Answer(403, r#"{"code":"mfa_enrollment"}"#),
            "302 to AuthKit",
        ),
    ];
    for (fault, verdict) in rows {
        let (mut site, mut browser) = coordinated();
        site.world.workos.tokens.always(fault.clone());
        assert_eq!(browser.go(&site, "/").verdict(), verdict, "{fault:?}");
        for desk in site.world.shared.desks() {
            assert!(desk.kept.borrow().is_empty(), "{fault:?}");
        }
        site.world.workos.tokens.end();
        site.restart();
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{fault:?}");
    }
}

#[test]
fn a_lost_reply_is_asked_for_again_by_one_isolate_after_the_other() {
    for seed in 0..8 {
        let (site, browser) = coordinated();
        site.world.workos.rotation.set(Rotation::Replayed);
        site.world.workos.tokens.once(Fault::LostReply);
        let asks = vec![browser.dress(&Ask::navigation("/")); 12];
        for outcome in decide_among(4, &site, &asks, seed) {
            assert_eq!(outcome.verdict(), "forwarded as true", "{seed}");
            assert!(outcome.cookie(SESSION).is_some(), "{seed}");
        }
        assert_eq!(site.world.workos.refreshes(), 2, "{seed}");
    }
}

#[test]
fn what_retry_after_says_reaches_the_visitor() {
    let (site, mut browser) = coordinated();
    site.world.workos.tokens.always(Fault::Later(429, "{}"));
    let page = browser.go(&site, "/");
    assert_eq!(page.verdict(), "503");
    let wait: u64 = page
        .field("retry-after")
        .and_then(|text| text.parse().ok())
        .expect("seconds");
    assert!((7..=11).contains(&wait), "{wait}");
    assert_eq!(site.world.workos.refreshes(), 1);
}

/// A storage that is never asked anything.
struct Unasked;

impl Storage for Unasked {
    async fn get(&self, name: &str) -> Option<String> {
        panic!("{name} is looked for")
    }

    async fn put(&self, name: &str, _: String, _: u64) {
        panic!("{name} is kept")
    }
}

#[test]
fn the_wrong_errand_comes_to_nothing() {
    let errands = [
        "",
        "hello",
        "null",
        "[]",
        "{}",
        r#"{"errand":"unheard-of"}"#,
        r#"{"errand":"refresh"}"#,
        r#"{"errand":"refresh","refresh_token":7,"organization_id":null}"#,
        r#"{"errand":"Refresh","refresh_token":"x","organization_id":null}"#,
    ];
    let (site, _) = coordinated();
    let api = &site.gateway.config.api;
    let asked = site.world.workos.calls.borrow().len();
    for errand in errands {
        let coordinator = Coordinator::default();
        let answer = coordinator.answer(errand, api, &Unasked, &site.world);
        assert_eq!(interleave(&site.world, vec![answer], 0), [None], "{errand}");
    }
    assert_eq!(site.world.workos.calls.borrow().len(), asked);
    for text in [
        "",
        "{}",
        "null",
        r#"{"status":"200"}"#,
        r#"{"status":70000}"#,
    ] {
        assert!(reply(text).is_none(), "{text}");
    }
}
