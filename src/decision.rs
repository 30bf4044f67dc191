//! What is to be done with a request. The shell carries it out and adds nothing of its own.
//!
//! What goes to the origin and what goes to the visitor are different types: neither can be sent
//! to the other.

use std::borrow::Cow;
use std::fmt;
use std::rc::Rc;

use crate::cookie::SetCookie;
use crate::identity::Field;
use crate::log::LogLevel;
use crate::renewal::Renewal;
use crate::visitor::Recognized;

/// A decision and what the log says of it.
#[derive(Debug)]
pub struct Outcome {
    /// What is to be done.
    pub decision: Decision,
    /// What the log says.
    pub note: Note,
}

/// What is to be done with a request.
#[derive(Debug)]
pub enum Decision {
    /// The gateway answers.
    Answer(Answer),
    /// The origin answers.
    Forward(Forward),
    /// The visitor is sent elsewhere.
    Redirect(Redirect),
}

/// An answer of the gateway's own. It is never stored by anybody.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content.
    pub body: Body,
    /// Header fields besides those every answer has.
    pub fields: Vec<(&'static str, String)>,
    /// Cookies to set or remove.
    pub cookies: Vec<SetCookie>,
}

/// The content of an answer.
#[derive(Debug)]
pub enum Body {
    /// None.
    Empty,
    /// A page.
    Html(String),
    /// Data.
    Json(String),
    /// An ES module.
    Script(String),
}

/// What the origin gets besides the request as it came.
#[derive(Default)]
pub struct Forward {
    /// What is to be done beside: see [`crate::gateway::Gateway::renew_ahead`].
    pub ahead: Option<Renewal>,
    /// Header fields to set on the request.
    pub fields: Rc<Vec<Field>>,
    /// The cookies the visitor's browser is given with the origin's answer.
    pub cookies: Vec<SetCookie>,
    /// What the fields say of the visitor.
    pub told: Told,
    /// Whether the session's cookie stays here, even if the origin is to have it: it isn't the
    /// visitor's by whom the origin is told.
    pub keeps_session: bool,
    /// Whether nothing of the visitor goes along: no cookies, no credentials, no body.
    pub bare: bool,
}

/// One change to the header of a message that passes through.
#[derive(Eq, PartialEq)]
pub enum Edit<'a> {
    /// Adds a line.
    Append(&'static str, Cow<'a, str>),
    /// Removes every line of the field.
    Remove(Cow<'a, str>),
    /// Makes the field have this value alone.
    Set(Cow<'a, str>, Cow<'a, str>),
}

impl<'a> Edit<'a> {
    /// Returns what removes every line of the field `name`.
    pub fn removal(name: &'a str) -> Edit<'a> {
        Edit::Remove(name.into())
    }

    /// Returns what makes the field `name` have this value alone.
    pub fn setting(name: &'a str, value: &'a str) -> Edit<'a> {
        Edit::Set(name.into(), value.into())
    }
}

impl fmt::Debug for Edit<'_> {
    /// Shows no value that may be a token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = |name: &str, value: &str| match name {
            "authorization" | "cookie" | "set-cookie" => format!("{name}: …"),
            _ => format!("{name}: {value}"),
        };
        match self {
            Edit::Append(name, value) => write!(f, "Append({})", shown(name, value)),
            Edit::Remove(name) => write!(f, "Remove({name})"),
            Edit::Set(name, value) => write!(f, "Set({})", shown(name, value)),
        }
    }
}

/// What the origin was told of the visitor; its answer may depend on it.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Told {
    /// That nobody is signed in.
    Anonymous,
    /// Nothing: the path is outside the matcher.
    #[default]
    Nothing,
    /// Who is signed in.
    SignedIn,
    /// That it can't be found out now.
    Unknown,
}

impl fmt::Debug for Forward {
    /// Shows names alone: values may be tokens.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.fields.iter().map(|(name, _)| name).collect();
        f.debug_struct("Forward")
            .field("fields", &names)
            .field("cookies", &self.cookies)
            .field("told", &self.told)
            .finish()
    }
}

/// A redirect.
pub struct Redirect {
    /// An absolute URL.
    pub location: String,
    /// How the browser is to go there; never with the request's body.
    pub status: RedirectStatus,
    /// Cookies to set or remove.
    pub cookies: Vec<SetCookie>,
}

impl fmt::Debug for Redirect {
    /// Leaves the query out: it may carry `state` and invitations.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redirect")
            .field("location", &self.location.split('?').next())
            .field("status", &self.status)
            .field("cookies", &self.cookies)
            .finish()
    }
}

