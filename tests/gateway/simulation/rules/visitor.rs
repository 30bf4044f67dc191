//! Who is let in.

use super::super::book::Standing;
use super::super::kind::Kind;
use super::super::verdict::Verdict;
use super::{Checked, Judged};

impl Judged<'_> {
    // 1.
    pub(super) fn check_owner(&self) -> Checked {
        let sent = self.request.sent.as_deref();
        let owner = sent.map(|sent| sent.user_id.as_str());
        // Whoever signs in may turn out to be signed in already.
        let is_theirs = |user_id: &str| [owner, self.request.signs_in].contains(&Some(user_id));
        if let Some(set) = self.set.as_ref().filter(|set| !is_theirs(&set.user_id)) {
            let user_id = &set.user_id;
            return Err(format!("{user_id}'s session is set, not {owner:?}'s"));
        }
        let Verdict::SignedIn(user_id) = &self.verdict else {
            return Ok(());
        };
        if !is_theirs(user_id) {
            return Err(format!("answered as {user_id}, not {owner:?}"));
        }
        let content = self.set.as_deref().or(sent).expect("there is an owner");
        match content.expires_at * 1000 > self.served.decided {
            true => Ok(()),
            false => Err("let in by a token that has run out".to_owned()),
        }
    }

    // 2.
    pub(super) fn check_good_token(&self) -> Checked {
        let Some(sent) = self
            .request
            .sent
            .as_ref()
            .filter(|_| !self.request.is_marked)
        else {
            return Ok(());
        };
        let is_good = sent.is_verified && sent.expires_at * 1000 > self.served.decided;
        let is_let_in = matches!(self.verdict, Verdict::SignedIn(_));
        match is_good && self.request.kind.looks_at_session() && !is_let_in {
            true => Err(format!("{:?}, with a token that is good", self.verdict)),
            false => Ok(()),
        }
    }

    // 3.
    pub(super) fn check_challenge(&self) -> Checked {
        let Some(sent) = self
            .request
            .sent
            .as_ref()
            .filter(|_| !self.request.is_marked)
        else {
            return Ok(());
        };
        let asks_for_it = matches!(self.request.kind, Kind::Callback | Kind::SignIn);
        if self.verdict != Verdict::Nobody || asks_for_it {
            return Ok(());
        }
        let (now, book) = (self.scene.now(), self.scene.book.borrow());
        let is_over = book.leaving.contains(&sent.session_id);
        if !is_over && self.scene.standing(&sent.refresh_token) != Standing::Dead {
            return Err("sent to sign in, and the session goes on".to_owned());
        }
        let last = book.last_exchange(self.request.life, &sent.refresh_token);
        match last.filter(|_| !is_over).and_then(|last| last.shared(now)) {
            Some(fresh) => Err(format!("sent to sign in, and the isolate has {fresh}")),
            None => Ok(()),
        }
    }

    // 4.
    pub(super) fn check_ended(&self) -> Checked {
        match matches!(self.verdict, Verdict::SignedIn(_)) && self.request.is_over {
            true => Err("let in by a session that was signed out of".to_owned()),
            false => Ok(()),
        }
    }
}
