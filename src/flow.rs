//! One sign-in under way, and the sealed cookie that ties it to the browser that began it.
//!
//! 1. Each sign-in has a cookie of its own, `__Host-authkit-flow-<8 hex of state>`, so that tabs
//!    don't overwrite each other.
//! 2. `state` is `<n>.<128 random bits>`; n counts the restarts of this visitor, so that a browser
//!    that keeps no cookies ends on a page that says so.
//! 3. The code verifier never leaves the cookie ([RFC 7636 §4.1](https://www.rfc-editor.org/rfc/rfc7636#section-4.1)).
//! 4. A callback belongs to a flow if its `state` is the sealed one, compared in constant time, and
//!    the flow is younger than ten minutes
//!    ([RFC 6749 §10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::cookie::{self, Attributes, SameSite, SetCookie};
use crate::json::{self, Object};
use crate::outside::{Outside, RandomnessFailed, UnixTime, random};
use crate::return_path::ReturnPath;
use crate::seal::{Keyring, Place, Purpose};
use crate::workos::CodeVerifier;

/// Seconds a sign-in may take; WorkOS' codes live as long.
const LIFETIME: u64 = 600;
/// Seconds a flow may seem to come from the future, where two machines' clocks differ.
const SKEW: u64 = 60;
/// The most sign-ins a browser may have under way.
const MOST_FLOWS: usize = 5;
const PREFIX: &str = "authkit-flow-";
const HANDLE_LENGTH: usize = 8;

/// A sign-in under way.
#[derive(Debug)]
pub struct Flow {
    state: String,
    code_verifier: CodeVerifier,
    return_to: ReturnPath,
    /// What whoever linked to the sign-in wants to have back.
    caller_state: Option<String>,
    issued_at: UnixTime,
}

impl Flow {
    /// Begins a sign-in that is to end at `return_to`, `restarts` having come before it.
    ///
    /// # Errors
    /// No randomness, no sign-in.
    pub fn begin(
        return_to: ReturnPath,
        caller_state: Option<String>,
        restarts: u8,
        outside: &impl Outside,
    ) -> Result<Flow, RandomnessFailed> {
        let state: [u8; 16] = random(outside)?;
        let verifier: [u8; 32] = random(outside)?;
        Ok(Flow {
            state: format!("{restarts}.{:032x}", u128::from_be_bytes(state)),
            code_verifier: CodeVerifier::new(URL_SAFE_NO_PAD.encode(verifier)),
            return_to,
            caller_state,
            issued_at: outside.now(),
        })
    }

    /// Returns the `state` parameter.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Returns the verifier to send with the code.
    pub fn code_verifier(&self) -> &CodeVerifier {
        &self.code_verifier
    }

    /// Returns the S256 code challenge (RFC 7636 §4.2).
    pub fn code_challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(self.code_verifier.secret()))
    }

    /// Returns where the sign-in is to end.
    pub fn return_to(&self) -> &ReturnPath {
        &self.return_to
    }

    /// Returns where the visitor lands: the return path, with the caller's own state where there is
    /// one.
    pub fn landing(&self) -> ReturnPath {
        landing(&self.return_to, self.caller_state.as_deref())
    }

    fn payload(&self) -> Vec<u8> {
        let payload = Payload {
            state: &self.state,
            code_verifier: self.code_verifier.secret(),
            return_to: self.return_to.as_str(),
            caller_state: self.caller_state.as_deref(),
            issued_at: self.issued_at.0,
        };
        json::written(&payload).into_bytes()
    }

    fn parse(payload: &[u8]) -> Option<Flow> {
        let mut payload: Object = json::read(payload)?;
        let return_to: String = payload.take("returnTo")?;
        Some(Flow {
            state: payload.take("state")?,
            code_verifier: CodeVerifier::new(payload.take("codeVerifier")?),
            return_to: ReturnPath::parse(&return_to).unwrap_or_else(ReturnPath::root),
            caller_state: payload.take("callerState")?,
            issued_at: UnixTime(payload.take("issuedAt")?),
        })
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Payload<'a> {
    state: &'a str,
    code_verifier: &'a str,
    return_to: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    caller_state: Option<&'a str>,
    issued_at: u64,
}

/// Returns where a visitor lands who was to go to `return_to`: there, with the caller's own state
/// where there is one.
pub fn landing(return_to: &ReturnPath, caller_state: Option<&str>) -> ReturnPath {
    match caller_state {
        Some(state) => return_to.with_parameter("state", state),
        None => return_to.clone(),
    }
}

/// How flow cookies are set.
#[derive(Debug)]
pub struct FlowCookie {
    /// Whether the browser may send them over https alone; their names then begin with `__Host-`.
    pub secure: bool,
    /// `Lax`, or `None` where the session's is: WorkOS' redirect is a cross-site navigation.
    pub same_site: SameSite,
}

