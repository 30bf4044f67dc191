//! When a token is due.

use std::collections::BTreeSet;

use crate::support::{ADA, Ask, Browser, LIFETIME, Seen, Site};

/// Sessions are spread by their ids over the last quarter of the time: this one is the first to be
/// due, and this one the last.
const FIRST: &str = "0";
const LAST: &str = "/";

/// A browser whose access token has that lifetime, and session that id.
fn signed_in(site: &Site, session_id: &'static str, lifetime: u64) -> Browser {
    *site.world.workos.twist.borrow_mut() = Some(Box::new(move |token, _| {
        let issued_at = token.claims["iat"].as_u64().expect("a time");
        token.claims["exp"] = (issued_at + lifetime).into();
        token.claims["sid"] = session_id.into();
    }));
    Browser::signed_in(site, ADA)
}

#[test]
fn a_token_is_due_when_less_is_left_than_the_buffer() {
    type Row = (Option<&'static str>, u64, &'static str, u64);
    let rows: [Row; 14] = [
        (None, 300, FIRST, 30),
        (None, 300, LAST, 23),
        (None, 301, FIRST, 60),
        (None, 3600, FIRST, 60),
        (None, 3600, LAST, 45),
        // Half of its life is the most.
        (None, 40, FIRST, 20),
        (None, 40, LAST, 15),
        (Some("10"), 300, FIRST, 10),
        (Some("10"), 300, LAST, 8),
        (Some("10"), 3600, FIRST, 10),
        (Some("60"), 300, FIRST, 60),
        (Some("3600"), 300, LAST, 141),
        (Some("3600"), 7200, "@", 3536),
        (Some("3600"), 86_400, "@", 3536),
    ];
    for (buffer, lifetime, session_id, left) in rows {
        let site = Site::new(&buffer.map_or(vec![], |text| vec![("REFRESH_BUFFER_SECONDS", text)]));
        let mut browser = signed_in(&site, session_id, lifetime);
        let row = format!("{buffer:?}, {lifetime} s, {session_id}");
        site.world.pass(lifetime - left);
        assert_eq!(browser.go(&site, "/").note.refresh, None, "{row}");
        site.world.pass(1);
        let page = browser.go(&site, "/");
        assert_eq!(page.note.refresh, Some("renewed"), "{row}");
        assert_eq!(site.world.workos.refreshes(), 1, "{row}");
    }
}

#[test]
fn with_no_buffer_it_is_never_due() {
    for lifetime in [1, 40, 300, 3600] {
        let site = Site::new(&[("REFRESH_BUFFER_SECONDS", "0")]);
        let mut browser = signed_in(&site, FIRST, lifetime);
        site.world.pass(lifetime - 1);
        assert!(browser.go(&site, "/").cookies().is_empty(), "{lifetime}");
        assert_eq!(site.world.workos.refreshes(), 0, "{lifetime}");
        site.world.pass(1);
        assert_eq!(browser.go(&site, "/").note.refresh, Some("renewed"));
    }
}

#[test]
fn tokens_that_live_for_a_moment_are_not_renewed_by_every_request() {
    for lifetime in 2..=20 {
        let site = Site::new(&[("REFRESH_BUFFER_SECONDS", "3600")]);
        let mut browser = signed_in(&site, FIRST, lifetime);
        for _ in 0..5 {
            browser.go(&site, "/");
        }
        assert_eq!(site.world.workos.refreshes(), 0, "{lifetime} s");
    }
}

#[test]
fn sessions_that_began_together_part_ways() {
    let site = Site::new(&[]);
    let browsers: Vec<Browser> = (0..40).map(|_| Browser::signed_in(&site, ADA)).collect();
    site.world.pass(LIFETIME - 32);
    let mut due = vec![None; browsers.len()];
    for left in (1..=31).rev() {
        for (browser, due) in browsers.iter().zip(&mut due) {
            let page = site.decide(&browser.dress(&Ask::script("/")));
            if page.note.refresh == Some("renewed") {
                due.get_or_insert(left);
            }
        }
        site.world.pass(1);
    }
    let seconds: BTreeSet<u64> = due.into_iter().map(|due| due.expect("all are")).collect();
    assert!(seconds.iter().all(|left| (20..=30).contains(left)));
    assert!(seconds.len() > 3, "{seconds:?}");
}
