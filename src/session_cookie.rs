//! The cookie, or cookies, that carry a session, sealed.
//!
//! 1. A cookie of more than 4,096 bytes would be dropped by browsers without a word: the user is
//!    slimmed first, then the seal is cut into at most [`MOST_CHUNKS`] cookies.
//! 2. A chunk's name carries its generation and their count, `wos-session.<generation>.<i>.<n>`, so
//!    that chunks of two writes never mix; the newest complete set counts.
//! 3. Every write removes what an earlier one left over.
//! 4. Seals of AuthKit's SDKs are read as sessions that nobody has verified, and written where the
//!    site's own SDK is to read them: then the session must fit one cookie.

use std::borrow::Cow;

use crate::cookie::{self, Attributes, SameSite, SetCookie};
use crate::iron::IronKeyring;
use crate::outside::{Outside, RandomnessFailed, UnixTime, random};
use crate::seal::{Keyring, Place, Purpose, SealedBy};
use crate::session::{Session, Standing};

/// The most cookies one session is cut into.
pub const MOST_CHUNKS: usize = 4;
/// What a seal of AuthKit's SDKs begins with.
const IRON: &str = "Fe26.2*";
/// The most a browser is sure to keep of one cookie, in bytes.
const LARGEST_COOKIE: usize = 4096;
/// The most cookies of the session's name that are looked at.
const MOST_CANDIDATES: usize = 8;

/// How the session's cookie is called and set.
#[derive(Debug)]
pub struct SessionCookie {
    /// `WORKOS_COOKIE_NAME`.
    pub name: String,
    /// `WORKOS_COOKIE_DOMAIN`.
    pub domain: Option<String>,
    /// `WORKOS_COOKIE_MAX_AGE`, in seconds.
    pub max_age: u64,
    /// `WORKOS_COOKIE_SAMESITE`.
    pub same_site: SameSite,
    /// Whether the browser may send it over https alone.
    pub secure: bool,
    /// `COOKIE_SEAL`.
    pub sealing: Sealing,
    /// `ACCEPT_IRON`: whether seals of AuthKit's SDKs are read.
    pub accepts_iron: bool,
    /// Makes and opens such seals.
    pub iron: IronKeyring,
}

/// Which kind of seal a session has.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sealing {
    /// Ours: see [`crate::seal`].
    Gcm,
    /// That of AuthKit's SDKs: see [`crate::iron`].
    Iron,
}

/// A session that was sealed in a cookie.
#[derive(Debug)]
pub struct Sealed {
    /// The session.
    pub session: Session,
    /// Which password had sealed it.
    pub by: SealedBy,
    /// Which kind of seal it was.
    pub sealing: Sealing,
    /// When it opens no more.
    pub opens_until: UnixTime,
}

/// A session that could not be written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum WriteFailed {
    /// There was no randomness to seal it with.
    Randomness,
    /// It doesn't fit [`MOST_CHUNKS`] cookies; carries the length of its seal, in bytes.
    TooLarge(usize),
}

impl From<RandomnessFailed> for WriteFailed {
    fn from(_: RandomnessFailed) -> WriteFailed {
        WriteFailed::Randomness
    }
}

impl SessionCookie {
    /// Returns whether a cookie of this name is, or was part of, a session.
    pub fn is_ours(&self, name: &str) -> bool {
        name == self.name || self.chunk(name).is_some()
    }

