//! Who is asking.

use std::cell::{OnceCell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;

use crate::cookie::SetCookie;
use crate::decision::Note;
use crate::identity::Field;
use crate::log::{LogLevel, hashed};
use crate::outside::UnixTime;
use crate::renewal::Renewal;
use crate::seal::SealedBy;
use crate::session::Session;
use crate::session_cookie::{Sealed, Sealing};
use crate::token::Claims;

/// Who is asking, as far as can be known now.
#[derive(Debug)]
pub enum Visitor {
    /// Nobody we know.
    Anonymous {
        /// Why, for the log.
        reason: &'static str,
        /// The organization a sign-in should lead into.
        organization_id: Option<String>,
    },
    /// Somebody whose token has been verified.
    SignedIn(Rc<SignedIn>),
    /// Somebody, maybe: it can't be found out now.
    Unverifiable {
        /// Why, for the log.
        reason: &'static str,
        /// Seconds after which it is worth trying again.
        retry_after: u64,
    },
}

/// The reason of those who must go to AuthKit for another step.
pub const STEP_UP: &str = "step_up";
/// The reason of those whose own access token isn't good.
pub const INVALID_BEARER: &str = "invalid_bearer";
/// The reason of those who asked for an organization they aren't in.
pub const ORGANIZATION_DENIED: &str = "organization_denied";
/// The reason of those who can't be recognized for our own fault.
pub const MISCONFIGURED: &str = "misconfigured";

/// A session and what its verified token says. One is never without the other.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: Session,
    /// What its access token says.
    pub claims: Claims,
    /// Whose seal its cookie has, where that isn't made any more.
    pub old: Option<OldSeal>,
    /// The session's id, hashed, for the log.
    hash: String,
    /// What the origin is told, once it has been written.
    fields: OnceCell<Rc<Vec<Field>>>,
}

impl SignedIn {
    /// Returns a session with what its verified token says.
    pub fn new(session: Session, claims: Claims, old: Option<OldSeal>) -> SignedIn {
        let hash = hashed(&claims.session_id);
        SignedIn {
            session,
            claims,
            old,
            hash,
            fields: OnceCell::new(),
        }
    }

    /// Returns what the origin is told; `write` writes it the first time.
    pub(crate) fn fields(&self, write: impl FnOnce(&SignedIn) -> Vec<Field>) -> Rc<Vec<Field>> {
        Rc::clone(self.fields.get_or_init(|| Rc::new(write(self))))
    }

    /// Returns who is acting as the user, if somebody is: an e-mail address, or else an id.
    pub fn impersonator(&self) -> Option<&str> {
        let sealed = self.session.impersonator.as_ref();
        let email = sealed.and_then(|impersonator| impersonator.get("email")?.as_str());
        email.or(self.claims.impersonator.as_deref())
    }
}

/// A seal that isn't made any more: the log counts those that are left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OldSeal {
    /// Of `WORKOS_COOKIE_PASSWORD_PREVIOUS`.
    PreviousPassword,
    /// Of an AuthKit SDK, where [`Sealing::Gcm`] is what is written.
    Sdk,
}

impl OldSeal {
    /// Returns which kind of old seal one is, if it is old.
    pub fn of(sealed: &Sealed, written: Sealing) -> Option<OldSeal> {
        match (sealed.by, sealed.sealing) {
            (SealedBy::Previous, _) => Some(OldSeal::PreviousPassword),
            (SealedBy::Current, Sealing::Iron) if written == Sealing::Gcm => Some(OldSeal::Sdk),
            (SealedBy::Current, _) => None,
        }
    }

    /// Returns its name in the log.
    pub fn name(self) -> &'static str {
        match self {
            OldSeal::PreviousPassword => "previous-password",
            OldSeal::Sdk => "sdk",
        }
    }
}

