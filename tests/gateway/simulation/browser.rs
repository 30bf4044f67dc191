//! A browser: all its tabs share one jar, and whoever sits before it may sign in and out.

use std::collections::HashMap;
use std::rc::Rc;

use authkit_gateway::cookie::SetCookie;

use super::content::Content;
use super::fate::Fate;
use super::jar::Jar;
use super::kind::Kind;
use super::plan::Person;
use super::scene::Scene;
use super::stage::Stage;
use crate::support::{self, ADA, Ask, BOB, SESSION, Seen, Site};

#[derive(Default)]
pub(super) struct Browser {
    pub(super) jar: Jar,
    /// Where AuthKit waits for a person.
    pub(super) invitation: Option<String>,
    /// The session each mark names.
    pub(super) marks: HashMap<String, String>,
    /// The session that was signed out of here last, and for how long it must not come back, in
    /// milliseconds.
    left: Option<(String, u64)>,
}

/// The ids of those who can sign in; each owns a browser.
pub(super) const PEOPLE: [&str; 3] = [ADA.id, BOB.id, "user_eve"];
pub(super) const MARK: &str = "__Host-authkit-signed-out";

/// How long a mark stays after a sign-in, in milliseconds.
const FADING: u64 = 60_000;
/// What it takes to come to AuthKit's page, in milliseconds.
const MOMENT: u64 = 100;

impl Browser {
    /// Returns a browser in which `owner` has signed in.
    pub(super) fn signed_in(site: &Site, owner: &str) -> Browser {
        let mut visitor = support::Browser::default();
        let sent = visitor.go(site, "/login");
        let landed = visitor.go(site, &at_authkit(site, sent.location(), owner));
        let mut browser = Browser::default();
        for cookie in landed.cookies() {
            browser.jar.apply(cookie, site.world.milliseconds());
        }
        browser
    }

    /// Returns the session in the jar.
    pub(super) fn session(&self, scene: &Scene) -> Option<Rc<Content>> {
        let sealed = self.jar.value(SESSION, scene.now())?;
        Some(scene.content(sealed))
    }

    /// Returns whether a session was signed out of here, and must not come back.
    pub(super) fn has_left(&self, session_id: &str, now: u64) -> bool {
        let left = self.left.as_ref();
        left.is_some_and(|(id, until)| id == session_id && *until > now)
    }

    /// Takes in the response to a callback: a sign-in lets the mark fade, and one that was under way
    /// during the sign-out puts an older mark in its place.
    pub(super) fn hear_of_sign_in(&mut self, cookies: &[SetCookie], now: u64) {
        let marked = mark_in(cookies).and_then(|mark| self.marks.get(mark));
        let left = self.left.take();
        let left = left.filter(|(id, _)| marked.is_none_or(|marked| marked == id));
        self.left = left.map(|(id, until)| (id, until.min(now + FADING)));
    }

    /// Takes in the response to a sign-out that began with the session `sent`.
    pub(super) fn hear_of_sign_out(&mut self, cookies: &[SetCookie], sent: Option<&Content>) {
        let Some(session_id) = sent.map(|sent| &sent.session_id) else {
            return;
        };
        self.left = Some((session_id.clone(), u64::MAX));
        if let Some(mark) = mark_in(cookies) {
            self.marks.insert(mark.to_owned(), session_id.clone());
        }
    }
}

fn mark_in(cookies: &[SetCookie]) -> Option<&str> {
    let mut pairs = cookies.iter().filter_map(SetCookie::pair);
    pairs.find_map(|pair| pair.strip_prefix(MARK)?.strip_prefix('='))
}

/// Plays AuthKit's page: a person signs in there, and is sent back.
fn at_authkit(site: &Site, url: &str, user_id: &str) -> String {
    let mut eve = ADA;
    (eve.id, eve.email) = (PEOPLE[2], "eve@example.com");
    let mut people = [ADA, BOB, eve].into_iter();
    let person = people.find(|person| person.id == user_id);
    let person = person.expect("one of the people");
    site.world.workos.sign_in(url, person)
}

impl Stage {
    /// Somebody goes through AuthKit, or sets out to.
    pub(super) fn sign_in(&mut self, browser: usize, isolate: u16, person: Person) {
        if self.browsers[browser].invitation.is_none() {
            self.ask(browser, Kind::SignIn, isolate);
            self.pass(MOMENT, Fate::default());
        }
        let Some(url) = self.browsers[browser].invitation.take() else {
            return;
        };
        let shift = usize::from(person == Person::Another);
        let user_id = PEOPLE[(browser + shift) % PEOPLE.len()];
        self.scene
            .note(|| format!("{user_id} signs in at AuthKit, in browser {browser}"));
        let callback = at_authkit(&self.scene.site, &url, user_id);
        let ask = Ask::navigation(&callback);
        let request = self.request(browser, Kind::Callback, ask, isolate);
        request.signs_in = Some(user_id);
    }
}
