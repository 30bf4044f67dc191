//! A session whose access token soon runs out: new tokens come along, whatever becomes of it nobody
//! notices.

mod due;
mod failure;
mod first;

use std::pin::Pin;
use std::time::Duration;

use authkit_gateway::decision::{Decision, Outcome};
use authkit_gateway::outside::Outside;

use crate::support::{
    ADA, Ask, BOB, Browser, Fault, LIFETIME, Rotation, SESSION, Seen, Site, interleave,
};

/// Seconds within which any session's token of the usual lifetime is due.
const DUE: u64 = 20;

/// A browser whose session is worth renewing.
fn near(variables: &[(&str, &str)]) -> (Site, Browser) {
    let site = Site::new(variables);
    let browser = Browser::signed_in(&site, BOB);
    site.world.pass(LIFETIME - DUE);
    (site, browser)
}

/// Decides a request at some time, in milliseconds from now; returns how long it took, too.
async fn served_after(wait: u64, site: &Site, ask: &Ask) -> (Outcome, u64) {
    site.world.sleep(Duration::from_millis(wait)).await;
    let began = site.world.milliseconds();
    let mut outcome = site.gateway.decide(&ask.head(), &site.world).await;
    if let Decision::Forward(forward) = &mut outcome.decision
        && let Some(renewal) = forward.ahead.take()
        && let Some(renewed) = site.gateway.renew_ahead(&renewal, &site.world).await
    {
        outcome.learn(renewed);
    }
    (outcome, site.world.milliseconds() - began)
}

#[test]
fn the_answer_brings_the_new_cookie_and_later_requests_use_it() {
    for rotation in [Rotation::None, Rotation::Replayed, Rotation::Strict] {
        let (site, mut browser) = near(&[]);
        site.world.workos.rotation.set(rotation);
        let before = browser.session().to_owned();
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{rotation:?}");
        assert_eq!(page.note.refresh, Some("renewed"), "{rotation:?}");
        assert_ne!(browser.session(), before);
        site.world.pass(DUE + 1);
        let later = browser.go(&site, "/");
        assert_eq!(later.verdict(), "forwarded as true", "{rotation:?}");
        assert_eq!(later.field("x-authkit-organization-id"), Some("org_acme"));
        assert!(later.cookies().is_empty(), "{rotation:?}");
        assert_eq!(site.world.workos.refreshes(), 1, "{rotation:?}");
    }
}

#[test]
fn the_old_cookie_is_given_the_same_new_one_again() {
    let (site, mut browser) = near(&[]);
    site.world.workos.rotation.set(Rotation::Strict);
    let late = browser.dress(&Ask::script("/data"));
    browser.go(&site, "/");
    site.world.pass(15);
    assert_eq!(
        site.decide(&late).cookie(SESSION),
        Some(browser.session()),
        "the very same bytes"
    );
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn one_asks_and_the_others_do_not_wait() {
    for seed in 0..8 {
        let (site, browser) = near(&[]);
        site.world.workos.rotation.set(Rotation::Strict);
        let ask = browser.dress(&Ask::script("/data"));
        let served = (0..20).map(|_| served_after(0, &site, &ask));
        let told = interleave(&site.world, served.collect(), seed);
        let waiting = told.iter().filter(|(_, waited)| *waited > 0).count();
        let renewed = told.iter().filter(|told| told.0.cookie(SESSION).is_some());
        assert_eq!((waiting, renewed.count()), (1, 1), "{seed}");
        for (outcome, _) in &told {
            assert_eq!(outcome.verdict(), "forwarded as true", "{seed}");
        }
        assert_eq!(site.world.workos.refreshes(), 1, "{seed}");
    }
}

#[test]
fn a_late_result_is_there_for_the_next_request() {
    let (site, browser) = near(&[]);
    let ask = browser.dress(&Ask::navigation("/"));
    site.world.workos.latency.set(Duration::from_millis(6500));
    let recovers = async {
        let meanwhile = served_after(4000, &site, &ask).await;
        site.world.workos.latency.set(Duration::from_millis(20));
        meanwhile
    };
    type Served<'a> = Pin<Box<dyn Future<Output = (Outcome, u64)> + 'a>>;
    let both: Vec<Served<'_>> = vec![Box::pin(served_after(0, &site, &ask)), Box::pin(recovers)];
    let told = interleave(&site.world, both, 1);
    assert!(told[1].0.cookies().is_empty(), "another is at it");
    assert_eq!(told[1].1, 0, "which is no reason to wait");
    let next = site.decide(&ask);
    assert!(next.cookie(SESSION).is_some());
    assert_eq!(next.cookie(SESSION), told[0].0.cookie(SESSION));
    let asked = site.world.workos.refreshes();
    assert_eq!(asked, 2, "the first attempt was given up");
}

#[test]
fn public_paths_renew_and_those_outside_the_matcher_never_do() {
    let rules = [
        ("MATCHER", "/app/:path*"),
        ("UNAUTHENTICATED_PATHS", "/app/open"),
    ];
    for (path, refreshes) in [("/app/open", 1), ("/app/x", 1), ("/elsewhere", 0)] {
        for ask in [Ask::navigation(path), Ask::script(path)] {
            let (site, mut browser) = near(&rules);
            let page = browser.send(&site, &ask);
            assert_eq!(page.cookies().len(), refreshes, "{ask:?}");
            assert_eq!(site.world.workos.refreshes(), refreshes, "{ask:?}");
        }
    }
}

#[test]
fn a_seal_of_an_sdk_stays_one_where_those_are_written() {
    let (site, mut browser) = near(&[("COOKIE_SEAL", "iron")]);
    let before = browser.session().to_owned();
    let page = browser.go(&site, "/");
    assert_eq!(page.note.refresh, Some("renewed"));
    assert_ne!(browser.session(), before);
    assert!(browser.session().starts_with("Fe26.2*"));
    site.world.pass(DUE + 1);
    assert_eq!(browser.go(&site, "/").verdict(), "forwarded as true");
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn a_sign_out_is_not_undone_by_new_tokens_that_come_late() {
    let site = Site::new(&[]);
    let mut browser = Browser::signed_in(&site, ADA);
    site.world.pass(LIFETIME - DUE);
    let late = site.decide(&browser.dress(&Ask::script("/data")));
    assert!(late.cookie(SESSION).is_some());
    browser.send(&site, &Ask::form("/logout"));
    browser.keep(&late);
    for ask in [Ask::navigation("/"), Ask::script("/data")] {
        let outcome = browser.send(&site, &ask);
        assert_eq!(outcome.note.reason, "signed_out", "{ask:?}");
        assert_eq!(outcome.field("x-authkit-user-id"), None, "{ask:?}");
    }
    assert_eq!(site.world.workos.refreshes(), 1);
}

#[test]
fn in_trouble_a_session_is_asked_for_seldom_and_then_renewed() {
    let (site, mut browser) = near(&[]);
    site.world.workos.tokens.always(Fault::Answer(500, ""));
    for refresh in [Some("transient"), None] {
        let page = browser.go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true");
        assert_eq!(page.note.refresh, refresh, "one asks, and the log says so");
    }
    let asked = site.world.workos.refreshes();
    assert!((1..=3).contains(&asked), "{asked} calls of one request");
    site.world.workos.tokens.end();
    site.world.pass(10);
    assert_eq!(browser.go(&site, "/").note.refresh, Some("renewed"));
}
