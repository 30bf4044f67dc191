//! A site behind a gateway, in a world of its own.

use authkit_gateway::decision::Outcome;
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
        run(&self.world, self.gateway.decide(&ask.head(), &self.world))
    }

    /// Decides requests that one isolate has at the same time.
    pub(crate) fn decide_all(&self, asks: &[Ask], seed: u64) -> Vec<Outcome> {
        let decide = async |ask: &Ask| self.gateway.decide(&ask.head(), &self.world).await;
        interleave(&self.world, asks.iter().map(decide).collect(), seed)
    }

    pub(crate) fn now(&self) -> UnixTime {
        self.world.now()
    }
}