/// Why a callback belongs to no sign-in of this browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum NoFlow {
    /// It began more than ten minutes ago; carries where it was to end.
    Expired(ReturnPath),
    /// No cookie of ours that opens carries this state.
    Unknown,
}

impl FlowCookie {
    /// Returns whether a cookie of this name is, or was, a sign-in under way.
    pub fn is_ours(&self, name: &str) -> bool {
        name.strip_prefix("__Host-")
            .unwrap_or(name)
            .starts_with(PREFIX)
    }

    /// Returns what puts `flow` into the browser whose `Cookie` is `field`, the oldest making room
    /// where too many are under way.
    ///
    /// # Errors
    /// No randomness, no seal.
    pub fn write(
        &self,
        flow: &Flow,
        field: &str,
        keyring: &Keyring,
        host: &str,
        outside: &impl Outside,
    ) -> Result<Vec<SetCookie>, RandomnessFailed> {
        let name = self.name(handle(&flow.state).unwrap_or_default());
        let text = keyring.seal(&flow.payload(), place(&name, host), outside)?;
        let mut cookies = vec![SetCookie::set(&name, &text, self.attributes())];
        let mut others = self.oldest_first(field, keyring, host);
        while others.len() >= MOST_FLOWS
            && let Some(Reverse((_, oldest))) = others.pop()
        {
            cookies.push(self.removal(oldest));
        }
        Ok(cookies)
    }

    /// Returns the flow that a callback's `state` belongs to.
    ///
    /// # Errors
    /// See [`NoFlow`].
    pub fn find(
        &self,
        state: &str,
        field: &str,
        keyring: &Keyring,
        host: &str,
        now: UnixTime,
    ) -> Result<Flow, NoFlow> {
        let name = self.name(handle(state).ok_or(NoFlow::Unknown)?);
        let mut values = cookie::pairs(field).filter(|(key, _)| *key == name);
        // Two of one name: another host of this domain may have planted one.
        let (Some((_, text)), None) = (values.next(), values.next()) else {
            return Err(NoFlow::Unknown);
        };
        let flow = open(text, &name, keyring, host).ok_or(NoFlow::Unknown)?;
        // 4.
        if !bool::from(flow.state.as_bytes().ct_eq(state.as_bytes())) {
            return Err(NoFlow::Unknown);
        }
        if now.since(flow.issued_at) >= LIFETIME || flow.issued_at.since(now) > SKEW {
            return Err(NoFlow::Expired(flow.landing()));
        }
        Ok(flow)
    }

    /// Returns what removes the flow that `state` belongs to.
    pub fn remove(&self, state: &str) -> Option<SetCookie> {
        Some(self.removal(&self.name(handle(state)?)))
    }

    /// Returns what removes every flow in `field`, a `Cookie` field.
    pub fn remove_all(&self, field: &str) -> Vec<SetCookie> {
        let ours = cookie::pairs(field).filter(|(name, _)| self.is_ours(name));
        ours.map(|(name, _)| self.removal(name)).collect()
    }

    fn oldest_first<'a>(
        &self,
        field: &'a str,
        keyring: &Keyring,
        host: &str,
    ) -> BinaryHeap<Reverse<(Option<UnixTime>, &'a str)>> {
        let flows = cookie::pairs(field).filter(|(name, _)| self.is_ours(name));
        let aged = flows.map(|(name, text)| {
            let flow = open(text, name, keyring, host);
            // What doesn't open is the first to go.
            Reverse((flow.map(|flow| flow.issued_at), name))
        });
        aged.collect()
    }

    fn name(&self, handle: &str) -> String {
        let prefix = if self.secure { "__Host-" } else { "" };
        format!("{prefix}{PREFIX}{handle}")
    }

    fn removal(&self, name: &str) -> SetCookie {
        SetCookie::remove(name, self.attributes())
    }

    fn attributes(&self) -> Attributes<'static> {
        Attributes {
            domain: None,
            max_age: LIFETIME,
            same_site: self.same_site,
            secure: self.secure,
        }
    }
}

fn open(text: &str, name: &str, keyring: &Keyring, host: &str) -> Option<Flow> {
    Flow::parse(&keyring.open(text, place(name, host)).ok()?.plaintext)
}

fn place<'a>(name: &'a str, host: &'a str) -> Place<'a> {
    Place {
        purpose: Purpose::Flow,
        cookie: name,
        host,
    }
}

/// Returns how many restarts a `state` of ours counts.
pub fn restarts(state: &str) -> Option<u8> {
    handle(state)?;
    state.split_once('.')?.0.parse().ok()
}

