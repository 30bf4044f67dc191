//! A small model of WorkOS: sign-in, codes with PKCE, rotating refresh tokens, keys; and what can go
//! wrong with it.

mod grants;

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;

use serde_json::{Value, json};
use url::Url;

use authkit_gateway::outside::{SendFailed, UnixTime};
use authkit_gateway::workos::{ApiRequest, ApiResponse, ResponseBody};

use super::script::{Call, Fault, Faults, Person, Rotation};
use super::token::{CLIENT_ID, Unsigned, jwk};
use super::variables::API_KEY;

type Twist = Box<dyn Fn(&mut Unsigned, &mut Value)>;

pub(crate) struct WorkOs {
    pub(crate) calls: RefCell<Vec<Call>>,
    /// What WorkOS takes to answer.
    pub(crate) latency: Cell<Duration>,
    pub(crate) rotation: Cell<Rotation>,
    /// What goes wrong with `/authenticate`.
    pub(crate) tokens: Faults,
    /// What goes wrong with the keys.
    pub(crate) keys: Faults,
    /// The keys' names: all are published, the last one signs.
    pub(crate) key_names: RefCell<Vec<&'static str>>,
    /// Changes what is about to be handed out.
    pub(crate) twist: RefCell<Option<Twist>>,
    /// The organizations somebody has to choose from who signs in without one: ids and names.
    pub(crate) organizations: RefCell<Vec<(&'static str, &'static str)>>,
    codes: RefCell<HashMap<String, (String, Person)>>,
    /// Those who are choosing, by `pending_authentication_token`.
    choosing: RefCell<HashMap<String, Person>>,
    grants: RefCell<HashMap<String, Grant>>,
    issued: Cell<u64>,
}

#[derive(Clone)]
struct Grant {
    person: Person,
    sid: String,
    spent: Option<(UnixTime, Value)>,
}

impl WorkOs {
    pub(crate) fn new() -> WorkOs {
        WorkOs {
            calls: RefCell::default(),
            latency: Cell::new(Duration::from_millis(20)),
            rotation: Cell::new(Rotation::Replayed),
            tokens: Faults::default(),
            keys: Faults::default(),
            key_names: RefCell::new(vec!["key_1"]),
            twist: RefCell::default(),
            organizations: RefCell::default(),
            codes: RefCell::default(),
            choosing: RefCell::default(),
            grants: RefCell::default(),
            issued: Cell::new(0),
        }
    }

    /// Plays AuthKit: `person` signs in on the page at `url`, and is sent back.
    pub(crate) fn sign_in(&self, url: &str, person: Person) -> String {
        let url = Url::parse(url).expect("an absolute URL");
        let query: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let code = format!("code_{}", self.next());
        let challenge = query["code_challenge"].clone();
        self.codes
            .borrow_mut()
            .insert(code.clone(), (challenge, person));
        let mut callback = Url::parse(&query["redirect_uri"]).expect("an absolute URL");
        let pairs = [("code", code.as_str()), ("state", &query["state"])];
        callback.query_pairs_mut().extend_pairs(pairs);
        callback.into()
    }

    /// Returns the calls of one kind.
    pub(crate) fn count(&self, is_one: fn(&Call) -> bool) -> usize {
        self.calls
            .borrow()
            .iter()
            .filter(|call| is_one(call))
            .count()
    }

    pub(crate) fn refreshes(&self) -> usize {
        self.count(|call| matches!(call, Call::Refresh(_)))
    }

    pub(crate) fn exchanges(&self) -> usize {
        self.count(|call| matches!(call, Call::Code(_)))
    }

    pub(crate) fn key_fetches(&self) -> usize {
        self.count(|call| matches!(call, Call::Keys))
    }

    pub(super) fn receive(
        &self,
        request: &ApiRequest,
        now: UnixTime,
    ) -> Result<ApiResponse, SendFailed> {
        let (faults, act): (_, Box<dyn Fn() -> (u16, Value)>) = match request {
            ApiRequest::Get { url } => {
                assert_eq!(*url, format!("https://api.workos.com/sso/jwks/{CLIENT_ID}"));
                self.calls.borrow_mut().push(Call::Keys);
                (&self.keys, Box::new(|| (200, self.published())))
            }
            ApiRequest::Post { url, body } => {
                assert_eq!(url, "https://api.workos.com/user_management/authenticate");
                let body = json(body.secret());
                self.calls.borrow_mut().push(called(&body));
                (
                    &self.tokens,
                    Box::new(move || self.authenticate(&body, now)),
                )
            }
        };
        let (status, retry_after, body) = match faults.take() {
            None => {
                let (status, json) = act();
                (status, None, json.to_string())
            }
            Some(Fault::Answer(status, body)) => (status, None, body.to_owned()),
            Some(Fault::Later(status, body)) => (status, Some("7".to_owned()), body.to_owned()),
            Some(Fault::LostReply) => {
                act();
                return Err(SendFailed::Network);
            }
            Some(Fault::Network) => return Err(SendFailed::Network),
            Some(Fault::Timeout) => return Err(SendFailed::Timeout),
        };
        Ok(ApiResponse {
            status,
            retry_after,
            body: ResponseBody::new(body),
        })
    }

    fn published(&self) -> Value {
        let keys: Vec<Value> = self
            .key_names
            .borrow()
            .iter()
            .map(|name| jwk(name))
            .collect();
        json!({ "keys": keys })
    }

    fn authenticate(&self, body: &Value, now: UnixTime) -> (u16, Value) {
        if body["client_id"] != CLIENT_ID || body["client_secret"] != API_KEY {
            return (401, json!({ "error": "invalid_client" }));
        }
        match text(&body["grant_type"]) {
            "authorization_code" => self.exchange(body, now),
            SELECTION => self.select(body, now),
            _ => self.refresh(body, now),
        }
    }

    fn next(&self) -> u64 {
        self.issued.set(self.issued.get() + 1);
        self.issued.get()
    }
}

const SELECTION: &str = "urn:workos:oauth:grant-type:organization-selection";

fn called(body: &Value) -> Call {
    match text(&body["grant_type"]) {
        "authorization_code" => Call::Code(text(&body["code"]).to_owned()),
        SELECTION => Call::Selection(text(&body["pending_authentication_token"]).to_owned()),
        "refresh_token" => Call::Refresh(text(&body["refresh_token"]).to_owned()),
        other => panic!("a grant WorkOS doesn't know: {other}"),
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).expect("the gateway sends JSON")
}

fn text(json: &Value) -> &str {
    json.as_str().unwrap_or_default()
}