/// A visitor, and what recognizing them led to.
#[derive(Debug)]
pub struct Recognized {
    /// Who is asking.
    pub visitor: Visitor,
    /// What is worth doing ahead of time, where the session soon runs out.
    pub ahead: Option<Renewal>,
    /// Cookies that the answer must carry.
    pub cookies: Vec<SetCookie>,
    /// Whose seal the session had, where that isn't made any more.
    pub old: Option<OldSeal>,
    /// How much what went wrong matters, whoever the visitor is.
    pub trouble: LogLevel,
    /// What became of a refresh, for the log.
    pub refresh: Option<&'static str>,
    /// What went wrong underneath, for the log.
    pub detail: Option<String>,
}

impl Recognized {
    /// Returns a visitor whose recognition left nothing behind.
    pub fn plainly(visitor: Visitor) -> Recognized {
        Recognized {
            visitor,
            ahead: None,
            cookies: Vec::new(),
            old: None,
            trouble: LogLevel::Debug,
            refresh: None,
            detail: None,
        }
    }

    /// Returns nobody, for the reason given.
    pub fn nobody(reason: &'static str) -> Recognized {
        Recognized::plainly(Visitor::Anonymous {
            reason,
            organization_id: None,
        })
    }

    /// Returns what the log says of the visitor, and of what recognizing them led to.
    pub fn note(&self) -> Note {
        let (reason, session) = match &self.visitor {
            Visitor::SignedIn(signed_in) => ("signed_in", Some(signed_in.hash.clone())),
            Visitor::Anonymous { reason, .. } | Visitor::Unverifiable { reason, .. } => {
                (*reason, None)
            }
        };
        let level = match &self.visitor {
            // Our own key or client id is wrong: nobody but the operator can mend that.
            Visitor::Unverifiable {
                reason: MISCONFIGURED,
                ..
            } => LogLevel::Error,
            Visitor::Unverifiable { .. } => LogLevel::Warn,
            Visitor::Anonymous { .. } | Visitor::SignedIn(_) => LogLevel::Info,
        };
        let (refresh, detail) = (self.refresh, self.detail.clone());
        Note {
            level: level.max(self.trouble),
            seal: self.old.map(OldSeal::name),
            refresh,
            detail,
            session,
            ..Note::new(reason)
        }
    }

    /// Takes over what a refresh left behind that changes nothing of who is asking.
    pub(crate) fn learn(&mut self, refresh: Recognized) {
        self.trouble = refresh.note().level;
        self.cookies.extend(refresh.cookies);
        self.refresh = refresh.refresh;
        self.detail = refresh.detail;
    }

    /// Returns the same with words on what went wrong.
    pub fn detail(self, detail: impl Into<String>) -> Recognized {
        Recognized {
            detail: Some(detail.into()),
            ..self
        }
    }
}

/// The sessions this isolate has opened and verified lately, by their sealed text.
///
/// Only texts that opened get in, so nobody can fill it with made-up ones. When the younger half is
/// full it becomes the older, and the older is forgotten.
#[derive(Debug, Default)]
pub struct Recent {
    halves: RefCell<(Half, Half)>,
}

/// By the beginnings of their texts, which are random: a session takes the place of another that begins
/// like it.
type Half = BTreeMap<Box<[u8]>, Entry>;

#[derive(Clone, Debug)]
struct Entry {
    text: String,
    host: String,
    good_until: UnixTime,
    signed_in: Rc<SignedIn>,
}

/// Sessions a half holds: about five kilobytes each.
const HALF: usize = 500;

impl Recent {
    /// Returns the session sealed in `text`, if it was verified for `host` and neither its seal nor
    /// its token has run out.
    pub fn get(&self, text: &str, host: &str, now: UnixTime) -> Option<Rc<SignedIn>> {
        let halves = self.halves.borrow();
        let beginning = beginning(text);
        let entry = halves
            .0
            .get(beginning)
            .or_else(|| halves.1.get(beginning))?;
        let good = is_same(&entry.text, text) && entry.host == host && entry.good_until > now;
        good.then(|| Rc::clone(&entry.signed_in))
    }

