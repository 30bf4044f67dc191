//! A session, and the cookie or cookies that carry it, sealed.
//!
//! 1. The payload has AuthKit's field names; of the user only `id` is required.
//! 2. A cookie of more than 4,096 bytes would be dropped by browsers without a word: the user is
//!    slimmed first, then the seal is cut into at most [`MOST_CHUNKS`] cookies.
//! 3. A chunk's name carries its generation and their count, `wos-session.<generation>.<i>.<n>`, so
//!    that chunks of two writes never mix; the newest complete set counts.
//! 4. Every write removes what an earlier one left over.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::cookie::{self, Attributes, SameSite, SetCookie};
use crate::outside::{Outside, RandomnessFailed, random};
use crate::seal::{Keyring, Place, Purpose, SealedBy};
use crate::token::AccessToken;
use crate::workos::{Authentication, RefreshToken};

/// The most cookies one session is cut into.
pub const MOST_CHUNKS: usize = 4;
/// The most a browser is sure to keep of one cookie, in bytes.
const LARGEST_COOKIE: usize = 4096;
/// The most cookies of the session's name that are looked at.
const MOST_CANDIDATES: usize = 8;

/// What a sign-in left us with.
#[derive(Clone, Debug)]
pub struct Session {
    /// The access token of the last exchange.
    pub access_token: AccessToken,
    /// The refresh token of the last exchange.
    pub refresh_token: RefreshToken,
    /// The user, with AuthKit's camelCase field names; `id` is there.
    pub user: Map<String, Value>,
    /// Who is acting as the user.
    pub impersonator: Option<Value>,
    /// How the user signed in.
    pub authentication_method: Option<String>,
    /// Whether the access token's signature was checked before this was sealed.
    pub standing: Standing,
}

/// What a seal says of the access token in it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// It came from WorkOS when the keys could not be had: kept, not yet acted on.
    Unverified,
    /// Its signature was good.
    Verified,
}

impl Session {
    /// Returns the session an exchange leads to, its token not yet verified; `previous` is the refresh token that was used, if
    /// one was: it stays good where the answer has none. `None` where there is no token at all.
    pub fn from_authentication(
        authentication: Authentication,
        previous: Option<&RefreshToken>,
    ) -> Option<Session> {
        Some(Session {
            access_token: authentication.access_token,
            refresh_token: authentication.refresh_token.or_else(|| previous.cloned())?,
            user: authentication.user,
            impersonator: authentication.impersonator,
            authentication_method: authentication.authentication_method,
            standing: Standing::Unverified,
        })
    }

    /// Returns the user's id.
    pub fn user_id(&self) -> &str {
        self.user
            .get("id")
            .and_then(Value::as_str)
            .unwrap_or_default()
    }

    /// Returns the user's e-mail address.
    pub fn email(&self) -> Option<&str> {
        self.user.get("email").and_then(Value::as_str)
    }

    fn payload(&self) -> Vec<u8> {
        let payload = Payload {
            access_token: self.access_token.secret().to_owned(),
            refresh_token: self.refresh_token.secret().to_owned(),
            user: self.user.clone(),
            impersonator: self.impersonator.clone(),
            authentication_method: self.authentication_method.clone(),
            unverified: self.standing == Standing::Unverified,
        };
        serde_json::to_vec(&payload)
            .expect("a payload has text keys and nothing that fails to serialize")
    }

    /// Leaves of the user what pages commonly show.
    fn slimmed(&self) -> Session {
        const KEPT: [&str; 6] = [
            "email",
            "emailVerified",
            "firstName",
            "id",
            "lastName",
            "name",
        ];
        let mut slim = self.clone();
        slim.user.retain(|name, _| KEPT.contains(&name.as_str()));
        slim
    }
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    access_token: String,
    refresh_token: String,
    user: Map<String, Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    impersonator: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    authentication_method: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    unverified: bool,
}

impl Payload {
    fn parse(json: &[u8]) -> Option<Session> {
        let payload: Payload = serde_json::from_slice(json).ok()?;
        let has_id = payload
            .user
            .get("id")?
            .as_str()
            .is_some_and(|id| !id.is_empty());
        has_id.then_some(Session {
            access_token: AccessToken::new(payload.access_token),
            refresh_token: RefreshToken::new(payload.refresh_token),
            user: payload.user,
            impersonator: payload.impersonator,
            authentication_method: payload.authentication_method,
            standing: if payload.unverified {
                Standing::Unverified
            } else {
                Standing::Verified
            },
        })
    }
}

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

    /// Returns the sealed texts in a `Cookie` field that may hold a session: the newest complete
    /// set of chunks and every cookie of the session's own name.
    pub fn candidates(&self, field: &str) -> Vec<String> {
        let mut texts: Vec<String> = cookie::pairs(field)
            .filter(|(name, _)| *name == self.name)
            .map(|(_, value)| value.to_owned())
            .take(MOST_CANDIDATES)
            .collect();
        texts.extend(self.newest_complete_set(field));
        texts
    }

    /// Opens one of [`SessionCookie::candidates`].
    pub fn open(&self, text: &str, keyring: &Keyring, host: &str) -> Option<(Session, SealedBy)> {
        let opened = keyring.open(text, self.place(host)).ok()?;
        Some((Payload::parse(&opened.plaintext)?, opened.by))
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

    fn newest_complete_set(&self, field: &str) -> Option<String> {
        let mut chunks: Vec<(Chunk<'_>, &str)> = cookie::pairs(field)
            .filter_map(|(name, value)| Some((self.chunk(name)?, value)))
            .take(MOST_CANDIDATES.saturating_mul(MOST_CHUNKS))
            .collect();
        // Newest generation first, its pieces in order.
        chunks.sort_by(|(a, _), (b, _)| {
            (b.generation, a.count, a.index).cmp(&(a.generation, b.count, b.index))
        });
        chunks
            .chunk_by(|(a, _), (b, _)| (a.generation, a.count) == (b.generation, b.count))
            .find(|set| {
                let complete = set.iter().map(|(chunk, _)| chunk.index).eq(0..set.len());
                complete
                    && set
                        .first()
                        .is_some_and(|(chunk, _)| chunk.count == set.len())
            })
            .map(|set| set.iter().map(|(_, value)| *value).collect())
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

struct Chunk<'a> {
    generation: &'a str,
    index: usize,
    count: usize,
}
