//! The world as one piece of work sees it: whatever it waits for gives others their turn, and the
//! plan decides what comes of it.

use std::rc::Rc;
use std::time::Duration;

use authkit_gateway::jwk::RsaKey;
use authkit_gateway::outside::{Outside, RandomnessFailed, SendFailed, VerifierFailed};
use authkit_gateway::workos::{ApiRequest, ApiResponse, RequestBody};

use super::desk;
use super::errand;
use super::scene::Scene;
use crate::support::step;

#[derive(Clone)]
pub(super) struct Seat {
    pub(super) scene: Rc<Scene>,
    /// Which of the lives of all isolates and coordinators this is.
    pub(super) life: usize,
    pub(super) work: usize,
}

impl Outside for Seat {
    fn clock(&self) -> Duration {
        Duration::from_millis(self.scene.now())
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        self.scene.site.world.random(bytes)
    }

    async fn verify_rs256(
        &self,
        key: &RsaKey,
        message: &[u8],
        signature: &[u8],
    ) -> Result<bool, VerifierFailed> {
        self.scene.wait(self.work, 0).await;
        at_once(self.scene.site.world.verify_rs256(key, message, signature))
    }

    async fn send(&self, request: ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed> {
        let expecting = errand::send(self, request, budget);
        self.scene.wait(self.work, expecting.heard).await;
        expecting.reply()
    }

    async fn coordinate(
        &self,
        session: &str,
        errand: RequestBody,
        budget: Duration,
    ) -> Result<ApiResponse, SendFailed> {
        desk::ask(self, session, errand, milliseconds(budget)).await
    }

    async fn recall(&self, name: &str) -> Option<String> {
        self.scene.wait(self.work, 0).await;
        let cache = self.scene.cache.as_ref()?;
        cache.get(name, self.scene.now())
    }

    fn remember(&self, name: &str, text: String, duration: Duration) {
        let until = self.scene.now() + milliseconds(duration);
        if let Some(cache) = &self.scene.cache {
            cache.put(name, text, until);
        }
    }

    async fn sleep(&self, duration: Duration) {
        self.scene.wait(self.work, milliseconds(duration)).await;
    }
}

pub(super) fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("nobody waits for years")
}

/// Returns what a future of the double's comes to, which waits for nothing but its turn.
pub(super) fn at_once<F: Future>(future: F) -> F::Output {
    let mut future = Box::pin(future);
    loop {
        if let Some(output) = step(&mut future) {
            return output;
        }
    }
}
