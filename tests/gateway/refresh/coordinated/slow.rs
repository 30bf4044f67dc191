//! The coordinator takes longer than whoever asks it can wait.

use std::time::Duration;

use authkit_gateway::jwk::RsaKey;
use authkit_gateway::outside::{Outside, RandomnessFailed, SendFailed, VerifierFailed};
use authkit_gateway::workos::{ApiRequest, ApiResponse, RequestBody};

use super::coordinated;
use crate::support::{Ask, Browser, Fault, Seen, Site, interleave};

/// The world as it is, but for a coordinator that doesn't answer in time.
struct Slow<'a> {
    site: &'a Site,
    what: What,
}

/// What the coordinator does meanwhile.
#[derive(Clone, Copy, Debug)]
enum What {
    /// It exchanges the token.
    Acts,
    /// It has the errand, and does nothing.
    Hangs,
    /// It doesn't answer a call.
    IsAway,
}

/// For so long a coordinator that is away is called.
const CALL: Duration = Duration::from_millis(500);

impl Outside for Slow<'_> {
    fn clock(&self) -> Duration {
        self.site.world.clock()
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        self.site.world.random(bytes)
    }

    async fn verify_rs256(
        &self,
        key: &RsaKey,
        message: &[u8],
        signed: &[u8],
    ) -> Result<bool, VerifierFailed> {
        self.site.world.verify_rs256(key, message, signed).await
    }

    async fn send(&self, request: ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed> {
        self.site.world.send(request, budget).await
    }

    async fn coordinate(
        &self,
        session: &str,
        errand: RequestBody,
        budget: Duration,
    ) -> Result<ApiResponse, SendFailed> {
        let over = self.clock() + budget;
        match self.what {
            What::Acts => {
                let _ = self.site.world.coordinate(session, errand, budget).await;
            }
            What::Hangs => {}
            What::IsAway => {
                self.sleep(CALL.min(budget)).await;
                return Err(SendFailed::Network);
            }
        }
        self.sleep(over.saturating_sub(self.clock())).await;
        Err(SendFailed::Timeout)
    }

    async fn recall(&self, name: &str) -> Option<String> {
        self.site.world.recall(name).await
    }

    fn remember(&self, name: &str, text: String, duration: Duration) {
        self.site.world.remember(name, text, duration);
    }

    async fn sleep(&self, duration: Duration) {
        self.site.world.sleep(duration).await;
    }
}

/// Decides a request; returns what was done, and after how many milliseconds.
fn decided(slow: &Slow<'_>, browser: &Browser, ask: &Ask) -> (String, u64) {
    let world = &slow.site.world;
    let began = world.milliseconds();
    let ask = browser.dress(ask);
    let decided = async { slow.site.gateway.decide(&ask.head(), slow).await };
    let outcome = interleave(world, vec![decided], 0).remove(0);
    (outcome.verdict(), world.milliseconds() - began)
}

fn asks() -> [(Ask, u64); 3] {
    [
        (Ask::navigation("/"), 20_000),
        (Ask::script("/data"), 8_000),
        (Ask::navigation("/open"), 2_000),
    ]
}

/// A session that has run out, and a path that is open to everybody.
fn opened_path() -> (Site, Browser) {
    let (mut site, browser) = coordinated();
    site.restart_with(&[("UNAUTHENTICATED_PATHS", "/open")]);
    (site, browser)
}

#[test]
fn nobody_waits_longer_than_they_can() {
    for what in [What::Hangs, What::IsAway] {
        for fault in [None, Some(Fault::Timeout), Some(Fault::Network)] {
            for (ask, longest) in asks() {
                let (site, browser) = opened_path();
                let tokens = &site.world.workos.tokens;
                fault.iter().for_each(|fault| tokens.always(fault.clone()));
                let (verdict, waited) = decided(&Slow { site: &site, what }, &browser, &ask);
                assert!(
                    waited <= longest,
                    "{waited} of {longest} ms: {verdict}, {what:?}, {fault:?}, {ask:?}"
                );
            }
        }
    }
}

#[test]
fn one_that_is_away_is_done_without() {
    for (ask, _) in asks() {
        let (site, browser) = opened_path();
        let what = What::IsAway;
        let (verdict, _) = decided(&Slow { site: &site, what }, &browser, &ask);
        assert_eq!(verdict, "forwarded as true", "{ask:?}");
        assert_eq!(site.world.workos.refreshes(), 1, "{ask:?}");
    }
}

#[test]
fn what_it_has_under_way_is_not_exchanged_beside_it() {
    for (ask, _) in asks() {
        let (site, browser) = opened_path();
        let what = What::Acts;
        decided(&Slow { site: &site, what }, &browser, &ask);
        site.world.pass(10);
        let page = browser.clone().go(&site, "/");
        assert_eq!(page.verdict(), "forwarded as true", "{}", page.note.reason);
        assert_eq!(site.world.workos.refreshes(), 1, "{ask:?}");
    }
}