    /// Remembers a session that was verified for `host`, and whose seal opens until then.
    pub fn put(&self, text: String, host: &str, opens_until: UnixTime, signed_in: &Rc<SignedIn>) {
        let mut halves = self.halves.borrow_mut();
        if halves.0.len() >= HALF {
            halves.1 = std::mem::take(&mut halves.0);
        }
        let beginning = beginning(&text).into();
        let entry = Entry {
            text,
            host: host.to_owned(),
            good_until: signed_in.claims.expires_at.min(opens_until),
            signed_in: Rc::clone(signed_in),
        };
        halves.0.insert(beginning, entry);
    }
}

/// What comes before the first 15 random characters of a seal, and those.
const BEGINNING: usize = 24;

fn beginning(text: &str) -> &[u8] {
    text.as_bytes().get(..BEGINNING).unwrap_or(text.as_bytes())
}

/// Eight bytes at a time: where there is no instruction for it, `==` takes one after the other.
fn is_same(one: &str, other: &str) -> bool {
    let (one, one_rest) = one.as_bytes().as_chunks::<8>();
    let (other, other_rest) = other.as_bytes().as_chunks::<8>();
    let mut pairs = one.iter().zip(other);
    one.len() == other.len()
        && one_rest == other_rest
        && pairs.all(|(one, other)| u64::from_ne_bytes(*one) == u64::from_ne_bytes(*other))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted;

    const HOST: &str = "app.example.com";

    const ALWAYS: UnixTime = UnixTime(u64::MAX);

    fn remembered(texts: usize) -> Recent {
        let recent = Recent::default();
        for text in 0..texts {
            recent.put(text.to_string(), HOST, ALWAYS, &signed_in());
        }
        recent
    }

    fn signed_in() -> Rc<SignedIn> {
        Rc::new(scripted::signed_in("user_1", "session_1", 1000))
    }

    #[test]
    fn a_session_is_remembered_for_its_host_until_its_token_runs_out() {
        let recent = remembered(1);
        let rows = [
            ("0", HOST, 999, true),
            ("0", HOST, 1000, false),
            ("0", "www.example.com", 0, false),
            ("1", HOST, 0, false),
        ];
        for (text, host, now, found) in rows {
            let visitor = recent.get(text, host, UnixTime(now));
            assert_eq!(visitor.is_some(), found, "{text} on {host} at {now}");
        }
    }

    #[test]
    fn a_session_is_remembered_no_longer_than_its_seal_opens() {
        let recent = Recent::default();
        recent.put("0".to_owned(), HOST, UnixTime(900), &signed_in());
        for (now, found) in [(899, true), (900, false)] {
            let visitor = recent.get("0", HOST, UnixTime(now));
            assert_eq!(visitor.is_some(), found, "at {now}");
        }
    }

    #[test]
    fn a_text_that_differs_anywhere_is_another() {
        let (recent, text) = (Recent::default(), "0123456789".repeat(10));
        recent.put(text.clone(), HOST, ALWAYS, &signed_in());
        let found = |text: &str| recent.get(text, HOST, UnixTime(0)).is_some();
        assert!(found(&text));
        for at in 0..text.len() {
            let mut changed = text.clone();
            changed.replace_range(at..=at, "x");
            assert!(!found(&changed), "changed at {at}");
        }
        for length in [0, BEGINNING, 99] {
            assert!(
                !found(text.get(..length).expect("ASCII")),
                "{length} characters"
            );
        }
        assert!(!found(&format!("{text}0")));
    }

    #[test]
    fn the_latest_sessions_are_remembered_in_bounded_memory() {
        let recent = remembered(3 * HALF + 1);
        let count = |from: usize, to: usize| {
            let texts = (from..to).map(|text| text.to_string());
            let found = texts.filter_map(|text| recent.get(&text, HOST, UnixTime(0)));
            found.count()
        };
        assert_eq!(count(0, 2 * HALF), 0);
        assert_eq!(count(2 * HALF, 3 * HALF + 1), HALF + 1);
    }
}
