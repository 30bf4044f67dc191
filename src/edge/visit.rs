//! One request on its way: decided on, sent on, answered, logged.

use std::rc::Rc;

use js_sys::Promise;
use url::Url;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, Response};
use worker::{Env, console_log, worker_sys};

use super::beside::Beside;
use super::clock::Clock;
use super::crossing::{self, Head};
use super::origin::{self, Answered};
use super::runtime::{self, Runtime};
use super::{Standing, convert, not_configured, standing, task};
use crate::decision::{Decision, Outcome};
use crate::gateway::Gateway;
use crate::log::Line;
use crate::renewal::Renewal;
use crate::request::RequestHead;

/// A request, and what is needed to answer it.
pub(super) struct Visit {
    request: Request,
    inbound: Head,
    url: Url,
    id: String,
    env: Env,
    runtime: Runtime,
    standing: Rc<Standing>,
    /// By the platform's clock, in milliseconds.
    began: f64,
}

/// A request that has been decided on.
pub(super) struct Decided {
    visit: Visit,
    outcome: Outcome,
}

impl Visit {
    /// Reads a request.
    ///
    /// # Errors
    /// Nothing can be decided; carries what is answered then.
    pub(super) fn new(
        request: Request,
        env: Env,
        context: worker_sys::Context,
    ) -> Result<Visit, Result<Response, JsValue>> {
        let inbound = Head::of_request(&request);
        let clock = Clock::stopped();
        let id = runtime::request_id();
        let Ok(url) = Url::parse(inbound.url()) else {
            return Err(convert::unreadable(&id));
        };
        let wait_until = move |promise: &Promise| {
            // The platform keeps it; it has nothing to say about it.
            let _ = context.wait_until(promise);
        };
        let visit = Visit {
            request,
            inbound,
            url,
            id,
            standing: standing(&env),
            began: clock.now(),
            runtime: Runtime::new(env.clone(), clock, Rc::new(wait_until)),
            env,
        };
        match visit.standing.as_ref() {
            Ok(_) => Ok(visit),
            Err(faults) => Err(not_configured(faults, &visit.head(), &visit.env)),
        }
    }

    /// Returns the clock, which stands still.
    pub(super) fn clock(&self) -> Rc<Clock> {
        Rc::clone(&self.runtime.clock)
    }

    /// Decides on it.
    pub(super) async fn decided(self) -> Decided {
        let outcome = self.gateway().decide(&self.head(), &self.runtime).await;
        Decided {
            visit: self,
            outcome,
        }
    }

    fn gateway(&self) -> &Gateway {
        self.standing
            .as_ref()
            .as_ref()
            .expect("a visit begins where the settings are right")
    }

    fn head(&self) -> RequestHead<'_> {
        RequestHead {
            method: self.inbound.method(),
            url: &self.url,
            raw_path: raw_path(self.inbound.url()),
            fields: &self.inbound,
            id: &self.id,
            wants_data: false,
        }
    }
}

impl Decided {
    /// Does what was decided; returns the answer, or the promise of one.
    pub(super) fn carried_out(mut self) -> Result<JsValue, JsValue> {
        let Decision::Forward(forward) = &mut self.outcome.decision else {
            return Ok(self.own_answer()?.into());
        };
        let ahead = forward.ahead.take();
        let forward = &*forward;
        let asked = origin::ask(
            forward,
            &self.visit.request,
            &self.visit.inbound,
            &self.visit.head(),
            &self.visit.env,
            &self.visit.gateway().config,
        );
        let promise = match (asked, ahead) {
            (Err(error), _) => return Ok(self.relayed(Err(error))?.into()),
            (Ok(asked), None) => crossing::then(&asked, |answer| self.relayed(answer)),
            (Ok(asked), Some(ahead)) => task::promise(self.beside(asked, ahead)),
        };
        Ok(promise.into())
    }

    /// Waits for the origin's answer, and for a refresh ahead of time that goes on beside it.
    async fn beside(mut self, asked: Promise, ahead: Renewal) -> Result<JsValue, JsValue> {
        let Visit {
            standing, runtime, ..
        } = &self.visit;
        let beside = Beside::begin(ahead, Rc::clone(standing), runtime.clone());
        let answer = JsFuture::from(asked).await;
        if let Some(renewed) = beside.told().await {
            self.outcome.learn(renewed);
        }
        Ok(self.relayed(answer.map(JsCast::unchecked_into))?.into())
    }

    fn relayed(mut self, asked: Result<Response, JsValue>) -> Result<Response, JsValue> {
        let Decision::Forward(forward) = &self.outcome.decision else {
            return self.own_answer();
        };
        let (head, gateway) = (self.visit.head(), self.visit.gateway());
        match origin::relay(forward, asked, &head, gateway)? {
            Answered::Response(response) => {
                self.log();
                Ok(response)
            }
            Answered::EnsureSignedIn => {
                let (told, cookies) = (forward.told, forward.cookies.clone());
                if let Some(instead) = gateway.ensure_signed_in(told, &head, &self.visit.runtime) {
                    self.outcome = instead.with_cookies(cookies);
                }
                self.own_answer()
            }
        }
    }

    fn own_answer(&self) -> Result<Response, JsValue> {
        self.log();
        match &self.outcome.decision {
            Decision::Answer(answer) => convert::answer(answer, &self.visit.head()),
            Decision::Redirect(redirect) => convert::redirect(redirect),
            // There is no way here; and if there were, nothing would be let through.
            Decision::Forward(_) => Err("a forward is not an answer".into()),
        }
    }

    fn log(&self) {
        let (visit, note) = (&self.visit, &self.outcome.note);
        if note.level < visit.gateway().config.log_level {
            return;
        }
        let (verdict, status) = match &self.outcome.decision {
            Decision::Answer(answer) => ("answer", Some(answer.status)),
            Decision::Forward(_) => ("forward", None),
            Decision::Redirect(redirect) => ("redirect", Some(redirect.status.code())),
        };
        let line = Line {
            level: note.level,
            request_id: &visit.id,
            method: visit.inbound.method(),
            path: visit.url.path(),
            route: note.route,
            verdict,
            status,
            reason: note.reason,
            detail: note.detail.as_deref(),
            seal: note.seal,
            refresh: note.refresh,
            session: note.session.as_deref(),
            ms: convert::milliseconds(visit.runtime.clock.now() - visit.began),
        };
        console_log!("{}", line.text());
    }
}

/// The path as it stood in the URL that came in.
fn raw_path(raw_url: &str) -> &str {
    let after_scheme = raw_url.split_once("://").map_or(raw_url, |(_, rest)| rest);
    let path = after_scheme
        .find('/')
        .and_then(|start| after_scheme.get(start..));
    path.unwrap_or("/").split('?').next().unwrap_or("/")
}
