//! The sessions' coordinators, which all isolates share, and the way to them.

use std::rc::Rc;

use authkit_gateway::coordinator::{Coordinator, Storage, reply};
use authkit_gateway::outside::SendFailed;
use authkit_gateway::workos::{ApiResponse, RequestBody};

use super::errand::refresh_token;
use super::exchange::{Exchange, State};
use super::fate::End;
use super::job;
use super::outside::Seat;
use super::scene::Scene;
use super::shelf::Shelf;

/// A coordinator, for as long as it lives, and what it keeps for longer.
pub(super) struct Desk {
    coordinator: Coordinator,
    life: usize,
    storage: Rc<Shelf>,
}

/// A storage, as one piece of work sees it.
struct Drawer {
    storage: Rc<Shelf>,
    seat: Seat,
}

/// How long a coordinator may take to say that it is there, in milliseconds.
const CALL: u64 = 500;
/// What it takes to reach one, in milliseconds.
const AWAY: u64 = 5;

/// Gives a session's coordinator an errand and returns its answer.
pub(super) async fn ask(
    seat: &Seat,
    session: &str,
    errand: RequestBody,
    budget: u64,
) -> Result<ApiResponse, SendFailed> {
    let (scene, work) = (&seat.scene, seat.work);
    if matches!(scene.fate.get().end, End::Silence | End::Unreachable) {
        scene.note(|| format!("    #{work} finds no coordinator"));
        scene.wait(work, CALL).await;
        return Err(SendFailed::Network);
    }
    scene.note(|| format!("    #{work} asks the coordinator, waits {budget} ms"));
    scene.wait(work, AWAY).await;
    let (token, desk) = (refresh_token(errand.secret()), scene.desk(session));
    let life = desk.life;
    let answer = job::begin(seat, life, budget, async move |own: Seat| {
        let drawer = Drawer {
            storage: Rc::clone(&desk.storage),
            seat: own.clone(),
        };
        let (errand, api) = (errand.secret(), &own.scene.site.gateway.config.api);
        desk.coordinator.answer(errand, api, &drawer, &own).await
    });
    let Some(text) = answer.await else {
        return Err(SendFailed::Timeout);
    };
    let reply = text.as_deref().and_then(reply).ok_or(SendFailed::Network);
    scene.note(|| {
        let heard = reply.as_ref().map(|response| response.status);
        format!("    #{work} hears {heard:?} from the coordinator")
    });
    let mut book = scene.book.borrow_mut();
    if token.is_some() {
        let state = State::of(reply.as_ref().ok(), token.as_deref());
        book.exchanges.push(Exchange::begun(seat, token, state));
    } else if reply.is_ok() {
        book.closed_desks.insert(life, scene.number());
    }
    reply
}

impl Scene {
    fn desk(&self, session: &str) -> Rc<Desk> {
        let mut desks = self.desks.borrow_mut();
        let begun = || Rc::new(self.begin_desk(Rc::default()));
        Rc::clone(desks.entry(session.to_owned()).or_insert_with(begun))
    }

    fn begin_desk(&self, storage: Rc<Shelf>) -> Desk {
        Desk {
            coordinator: Coordinator::default(),
            life: self.number(),
            storage,
        }
    }

    /// Ends the lives of all coordinators: what is in their storage stays.
    pub(super) fn restart_desks(&self) {
        for desk in self.desks.borrow_mut().values_mut() {
            let life = desk.life;
            self.jobs.borrow_mut().retain(|job| job.life != life);
            *desk = Rc::new(self.begin_desk(Rc::clone(&desk.storage)));
        }
    }
}

impl Storage for Drawer {
    async fn get(&self, name: &str) -> Option<String> {
        let Seat { scene, work, .. } = &self.seat;
        scene.wait(*work, 0).await;
        self.storage.get(name, scene.now())
    }

    async fn put(&self, name: &str, text: String, seconds: u64) {
        let Seat { scene, work, .. } = &self.seat;
        scene.wait(*work, 0).await;
        let until = scene.now() + seconds * 1000;
        self.storage.put(name, text, until);
    }
}