/// The part of a state that names its cookie.
fn handle(state: &str) -> Option<&str> {
    let (restarts, bits) = state.split_once('.')?;
    restarts.parse::<u8>().ok()?;
    let hex = bits.len() == 32 && bits.bytes().all(|byte| byte.is_ascii_hexdigit());
    bits.get(..HANDLE_LENGTH).filter(|_| hex)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scripted::Scripted;

    const HOST: &str = "app.example.com";
    const COOKIE: FlowCookie = FlowCookie {
        secure: true,
        same_site: SameSite::Lax,
    };

    fn keyring() -> Keyring {
        Keyring::new("a password of thirty-two letters", None)
    }

    fn begun(outside: &Scripted, field: &str) -> (Flow, Vec<SetCookie>) {
        let path = ReturnPath::parse("/deep?x=1").expect("a path");
        let flow = Flow::begin(path, None, 0, outside).expect("random bytes");
        let cookies = COOKIE
            .write(&flow, field, &keyring(), HOST, outside)
            .expect("random bytes");
        (flow, cookies)
    }

    fn pair(cookies: &[SetCookie]) -> String {
        cookies
            .first()
            .and_then(SetCookie::pair)
            .expect("a cookie")
            .to_owned()
    }

    #[test]
    fn a_callback_finds_its_own_flow_alone() {
        let outside = Scripted::default();
        let (one, one_cookies) = begun(&outside, "");
        let (other, other_cookies) = begun(&outside, "");
        let (one_pair, other_pair) = (pair(&one_cookies), pair(&other_cookies));
        let both = format!("{one_pair}; {other_pair}");
        let swapped = format!(
            "{}={}",
            one_cookies[0].name(),
            other_pair.split_once('=').expect("a pair").1
        );
        let longer = format!("{}0", one.state());
        let rows = [
            ("both tabs, one", one.state(), both.as_str(), true),
            ("both tabs, other", other.state(), both.as_str(), true),
            (
                "without its cookie",
                one.state(),
                other_pair.as_str(),
                false,
            ),
            ("under another name", one.state(), swapped.as_str(), false),
            ("without cookies", one.state(), "", false),
            (
                "twice",
                one.state(),
                &format!("{one_pair}; {one_pair}"),
                false,
            ),
            ("longer state", &longer, &both, false),
            ("no state", "", &both, false),
            (
                "another count",
                &one.state().replacen('0', "1", 1),
                &both,
                false,
            ),
        ];
        for (name, state, field, found) in rows {
            let flow = COOKIE.find(state, field, &keyring(), HOST, outside.now());
            assert_eq!(flow.is_ok(), found, "{name}");
        }
        let flow = COOKIE
            .find(one.state(), &both, &keyring(), HOST, outside.now())
            .expect("found");
        assert_eq!(flow.return_to().as_str(), "/deep?x=1");
        assert_eq!(flow.code_verifier(), one.code_verifier());
    }

    #[test]
    fn only_a_state_of_ours_counts_restarts() {
        let bits = "0123456789abcdef0123456789abcdef";
        let short = bits.trim_start_matches('0');
        let rows = [
            (format!("0.{bits}"), Some(0)),
            (format!("255.{bits}"), Some(255)),
            (format!("256.{bits}"), None),
            (format!("-1.{bits}"), None),
            (format!(".{bits}"), None),
            (bits.to_owned(), None),
            (format!("1.{short}"), None),
            (format!("1.{bits}0"), None),
            (format!("1.{short}g"), None),
            (format!("1.{short}\u{e9}"), None),
        ];
        for (state, expected) in rows {
            assert_eq!(restarts(&state), expected, "{state}");
        }
    }

    #[test]
    fn a_flow_lives_ten_minutes() {
        let outside = Scripted::default();
        let (flow, cookies) = begun(&outside, "");
        let now = outside.now().0;
        let expired = Some(NoFlow::Expired(flow.return_to().clone()));
        let rows = [
            (now + 599, None),
            (now + 600, expired.clone()),
            (now - 60, None),
            (now - 61, expired.clone()),
        ];
        for (now, expected) in rows {
            let found = COOKIE.find(
                flow.state(),
                &pair(&cookies),
                &keyring(),
                HOST,
                UnixTime(now),
            );
            assert_eq!(found.err(), expected, "{now}");
        }
    }

    #[test]
    fn a_browser_has_five_flows_at_the_most() {
        let outside = Scripted::default();
        let mut field = "other=1; __Host-authkit-flow-deadbeef=unreadable".to_owned();
        for _ in 0..4 {
            field = format!("{field}; {}", pair(&begun(&outside, "").1));
        }
        let (_, cookies) = begun(&outside, &field);
        let evicted: Vec<&str> = cookies.iter().skip(1).map(SetCookie::name).collect();
        assert_eq!(
            evicted,
            ["__Host-authkit-flow-deadbeef"],
            "what doesn't open goes first"
        );
    }

    #[test]
    fn the_challenge_is_rfc_7636s() {
        // RFC 7636, Appendix B.
        let flow = Flow {
            code_verifier: CodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".into()),
            ..begun(&Scripted::default(), "").0
        };
        assert_eq!(
            flow.code_challenge(),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }
}