    /// Returns the sealed texts among the [`cookie::pairs`] of a field that may hold a session: the
    /// newest complete set of chunks and every cookie of the session's own name.
    pub fn candidates<'f>(
        &self,
        pairs: impl IntoIterator<Item = (&'f str, &'f str)>,
    ) -> Vec<Cow<'f, str>> {
        let mut texts: Vec<Cow<'_, str>> = Vec::new();
        let mut chunks = Vec::new();
        for (name, value) in pairs {
            if *name == self.name {
                texts.push(value.into());
            } else if let Some(chunk) = self.chunk(name) {
                chunks.push((chunk, value));
            }
        }
        texts.truncate(MOST_CANDIDATES);
        chunks.truncate(MOST_CANDIDATES.saturating_mul(MOST_CHUNKS));
        texts.extend(newest_complete_set(&chunks).map(Cow::Owned));
        texts
    }

    /// Opens one of [`SessionCookie::candidates`].
    pub fn open(&self, text: &str, keyring: &Keyring, host: &str, now: UnixTime) -> Option<Sealed> {
        if !text.starts_with(IRON) {
            let opened = keyring.open(text, self.place(host)).ok()?;
            let session = Session::parse(&opened.plaintext)?;
            return Some(Sealed {
                session,
                by: opened.by,
                sealing: Sealing::Gcm,
                opens_until: opened.opens_until,
            });
        }
        let opened = self
            .accepts_iron
            .then(|| self.iron.open(text, now).ok())
            .flatten()?;
        let mut session = Session::parse(&opened.plaintext)?;
        // An app may have sealed what nobody has verified.
        session.standing = Standing::Unverified;
        Some(Sealed {
            session,
            by: opened.by,
            sealing: Sealing::Iron,
            opens_until: opened.opens_until,
        })
    }

    /// Returns what sets the session in the browser, and removes from it whatever part of an
    /// earlier one `field`, the request's `Cookie`, shows to be left over.
    ///
    /// # Errors
    /// See [`WriteFailed`].
    pub fn write(
        &self,
        session: &Session,
        field: &str,
        keyring: &Keyring,
        host: &str,
        outside: &impl Outside,
    ) -> Result<Vec<SetCookie>, WriteFailed> {
        let mut cookies = self.sealed(session, keyring, host, outside)?;
        let stale: Vec<SetCookie> = self
            .names_in(field)
            .filter(|name| cookies.iter().all(|cookie| cookie.name() != *name))
            .map(|name| SetCookie::remove(name, self.attributes()))
            .collect();
        cookies.extend(stale);
        Ok(cookies)
    }

    /// Returns what removes every form of the session from the browser.
    pub fn remove(&self, field: &str) -> Vec<SetCookie> {
        let chunks = self.names_in(field).filter(|name| *name != self.name);
        let names = std::iter::once(self.name.as_str()).chain(chunks);
        // A host's own cookie may stand beside the domain's, from before the domain was configured.
        let host_only = Attributes {
            domain: None,
            ..self.attributes()
        };
        names
            .flat_map(|name| {
                let shared = self.domain.is_some();
                let also = shared.then(|| SetCookie::remove(name, host_only));
                std::iter::once(SetCookie::remove(name, self.attributes())).chain(also)
            })
            .collect()
    }

    fn sealed(
        &self,
        session: &Session,
        keyring: &Keyring,
        host: &str,
        outside: &impl Outside,
    ) -> Result<Vec<SetCookie>, WriteFailed> {
        if self.sealing == Sealing::Iron {
            // An SDK knows no chunks.
            let text = self.iron.seal(&session.sdk_payload(), outside)?;
            let fitting = self.fitting(&self.name, &text);
            return fitting
                .map(|cookie| vec![cookie])
                .ok_or(WriteFailed::TooLarge(text.len()));
        }
        let whole = self.seal(session, keyring, host, outside)?;
        if let Some(cookie) = self.fitting(&self.name, &whole) {
            return Ok(vec![cookie]);
        }
        let slim = self.seal(&session.slimmed(), keyring, host, outside)?;
        if let Some(cookie) = self.fitting(&self.name, &slim) {
            return Ok(vec![cookie]);
        }
        self.cut(&slim, outside)
    }

    fn seal(
        &self,
        session: &Session,
        keyring: &Keyring,
        host: &str,
        outside: &impl Outside,
    ) -> Result<String, RandomnessFailed> {
        keyring.seal(&session.payload(), self.place(host), outside)
    }

    fn fitting(&self, name: &str, value: &str) -> Option<SetCookie> {
        let cookie = SetCookie::set(name, value, self.attributes());
        (cookie.as_str().len() <= LARGEST_COOKIE).then_some(cookie)
    }

    fn cut(&self, text: &str, outside: &impl Outside) -> Result<Vec<SetCookie>, WriteFailed> {
        let [a, b] = random::<2>(outside)?;
        let generation = format!("{:08x}{a:02x}{b:02x}", outside.now().0);
        let name =
            |index: usize, count: usize| format!("{}.{generation}.{index}.{count}", self.name);
        let around = SetCookie::set(&name(0, MOST_CHUNKS), "", self.attributes());
        let room = LARGEST_COOKIE.saturating_sub(around.as_str().len()).max(1);
        let count = text.len().div_ceil(room);
        if count > MOST_CHUNKS {
            return Err(WriteFailed::TooLarge(text.len()));
        }
        let pieces = text.as_bytes().chunks(room).enumerate();
        Ok(pieces
            .map(|(index, piece)| {
                let piece = String::from_utf8_lossy(piece);
                SetCookie::set(&name(index, count), &piece, self.attributes())
            })
            .collect())
    }

    fn names_in<'a>(&'a self, field: &'a str) -> impl Iterator<Item = &'a str> {
        cookie::pairs(field)
            .map(|(name, _)| name)
            .filter(|name| self.is_ours(name))
    }

    fn chunk<'a>(&self, name: &'a str) -> Option<Chunk<'a>> {
        let rest = name.strip_prefix(self.name.as_str())?.strip_prefix('.')?;
        let mut parts = rest.split('.');
        let (generation, index, count) = (parts.next()?, parts.next()?, parts.next()?);
        let digits = |text: &str| text.len() == 1 && text.bytes().all(|byte| byte.is_ascii_digit());
        let hex = |text: &str| text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if parts.next().is_some() || generation.len() != 12 || !hex(generation) {
            return None;
        }
        if !digits(index) || !digits(count) {
            return None;
        }
        let (index, count) = (index.parse().ok()?, count.parse().ok()?);
        (index < count && count <= MOST_CHUNKS).then_some(Chunk {
            generation,
            index,
            count,
        })
    }

    fn place<'a>(&'a self, host: &'a str) -> Place<'a> {
        Place {
            purpose: Purpose::Session,
            cookie: &self.name,
            host: if self.domain.is_some() { "" } else { host },
        }
    }

    fn attributes(&self) -> Attributes<'_> {
        Attributes {
            domain: self.domain.as_deref(),
            max_age: self.max_age,
            same_site: self.same_site,
            secure: self.secure,
        }
    }
}

