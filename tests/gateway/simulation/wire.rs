//! Responses on their way to browsers, which may overtake each other.

use std::rc::Rc;

use authkit_gateway::cookie::SetCookie;
use authkit_gateway::decision::{Decision, Outcome};

use super::content::Content;
use super::kind::Kind;
use super::plan::pick;
use super::request::Request;
use super::rules::check_loss;
use super::stage::Stage;
use crate::support::Seen;

pub(super) struct Response {
    pub(super) request: usize,
    /// When it arrives, in milliseconds.
    pub(super) due: u64,
    browser: usize,
    kind: Kind,
    /// The session the request came with.
    sent: Option<Rc<Content>>,
    cookies: Vec<SetCookie>,
    /// Where it leads.
    location: Option<String>,
}

/// What responses take to arrive, in milliseconds.
const DISTANCES: [u64; 8] = [10, 10, 10, 300, 10, 2_000, 9_000, 32_000];
const AUTHKIT: &str = "https://api.workos.com/user_management/authorize?";

impl Stage {
    /// Puts the response to a request on the wire.
    pub(super) fn answer(&mut self, request: Request, outcome: &Outcome) {
        let pace = self.scene.fate.get().pace;
        let location = match &outcome.decision {
            Decision::Redirect(redirect) => Some(redirect.location.clone()),
            Decision::Answer(_) | Decision::Forward(_) => None,
        };
        self.wire.push(Response {
            request: request.id,
            due: self.scene.now() + pick(pace / 4, &DISTANCES),
            browser: request.browser,
            kind: request.kind,
            sent: request.sent,
            cookies: outcome.cookies().to_vec(),
            location,
        });
    }

    /// Lets one of the responses arrive before the others.
    pub(super) fn deliver(&mut self, which: u16) {
        if let Some(index) = usize::from(which).checked_rem(self.wire.len()) {
            self.arrive(index);
        }
    }

    /// Lets a response arrive.
    pub(super) fn arrive(&mut self, index: usize) {
        let (response, now) = (self.wire.remove(index), self.scene.now());
        let id = response.request;
        self.scene
            .note(|| format!("browser {} has #{id}'s response", response.browser));
        let browser = &mut self.browsers[response.browser];
        let before = browser.session(&self.scene);
        for cookie in &response.cookies {
            browser.jar.apply(cookie, now);
        }
        let is_lost = browser.session(&self.scene).is_none();
        if let Some(lost) = before.filter(|_| is_lost) {
            check_loss(&lost, response.kind, &self.scene);
        }
        let cookies = &response.cookies;
        if response.kind == Kind::Callback {
            browser.hear_of_sign_in(cookies, now);
        } else if response.kind.is_sign_out() {
            browser.hear_of_sign_out(cookies, response.sent.as_deref());
        }
        if let Some(location) = response.location {
            self.follow(response.browser, response.kind, location);
        }
    }

    fn follow(&mut self, browser: usize, kind: Kind, location: String) {
        if location.starts_with(AUTHKIT) {
            self.browsers[browser].invitation = Some(location);
        } else if kind == Kind::SignOut
            && let Some((_, session_id)) = location.split_once("?session_id=")
        {
            self.scene.note(|| format!("WorkOS ends {session_id}"));
            self.scene.book.borrow_mut().end(session_id);
        }
    }
}
