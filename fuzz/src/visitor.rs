//! Somebody with a browser, who may have sessions and tokens of ours, and others that look like it.

use authkit_gateway::config::Config;
use authkit_gateway::decision::{Decision, Outcome};
use authkit_gateway::outside::Outside;
use authkit_gateway::seal::{Place, Purpose};
use serde_json::{Value, json};

use super::site::{HOST, Lines, SESSION};
use super::world::{World, claims, signed};

/// Part of every refresh token of ours.
pub const CANARY: &str = "CANARYrefresh7Rt";

#[derive(Default)]
pub struct Visitor {
    jar: Vec<(String, String)>,
    /// What proves somebody's identity, and was given to this visitor.
    genuine: Vec<String>,
    /// The `state` of the sign-in begun last.
    state: String,
}

impl Visitor {
    /// Puts in what stands in braces.
    pub fn dressed(&mut self, text: &str, config: &Config, world: &World) -> String {
        if !text.contains('{') {
            return text.to_owned();
        }
        let now = world.now().0;
        let mut dressed = text.replace("{jar}", &self.field());
        for (name, age) in [("good", 300), ("soon", 20), ("expired", 0)] {
            let token = || signed(&claims("user_1", now + age));
            dressed = self.put_in(dressed, &format!("{{{name}}}"), true, || {
                sealed(&token(), "user_1", config, world)
            });
        }
        let access = || signed(&claims("user_1", now + 300));
        dressed = self.put_in(dressed, "{access}", true, access);
        dressed = self.put_in(dressed, "{other}", true, || {
            signed(&claims("user_2", now + 300))
        });
        dressed = self.put_in(dressed, "{stale}", false, || signed(&claims("user_1", now)));
        dressed = self.put_in(dressed, "{iron}", true, || {
            let json = payload(&access(), "user_1").to_string();
            let keyring = &config.session_cookie.iron;
            keyring.seal(json.as_bytes(), world).expect("random bytes")
        });
        // The token of somebody else, under this user's name.
        dressed = self.put_in(dressed, "{mixed}", false, || {
            sealed(
                &signed(&claims("user_2", now + 300)),
                "user_1",
                config,
                world,
            )
        });
        self.put_in(dressed, "{forged}", false, || {
            let token = access();
            let (message, _) = token.rsplit_once('.').expect("three parts");
            sealed(&format!("{message}.AAAA"), "user_1", config, world)
        })
    }

    /// Returns the `state` of the sign-in begun last.
    pub fn state(&self) -> &str {
        &self.state
    }

    /// Returns whether these fields prove somebody's identity.
    pub fn is_known(&self, fields: &Lines) -> bool {
        let proofs = fields
            .0
            .iter()
            .filter(|(name, _)| name == "cookie" || name == "authorization");
        let mut values = proofs.map(|(_, value)| value);
        values.any(|value| {
            self.genuine
                .iter()
                .any(|genuine| value.contains(genuine.as_str()))
        })
    }

    /// Keeps what a browser keeps of an outcome.
    pub fn keep(&mut self, outcome: &Outcome) {
        let cookies = match &outcome.decision {
            Decision::Answer(answer) => &answer.cookies,
            Decision::Forward(forward) => &forward.cookies,
            Decision::Redirect(redirect) => {
                let state = redirect.location.split_once("state=").map(|(_, rest)| rest);
                let state = state.and_then(|rest| rest.split('&').next());
                self.state = state.unwrap_or(&self.state).to_owned();
                &redirect.cookies
            }
        };
        for cookie in cookies {
            self.jar.retain(|(name, _)| name != cookie.name());
            let pair = cookie.pair().and_then(|pair| pair.split_once('='));
            if let Some((name, value)) = pair {
                if name.starts_with(SESSION) {
                    self.genuine.push(value.to_owned());
                }
                self.jar.push((name.to_owned(), value.to_owned()));
            }
        }
    }

    fn put_in(
        &mut self,
        text: String,
        name: &str,
        is_genuine: bool,
        make: impl Fn() -> String,
    ) -> String {
        if !text.contains(name) {
            return text;
        }
        let made = make();
        if is_genuine {
            self.genuine.push(made.clone());
        }
        text.replace(name, &made)
    }

    fn field(&self) -> String {
        let pairs = self
            .jar
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        pairs.collect::<Vec<_>>().join("; ")
    }
}

fn payload(token: &str, user_id: &str) -> Value {
    json!({
        "accessToken": token, "refreshToken": format!("rt_{CANARY}"),
        "user": { "id": user_id, "email": "ada@example.com", "firstName": "Zoë\r\n" },
    })
}

fn sealed(token: &str, user_id: &str, config: &Config, world: &World) -> String {
    let place = Place {
        purpose: Purpose::Session,
        cookie: SESSION,
        host: HOST,
    };
    let json = payload(token, user_id).to_string();
    let sealed = config.keyring.seal(json.as_bytes(), place, world);
    sealed.expect("random bytes")
}
