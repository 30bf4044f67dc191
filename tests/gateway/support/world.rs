//! The scripted [`Outside`]: a clock that only timers move, randomness from a seed, signatures
//! without RSA, and WorkOS behind `send`.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use authkit_gateway::coordinator::reply;
use authkit_gateway::jwk::RsaKey;
use authkit_gateway::outside::{Outside, RandomnessFailed, SendFailed, VerifierFailed};
use authkit_gateway::workos::{ApiRequest, ApiResponse, RequestBody};

use super::shared::Shared;
use super::token::signature;
use super::variables::Variables;
use super::workos::WorkOs;

/// When every world begins, in seconds.
pub(crate) const BEGINNING: u64 = 1_800_000_000;

pub(crate) struct World {
    pub(crate) workos: WorkOs,
    pub(crate) shared: Shared,
    /// How many more draws of randomness succeed.
    pub(crate) randomness: Cell<u32>,
    /// Whether signatures can be checked.
    pub(crate) verifier_works: Cell<bool>,
    milliseconds: Cell<u64>,
    seed: Cell<u64>,
    timers: RefCell<BTreeMap<u64, u64>>,
    timers_made: Cell<u64>,
}

impl World {
    pub(crate) fn new() -> World {
        World {
            workos: WorkOs::new(),
            shared: Shared::default(),
            randomness: Cell::new(u32::MAX),
            verifier_works: Cell::new(true),
            milliseconds: Cell::new(BEGINNING * 1000),
            seed: Cell::new(7),
            timers: RefCell::default(),
            timers_made: Cell::new(0),
        }
    }

    /// Lets time pass while nobody waits for anything.
    pub(crate) fn pass(&self, seconds: u64) {
        self.milliseconds
            .set(self.milliseconds.get() + seconds * 1000);
    }

    /// Lets time pass until somebody who sleeps must wake.
    pub(crate) fn pass_until_next_timer(&self) {
        let next = self.timers.borrow().values().min().copied();
        let next = next.expect("a future that waits for nothing would wait for ever");
        self.milliseconds.set(self.milliseconds.get().max(next));
    }

    pub(crate) fn milliseconds(&self) -> u64 {
        self.milliseconds.get()
    }

    fn timer(&self, duration: Duration) -> Timer<'_> {
        let id = self.timers_made.get();
        self.timers_made.set(id + 1);
        let wait = u64::try_from(duration.as_millis()).expect("tests are short");
        self.timers
            .borrow_mut()
            .insert(id, self.milliseconds.get() + wait);
        Timer {
            world: self,
            id,
            has_yielded: false,
        }
    }
}

impl Outside for World {
    fn clock(&self) -> Duration {
        Duration::from_millis(self.milliseconds.get())
    }

    fn random(&self, bytes: &mut [u8]) -> Result<(), RandomnessFailed> {
        let left = self
            .randomness
            .get()
            .checked_sub(1)
            .ok_or(RandomnessFailed)?;
        self.randomness.set(left);
        for byte in bytes {
            let mut seed = self.seed.get();
            *byte = next_random(&mut seed).to_be_bytes()[0];
            self.seed.set(seed);
        }
        Ok(())
    }

    async fn verify_rs256(
        &self,
        key: &RsaKey,
        message: &[u8],
        signed: &[u8],
    ) -> Result<bool, VerifierFailed> {
        self.timer(Duration::ZERO).await;
        if !self.verifier_works.get() {
            return Err(VerifierFailed);
        }
        Ok(signature(&key.modulus, message) == signed)
    }

    async fn send(&self, request: ApiRequest, budget: Duration) -> Result<ApiResponse, SendFailed> {
        let latency = self.workos.latency.get();
        let answer = self.workos.receive(&request, self.now());
        self.timer(latency.min(budget)).await;
        match answer {
            Err(SendFailed::Timeout) => self.timer(budget.saturating_sub(latency)).await,
            _ if latency > budget => return Err(SendFailed::Timeout),
            Ok(_) | Err(_) => {}
        }
        answer
    }

    async fn coordinate(
        &self,
        session: &str,
        errand: RequestBody,
        _: Duration,
    ) -> Result<ApiResponse, SendFailed> {
        self.timer(Duration::from_millis(5)).await;
        if !self.shared.has_coordinators.get() {
            return Err(SendFailed::Network);
        }
        let (desk, api) = (self.shared.desk(session), Variables::new().config().api);
        let answer = desk.coordinator.answer(errand.secret(), &api, &*desk, self);
        let answer = answer.await;
        answer.as_deref().and_then(reply).ok_or(SendFailed::Network)
    }

    async fn recall(&self, name: &str) -> Option<String> {
        self.timer(Duration::ZERO).await;
        self.shared.cache.borrow().get(name).cloned()
    }

    fn remember(&self, name: &str, text: String, _: Duration) {
        if self.shared.has_cache.get() {
            self.shared.cache.borrow_mut().insert(name.to_owned(), text);
        }
    }

    async fn sleep(&self, duration: Duration) {
        self.timer(duration).await;
    }
}

/// Pends at least once, so that others get their turn.
struct Timer<'w> {
    world: &'w World,
    id: u64,
    has_yielded: bool,
}

impl Future for Timer<'_> {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        let deadline = self.world.timers.borrow()[&self.id];
        if self.has_yielded && deadline <= self.world.milliseconds.get() {
            return Poll::Ready(());
        }
        self.has_yielded = true;
        Poll::Pending
    }
}

impl Drop for Timer<'_> {
    fn drop(&mut self) {
        self.world.timers.borrow_mut().remove(&self.id);
    }
}

/// The next number of a SplitMix64 sequence.
pub(crate) fn next_random(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
