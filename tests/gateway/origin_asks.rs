//! The origin answers that it wants somebody signed in: what follows depends on what it was told.

use authkit_gateway::decision::{Decision, Outcome, Told};

use crate::support::{ADA, Ask, Browser, Fault, LIFETIME, Seen, Site};

/// Decides a request, lets the origin ask, and returns what the visitor gets.
fn asked(site: &Site, ask: &Ask) -> Option<Outcome> {
    let outcome = site.decide(ask);
    let Decision::Forward(forward) = &outcome.decision else {
        panic!("{}", outcome.verdict());
    };
    let head = ask.head();
    site.gateway
        .ensure_signed_in(forward.told, &head, &site.world)
}

#[test]
fn nobody_is_sent_to_sign_in_and_back() {
    let variables = [
        ("UNAUTHENTICATED_PATHS", "/open/:path*"),
        ("SIGN_UP_PATHS", "/open/trial"),
    ];
    for (path, hint) in [("/open/deep?x=1", None), ("/open/trial", Some("sign-up"))] {
        let site = Site::new(&variables);
        let mut browser = Browser::default();
        let sent = asked(&site, &Ask::navigation(path)).expect("it was told");
        assert_eq!(sent.verdict(), "302 to AuthKit");
        assert_eq!(sent.note.reason, "origin_asks");
        let query = sent.query();
        assert_eq!(query.get("screen_hint").map(String::as_str), hint);
        browser.keep(&sent);
        let callback = site.world.workos.sign_in(sent.location(), ADA);
        let landed = browser.go(&site, &callback);
        assert_eq!(
            landed.verdict(),
            format!("303 to https://app.example.com{path}")
        );
    }
}

#[test]
fn what_it_was_told_decides() {
    let navigation = || Ask::navigation("/open");
    let rows = [
        (
            "anonymous page",
            Told::Anonymous,
            navigation(),
            Some("302 to AuthKit"),
        ),
        (
            "anonymous script",
            Told::Anonymous,
            Ask::script("/open"),
            Some("401"),
        ),
        (
            "anonymous form",
            Told::Anonymous,
            Ask::form("/open"),
            Some("401"),
        ),
        (
            "anonymous prefetch",
            Told::Anonymous,
            Ask::prefetch("/open"),
            Some("401"),
        ),
        ("unknown page", Told::Unknown, navigation(), Some("503")),
        (
            "unknown script",
            Told::Unknown,
            Ask::script("/open"),
            Some("503"),
        ),
        ("signed-in page", Told::SignedIn, navigation(), Some("403")),
        (
            "signed-in script",
            Told::SignedIn,
            Ask::script("/open"),
            Some("403"),
        ),
        ("nothing page", Told::Nothing, navigation(), None),
        ("nothing script", Told::Nothing, Ask::script("/open"), None),
    ];
    let site = Site::new(&[("MIDDLEWARE_AUTH", "false")]);
    for (name, told, ask, expected) in rows {
        let head = ask.head();
        let outcome = site.gateway.ensure_signed_in(told, &head, &site.world);
        let verdict = outcome.as_ref().map(Seen::verdict);
        assert_eq!(verdict.as_deref(), expected, "{name}");
        let Some(outcome) = outcome else { continue };
        let begins = expected == Some("302 to AuthKit");
        assert_eq!(outcome.cookies().len(), usize::from(begins), "{name}");
        let waits = outcome.field("retry-after");
        assert_eq!(waits.is_some(), expected == Some("503"), "{name}");
    }
}

#[test]
fn it_is_told_what_is_so() {
    let site = Site::new(&[("MATCHER", "/app"), ("MIDDLEWARE_AUTH", "false")]);
    let mut browser = Browser::signed_in(&site, ADA);
    let told = |outcome: &Outcome| match &outcome.decision {
        Decision::Forward(forward) => forward.told,
        Decision::Answer(_) | Decision::Redirect(_) => panic!("{}", outcome.verdict()),
    };
    let nobody = site.decide(&Ask::navigation("/app"));
    assert_eq!(told(&nobody), Told::Anonymous);
    assert_eq!(told(&browser.go(&site, "/app")), Told::SignedIn);
    assert_eq!(told(&browser.go(&site, "/other")), Told::Nothing);
    site.world.pass(LIFETIME);
    site.world.workos.tokens.always(Fault::Network);
    assert_eq!(told(&browser.go(&site, "/app")), Told::Unknown);
    let ask = browser.dress(&Ask::navigation("/app"));
    let outage = asked(&site, &ask).expect("it was told");
    assert_eq!(
        outage.verdict(),
        "503",
        "nobody is sent to a WorkOS that is down"
    );
}

#[test]
fn a_host_that_isnt_served_gets_nothing() {
    let site = Site::new(&[]);
    let ask = Ask::navigation("https://evil.example/");
    let head = ask.head();
    let outcome = site
        .gateway
        .ensure_signed_in(Told::Anonymous, &head, &site.world);
    assert!(outcome.is_none());
}
