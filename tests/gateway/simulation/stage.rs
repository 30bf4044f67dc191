//! Browsers, isolates and what is between them: does what a plan says.

use std::rc::Rc;

use authkit_gateway::gateway::Gateway;

use super::browser::{Browser, PEOPLE};
use super::plan::{Beginning, Leaving, Move};
use super::request::Request;
use super::scene::Scene;
use super::trace::Trace;
use super::verdict::Verdict;
use super::wire::Response;
use crate::support::{Site, Variables};

pub(super) struct Stage {
    pub(super) scene: Rc<Scene>,
    pub(super) browsers: Vec<Browser>,
    pub(super) isolates: Vec<Isolate>,
    /// Requests under way.
    pub(super) requests: Vec<Request>,
    /// Responses on their way.
    pub(super) wire: Vec<Response>,
    /// How the last request ended.
    pub(super) last_verdict: Option<Verdict>,
    variables: Variables,
}

pub(super) struct Isolate {
    pub(super) gateway: Rc<Gateway>,
    /// Which of the lives of all isolates and coordinators this is.
    pub(super) life: usize,
}

const KEYS: [&str; 4] = ["key_2", "key_3", "key_4", "key_5"];

impl Isolate {
    fn new(variables: &Variables, scene: &Scene) -> Isolate {
        Isolate {
            gateway: Rc::new(Gateway::new(variables.config())),
            life: scene.number(),
        }
    }
}

impl Stage {
    pub(super) fn new(beginning: &Beginning, trace: Trace) -> Stage {
        let site = Site::new(&[]);
        site.world.workos.latency.take();
        let owners = PEOPLE.iter().take(beginning.browsers);
        let browsers = owners.map(|owner| Browser::signed_in(&site, owner));
        let browsers = browsers.collect();
        let scene = Rc::new(Scene::new(site, beginning, trace));
        scene.note(|| format!("{beginning:?}"));
        scene.pass_until(scene.now() + beginning.age * 1000);
        let mut variables = Variables::new().with(&[("UNAUTHENTICATED_PATHS", "/open")]);
        if beginning.has_coordinators {
            variables = variables.with_binding("REFRESH_COORDINATOR");
        }
        let isolates = (0..beginning.isolates).map(|_| Isolate::new(&variables, &scene));
        Stage {
            isolates: isolates.collect(),
            browsers,
            requests: Vec::new(),
            wire: Vec::new(),
            last_verdict: None,
            variables,
            scene,
        }
    }

    /// Does one thing.
    pub(super) fn act(&mut self, action: Move) {
        match action {
            Move::Ask(browser, kind, isolate) => {
                self.ask(self.browser(browser), kind, isolate);
            }
            Move::Deliver(which) => self.deliver(which),
            Move::GoOn(whose, fate, turns) => {
                self.scene.fate.set(fate);
                for _ in 0..turns {
                    self.go_on(usize::from(whose));
                }
            }
            Move::Leave(who, leaving) => self.leave(who, leaving),
            Move::Pass(milliseconds, fate) => self.pass(milliseconds, fate),
            Move::Restart(isolate) => self.restart(isolate),
            Move::RotateKey => self.rotate_key(),
            Move::SignIn(browser, isolate, person) => {
                self.sign_in(self.browser(browser), isolate, person);
            }
            Move::Weather(tokens, keys) => {
                let scene = &self.scene;
                scene.note(|| format!("for a while, tokens: {tokens:?}, keys: {keys:?}"));
                scene.weather.set((tokens, keys));
            }
        }
    }

    fn browser(&self, number: u16) -> usize {
        usize::from(number) % self.browsers.len()
    }

    fn leave(&mut self, who: u16, leaving: Leaving) {
        let (who, requests) = (usize::from(who), self.requests.len());
        let Some(index) = who.checked_rem(requests + self.wire.len()) else {
            return;
        };
        if let Some(index) = index.checked_sub(requests) {
            let id = self.wire.remove(index).request;
            self.scene.note(|| format!("the response to #{id} is lost"));
        } else if leaving == Leaving::Unheard {
            let request = &mut self.requests[index];
            request.is_heard = false;
            self.scene
                .note(|| format!("#{}'s client leaves", request.id));
        } else {
            let id = self.requests.remove(index).id;
            self.scene.book.borrow_mut().abandon(id);
            self.scene
                .note(|| format!("#{id}'s client leaves, and it is dropped"));
        }
    }

    fn restart(&mut self, isolate: u16) {
        let index = usize::from(isolate) % (self.isolates.len() + 1);
        let Some(isolate) = self.isolates.get_mut(index) else {
            self.scene.note(|| "the coordinators restart".to_owned());
            return self.scene.restart_desks();
        };
        self.scene.note(|| format!("isolate {index} restarts"));
        let life = isolate.life;
        *isolate = Isolate::new(&self.variables, &self.scene);
        self.requests.retain(|request| request.life != life);
        let mut jobs = self.scene.jobs.borrow_mut();
        jobs.retain(|job| job.life != life);
    }

    fn rotate_key(&mut self) {
        self.scene.note(|| "WorkOS signs by another key".to_owned());
        let mut names = self.scene.site.world.workos.key_names.borrow_mut();
        let next = KEYS.iter().find(|name| !names.contains(name));
        names.extend(next);
    }
}