/// The statuses a redirect of ours may have: never 307 or 308, which would send a body along
/// ([RFC 9700 §4.12](https://www.rfc-editor.org/rfc/rfc9700#section-4.12)).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum RedirectStatus {
    /// 302, to a GET.
    Found,
    /// 303, to anything else.
    SeeOther,
}

impl RedirectStatus {
    /// Returns the number.
    pub fn code(self) -> u16 {
        match self {
            RedirectStatus::Found => 302,
            RedirectStatus::SeeOther => 303,
        }
    }
}

/// What the log says of a decision.
#[derive(Debug)]
pub struct Note {
    /// How much it matters.
    pub level: LogLevel,
    /// The route's name.
    pub route: &'static str,
    /// Why, in one word that can be searched for.
    pub reason: &'static str,
    /// What went wrong underneath, in words.
    pub detail: Option<String>,
    /// Whose seal the session had, where that isn't made any more.
    pub seal: Option<&'static str>,
    /// What became of a refresh.
    pub refresh: Option<&'static str>,
    /// The session's id, hashed.
    pub session: Option<String>,
}

impl Note {
    /// Returns a note with nothing but a reason; the route is filled in where it is known.
    pub fn new(reason: &'static str) -> Note {
        Note {
            level: LogLevel::Info,
            route: "site",
            reason,
            detail: None,
            seal: None,
            refresh: None,
            session: None,
        }
    }

    /// Returns the note at another level.
    pub fn at(self, level: LogLevel) -> Note {
        Note { level, ..self }
    }

    /// Returns the note of a request that passed; worth a line where anything happened besides.
    pub fn in_passing(self) -> Note {
        let happened = self.refresh.is_some() || self.seal.is_some() || self.level > LogLevel::Info;
        match happened {
            true => self,
            false => self.at(LogLevel::Debug),
        }
    }

    /// Returns the note with words on what went wrong.
    pub fn detail(self, detail: impl Into<String>) -> Note {
        Note {
            detail: Some(detail.into()),
            ..self
        }
    }
}

impl Outcome {
    /// Returns the outcome of answering.
    pub fn answer(answer: Answer, note: Note) -> Outcome {
        Outcome {
            decision: Decision::Answer(answer),
            note,
        }
    }

    /// Returns the outcome of forwarding.
    pub fn forward(forward: Forward, note: Note) -> Outcome {
        Outcome {
            decision: Decision::Forward(forward),
            note,
        }
    }

    /// Returns the outcome of redirecting.
    pub fn redirect(redirect: Redirect, note: Note) -> Outcome {
        Outcome {
            decision: Decision::Redirect(redirect),
            note,
        }
    }

    /// Takes over what became of a refresh that went on beside.
    pub fn learn(&mut self, refresh: Recognized) {
        let told = refresh.note();
        self.note.refresh = told.refresh;
        if told.level > self.note.level {
            (self.note.level, self.note.detail) = (told.level, told.detail);
        }
        if let Decision::Forward(forward) = &mut self.decision {
            forward.cookies.extend(refresh.cookies);
        }
    }

    /// Returns the outcome with further cookies for the visitor.
    pub fn with_cookies(mut self, cookies: Vec<SetCookie>) -> Outcome {
        match &mut self.decision {
            Decision::Answer(answer) => answer.cookies.extend(cookies),
            Decision::Forward(forward) => forward.cookies.extend(cookies),
            Decision::Redirect(redirect) => redirect.cookies.extend(cookies),
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cookie::{Attributes, SameSite};

    const SECRET: &str = "canary";

    fn cookies() -> Vec<SetCookie> {
        let attributes = Attributes {
            domain: None,
            max_age: 600,
            same_site: SameSite::Lax,
            secure: true,
        };
        vec![SetCookie::set("wos-session", SECRET, attributes)]
    }

    #[test]
    fn debug_shows_what_is_done_and_no_secret() {
        let edit = |name: &'static str| Edit::setting(name, SECRET);
        let forward = Forward {
            fields: Rc::new(vec![("x-authkit-access-token".into(), SECRET.to_owned())]),
            cookies: cookies(),
            ..Forward::default()
        };
        let redirect = Redirect {
            location: format!("https://app.example.com/a?state={SECRET}"),
            status: RedirectStatus::Found,
            cookies: cookies(),
        };
        let rows = [
            (format!("{:?}", edit("authorization")), "authorization"),
            (format!("{:?}", edit("cookie")), "cookie"),
            (
                format!("{:?}", Edit::Append("set-cookie", SECRET.into())),
                "set-cookie",
            ),
            (format!("{forward:?}"), "x-authkit-access-token"),
            (format!("{redirect:?}"), "https://app.example.com/a"),
        ];
        for (shown, expected) in rows {
            assert!(shown.contains(expected), "{shown}");
            assert!(!shown.contains(SECRET), "{shown}");
        }
    }
}
