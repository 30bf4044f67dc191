//! A session whose access token has run out.

mod ahead;
mod budget;
mod coordinated;
mod parallel;
mod renewal;
mod slow;
mod trouble;

use crate::support::{Ask, BOB, Browser, LIFETIME, Site};

/// A site, and a browser whose access token has just run out.
fn expired() -> (Site, Browser) {
    let site = Site::new(&[]);
    let browser = Browser::signed_in(&site, BOB);
    site.world.pass(LIFETIME);
    (site, browser)
}

fn twenty(browser: &Browser, ask: &Ask) -> Vec<Ask> {
    vec![browser.dress(ask); 20]
}
