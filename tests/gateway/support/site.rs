//! A site behind a gateway, in a world of its own.

use authkit_gateway::decision::{Decision, Outcome};
use authkit_gateway::gateway::Gateway;
use authkit_gateway::outside::{Outside, UnixTime};

use super::executor::{interleave, run};
use super::request::Ask;
use super::variables::Variables;
use super::world::World;

pub(crate) const SESSION: &str = "wos-session";

pub(crate) struct Site {
    pub(crate) world: World,
    pub(crate) gateway: Gateway,
    variables: Variables,
}

impl Site {
    /// Returns a site every path of which is protected, but for these variables.
    pub(crate) fn new(variables: &[(&str, &str)]) -> Site {
        let variables = Variables::new().with(variables);
        Site {
            world: World::new(),
            gateway: Gateway::new(variables.config()),
            variables,
        }
    }

    /// Returns the same with bindings.
    pub(crate) fn bound(variables: &[(&str, &str)], bindings: &[&str]) -> Site {
        let mut site = Site::new(variables);
        for binding in bindings {
            site.variables = site.variables.with_binding(binding);
        }
        site.restart();
        site
    }

    /// Starts another isolate: what the old one remembered is gone.
    pub(crate) fn restart(&mut self) {
        self.restart_with(&[]);
    }

    /// Deploys other settings.
    pub(crate) fn restart_with(&mut self, variables: &[(&str, &str)]) {
        self.variables = self.variables.clone().with(variables);
        self.gateway = Gateway::new(self.variables.config());
    }

    pub(crate) fn decide(&self, ask: &Ask) -> Outcome {
        run(&self.world, self.decided(ask))
    }

    async fn decided(&self, ask: &Ask) -> Outcome {
        let mut outcome = self.gateway.decide(&ask.head(), &self.world).await;
        if let Decision::Forward(forward) = &mut outcome.decision
            && let Some(renewal) = forward.ahead.take()
            && let Some(renewed) = self.gateway.renew_ahead(&renewal, &self.world).await
        {
            outcome.learn(renewed);
        }
        outcome
    }

    /// Decides requests that one isolate has at the same time.
    pub(crate) fn decide_all(&self, asks: &[Ask], seed: u64) -> Vec<Outcome> {
        let decided = asks.iter().map(|ask| self.decided(ask));
        interleave(&self.world, decided.collect(), seed)
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.world.now()
    }
}
