//! AuthKit refuses, or the code can't be exchanged.

use authkit_gateway::log::LogLevel;

use super::{Code, Coming, SIGNED_IN, check};
use crate::support::{Fault, Seen};

#[test]
fn authkit_may_say_no() {
    let rows = [
        ("access_denied", ("403", "access_denied")),
        ("server_error", ("400", "sign_in_refused")),
        ("%3Cscript%3E", ("400", "sign_in_refused")),
    ];
    for (error, expected) in rows {
        let query = format!("error={error}&error_description=%3Csvg%3E&state=STATE");
        check(error, |coming| coming.with(&query), expected, Code::None);
    }
}

#[test]
fn a_refusal_repeats_nothing_of_the_request() {
    let coming = Coming::back();
    let state = coming.value("state");
    let ask = coming.with(
        "error=%3Cb%3Eboom&error_description=%3Csvg/onload=alert(1)%3E\
         &error_uri=javascript:alert(1)&state=STATE",
    );
    let outcome = coming.site.decide(&coming.browser.dress(&ask));
    for text in ["boom", "svg/onload", "javascript:", &state] {
        assert!(!outcome.body().contains(text), "{text}");
    }
    assert!(
        outcome
            .field("content-security-policy")
            .is_some_and(|csp| csp.contains("'none'"))
    );
    assert!(
        outcome.body().contains("/login?return_to=%2Fdeep"),
        "the way to try again"
    );
}

#[test]
fn the_exchange_may_fail() {
    let refused = ("400", "code_refused");
    let unavailable = ("502", "sign_in_unavailable");
    let step_up = ("302 to AuthKit", "step_up");
    let rows = [
        ("network", Fault::Network, unavailable, Code::SpentMaybe),
        ("timeout", Fault::Timeout, unavailable, Code::SpentMaybe),
        (
            "lost reply",
            Fault::LostReply,
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "500",
            Fault::Answer(500, "oops"),
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "429",
            Fault::Later(429, "{}"),
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "a page",
            Fault::Answer(200, "<html>"),
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "a redirect",
            Fault::Answer(302, ""),
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "our key",
            Fault::Answer(401, r#"{"error":"invalid_client"}"#),
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "no such thing",
            Fault::Answer(404, "{}"),
            unavailable,
            Code::SpentMaybe,
        ),
        (
            "used up",
            Fault::Answer(400, r#"{"error":"invalid_grant"}"#),
            refused,
            Code::Spent,
        ),
        (
            "mfa",
            Fault::Answer(403, r#"{"code":"mfa_enrollment"}"#),
            step_up,
            Code::SpentAndRestarted,
        ),
        (
            "sso",
            Fault::Answer(403, r#"{"error":"sso_required"}"#),
            step_up,
            Code::SpentAndRestarted,
        ),
    ];
    for (name, fault, expected, code) in rows {
        let fails = |coming: &mut Coming| {
            coming.site.world.workos.tokens.once(fault.clone());
            coming.plain()
        };
        check(name, fails, expected, code);
    }
}

#[test]
fn our_own_mistakes_are_loud() {
    for (status, body) in [(401, r#"{"error":"invalid_client"}"#), (403, ""), (404, "")] {
        let mut coming = Coming::back();
        coming
            .site
            .world
            .workos
            .tokens
            .once(Fault::Answer(status, body));
        let outcome = coming.browser.go(&coming.site, coming.callback.as_str());
        assert_eq!(outcome.note.level, LogLevel::Error, "{status}");
        let detail = outcome.note.detail.expect("what to look at");
        assert!(detail.contains("WORKOS_API_KEY"), "{detail}");
    }
}

#[test]
fn after_an_outage_the_same_callback_still_works() {
    let mut coming = Coming::back();
    coming.site.world.workos.tokens.once(Fault::Network);
    coming.browser.go(&coming.site, coming.callback.as_str());
    let again = coming.browser.go(&coming.site, coming.callback.as_str());
    assert_eq!((again.verdict().as_str(), again.note.reason), SIGNED_IN);
}

#[test]
fn without_randomness_no_code_is_spent() {
    let mut coming = Coming::back();
    coming.site.world.randomness.set(0);
    let outcome = coming.browser.go(&coming.site, coming.callback.as_str());
    assert_eq!(outcome.verdict(), "502");
    coming.site.world.randomness.set(u32::MAX);
    let again = coming.browser.go(&coming.site, coming.callback.as_str());
    assert_eq!((again.verdict().as_str(), again.note.reason), SIGNED_IN);
}