#[derive(Clone, Copy, Eq, PartialEq)]
struct Chunk<'a> {
    generation: &'a str,
    index: usize,
    count: usize,
}

fn newest_complete_set(chunks: &[(Chunk<'_>, &str)]) -> Option<String> {
    let beginnings = chunks.iter().filter(|(chunk, _)| chunk.index == 0);
    let sets = beginnings.filter_map(|(beginning, _)| {
        let pieces = (0..beginning.count).map(|index| {
            let wanted = Chunk {
                index,
                ..*beginning
            };
            let mut found = chunks.iter().filter(|(chunk, _)| *chunk == wanted);
            let (_, value) = found.next()?;
            // Nobody knows which of two is the right one.
            found.next().is_none().then_some(*value)
        });
        let text: String = pieces.collect::<Option<_>>()?;
        Some((beginning.generation, text))
    });
    sets.max().map(|(_, text)| text)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::scripted::Scripted;
    use crate::token::AccessToken;
    use crate::workos::RefreshToken;

    const HOST: &str = "app.example.com";

    fn keyring() -> Keyring {
        Keyring::new("a password of thirty-two letters", None)
    }

    fn settings() -> SessionCookie {
        SessionCookie {
            name: "wos-session".to_owned(),
            domain: None,
            max_age: 600,
            same_site: SameSite::Lax,
            secure: true,
            sealing: Sealing::Gcm,
            accepts_iron: true,
            iron: IronKeyring::new("a password of thirty-two letters", None),
        }
    }

    /// A session whose access token has this many bytes.
    fn session(token: usize) -> Session {
        let user = json!({"id": "user_1", "email": "a@example.com", "metadata": {"a": "b"}});
        Session {
            access_token: AccessToken::new("t".repeat(token)),
            refresh_token: RefreshToken::new("rt".to_owned()),
            user: user.as_object().expect("an object").clone(),
            impersonator: None,
            authentication_method: Some("SSO".to_owned()),
            standing: Standing::Verified,
        }
    }

    fn written(token: usize, field: &str) -> Result<Vec<SetCookie>, WriteFailed> {
        settings().write(
            &session(token),
            field,
            &keyring(),
            HOST,
            &Scripted::default(),
        )
    }

    /// What a browser sends back.
    fn field(cookies: &[SetCookie]) -> String {
        cookies
            .iter()
            .filter_map(SetCookie::pair)
            .collect::<Vec<_>>()
            .join("; ")
    }

    fn opened(field: &str) -> Vec<Session> {
        let texts = settings().candidates(cookie::pairs(field)).into_iter();
        let opened = texts
            .filter_map(|text| settings().open(&text, &keyring(), HOST, UnixTime(1_700_000_000)));
        opened.map(|sealed| sealed.session).collect()
    }

    #[test]
    fn every_size_comes_back_whole_in_cookies_browsers_keep() {
        for (token, count) in [
            (10, 1),
            (2500, 1),
            (3500, 2),
            (5800, 2),
            (6500, 3),
            (9500, 4),
        ] {
            let cookies = written(token, "").expect("it fits");
            assert_eq!(cookies.len(), count, "{token}");
            assert!(
                cookies.iter().all(|cookie| cookie.as_str().len() <= 4096),
                "{token}"
            );
            let read = opened(&field(&cookies));
            assert_eq!(read.len(), 1, "{token}");
            assert_eq!(read[0].access_token, session(token).access_token, "{token}");
        }
        assert!(matches!(written(13_000, ""), Err(WriteFailed::TooLarge(_))));
    }

    #[test]
    fn the_user_is_slimmed_only_where_that_spares_a_cookie() {
        let mut large = session(2000);
        large
            .user
            .insert("metadata".to_owned(), json!("m".repeat(2000)));
        let cookies = settings()
            .write(&large, "", &keyring(), HOST, &Scripted::default())
            .expect("it fits");
        assert_eq!(cookies.len(), 1);
        let slim = &opened(&field(&cookies))[0].user;
        assert_eq!(
            json!(slim),
            json!({"id": "user_1", "email": "a@example.com"})
        );
        let whole = &opened(&field(&written(10, "").expect("it fits")))[0].user;
        assert_eq!(json!(whole), json!(session(10).user));
    }

    #[test]
    fn chunks_of_two_writes_never_mix() {
        let whole = field(&written(5000, "").expect("it fits"));
        let (first, second) = whole.split_once("; ").expect("two chunks");
        let older = |pair: &str| pair.replacen("wos-session.65", "wos-session.64", 1);
        let rows = [
            ("both", whole.clone(), 1),
            ("reversed", format!("{second}; {first}"), 1),
            ("first alone", first.to_owned(), 0),
            ("second alone", second.to_owned(), 0),
            (
                "of two generations",
                format!("{}; {second}", older(first)),
                0,
            ),
            ("repeated", format!("{first}; {first}; {second}"), 0),
            (
                "with a torn older one",
                format!("{}; {whole}", older(second)),
                1,
            ),
            (
                "under an incomplete newer one",
                format!("{whole}; {}", first.replacen(".65", ".75", 1)),
                1,
            ),
        ];
        for (name, field, expected) in rows {
            assert_eq!(opened(&field).len(), expected, "{name}");
        }
    }

    #[test]
    fn only_well_formed_names_are_chunks() {
        let ours = [
            "wos-session",
            "wos-session.0123456789ab.0.2",
            "wos-session.0123456789ab.3.4",
        ];
        let others = [
            "wos-session.",
            "wos-session2",
            "wos-session.0123456789ab.2.2",
            "wos-session.0123456789ab.0.5",
            "wos-session.0123456789ab.-1.2",
            "wos-session.0123456789ab.00.2",
            "wos-session.0123456789ab.0.99999999",
            "wos-session.0123456789ab.0",
            "wos-session.0123456789ab.0.2.1",
            "wos-session.0123456789ag.0.2",
            "wos-session.0123456789a.0.2",
        ];
        assert!(ours.iter().all(|name| settings().is_ours(name)));
        for name in others {
            assert!(!settings().is_ours(name), "{name}");
        }
    }

    #[test]
    fn every_write_removes_what_an_earlier_one_left() {
        let chunks = field(&written(5000, "").expect("it fits"));
        let cookies = written(10, &format!("other=1; {chunks}")).expect("it fits");
        let removed: Vec<&str> = cookies
            .iter()
            .filter(|cookie| cookie.pair().is_none())
            .map(SetCookie::name)
            .collect();
        assert_eq!(removed.len(), 2);
        assert!(removed.iter().all(|name| name.starts_with("wos-session.")));
    }

    #[test]
    fn removal_reaches_every_form() {
        let shared = SessionCookie {
            domain: Some("example.com".to_owned()),
            ..settings()
        };
        let removals = shared.remove("a=1; wos-session.0123456789ab.0.2=x");
        let texts: Vec<&str> = removals.iter().map(SetCookie::as_str).collect();
        let rest = "Max-Age=0; HttpOnly; Secure; SameSite=Lax";
        assert_eq!(
            texts,
            [
                format!("wos-session=; Path=/; Domain=example.com; {rest}"),
                format!("wos-session=; Path=/; {rest}"),
                format!("wos-session.0123456789ab.0.2=; Path=/; Domain=example.com; {rest}"),
                format!("wos-session.0123456789ab.0.2=; Path=/; {rest}"),
            ]
        );
    }
}
