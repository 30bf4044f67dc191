//! What must hold of every decision, whatever else happens.
//!
//! Of who is let in:
//! 1. Whoever is let in is the one whose session came along, by a token that is good.
//! 2. A token that is good and verified lets its owner in, whatever is down.
//! 3. Nobody is sent to sign in whose session goes on: not over an outage, not over a race that the
//!    isolate itself has decided.
//! 4. A session that was signed out of stays so.
//!
//! Of cookies:
//! 5. Only signing out removes a session's cookie, and it does.
//! 6. A pair that came is handed on: by whoever asked for it, and by the isolate to whoever still
//!    comes with the old one.
//!
//! 7. Nobody waits longer than they can.

mod cookies;
mod visitor;

use std::rc::Rc;

use authkit_gateway::decision::Outcome;

pub(super) use self::cookies::check_loss;
use super::content::Content;
use super::request::Request;
use super::scene::Scene;
use super::shell::{BESIDE, Served};
use super::verdict::Verdict;
use crate::support::Seen;

/// What it may take to have one's turn, and to ask the site, in milliseconds.
const SLACK: u64 = 100;

/// A decision, and what is known of it.
struct Judged<'a> {
    request: &'a Request,
    served: &'a Served,
    outcome: &'a Outcome,
    verdict: Verdict,
    /// The session the response puts into the browser.
    set: Option<Rc<Content>>,
    scene: &'a Scene,
}

type Checked = Result<(), String>;

/// Checks a decision; returns what it is.
pub(super) fn judge(request: &Request, served: &Served, scene: &Scene) -> Verdict {
    let outcome = &served.outcome;
    let judged = Judged {
        request,
        served,
        outcome,
        verdict: Verdict::of(outcome),
        set: scene.session_in(outcome.cookies()),
        scene,
    };
    let checks = [
        Judged::check_owner,
        Judged::check_good_token,
        Judged::check_challenge,
        Judged::check_ended,
        Judged::check_removal,
        Judged::check_delivery,
        Judged::check_retention,
        Judged::check_patience,
    ];
    for check in checks {
        if let Err(what) = check(&judged) {
            scene.breach(|| format!("#{}: {what}", request.id));
        }
    }
    judged.verdict
}

impl Judged<'_> {
    // 7.
    fn check_patience(&self) -> Checked {
        let Request { began, kind, .. } = self.request;
        let waited = self.served.decided - began;
        let beside = self.scene.now() - self.served.decided;
        match waited <= kind.patience() + SLACK && beside <= BESIDE + SLACK {
            true => Ok(()),
            false => Err(format!("{waited} ms, and {beside} ms beside the site")),
        }
    }
}
