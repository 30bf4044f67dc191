//! Work that goes on whether or not anybody waits for it.

use std::cell::RefCell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use super::outside::Seat;
use super::scene::Scene;
use super::timer::Timer;
use crate::support::step;

pub(super) struct Job {
    pub(super) id: usize,
    pub(super) life: usize,
    has_begun: bool,
    work: Pin<Box<Work>>,
}

type Work = Pin<Box<dyn Future<Output = ()>>>;

/// Waits for what comes of a job, but not for ever.
pub(super) struct Awaited<T> {
    pub(super) job: usize,
    slot: Rc<RefCell<Option<T>>>,
    limit: Timer,
}

/// Begins `work`, in a life of isolates or coordinators, for a caller who waits for it no longer
/// than `limit` milliseconds.
pub(super) fn begin<T: 'static>(
    caller: &Seat,
    life: usize,
    limit: u64,
    work: impl AsyncFnOnce(Seat) -> T + 'static,
) -> Awaited<T> {
    let scene = &caller.scene;
    let id = scene.number();
    let seat = Seat {
        scene: Rc::clone(scene),
        life,
        work: id,
    };
    let slot = Rc::new(RefCell::new(None));
    let (filled, whose, waker) = (Rc::clone(&slot), caller.work, Rc::clone(scene));
    let work: Work = Box::pin(async move {
        let told = work(seat).await;
        *filled.borrow_mut() = Some(told);
        waker.waits.wake(whose);
    });
    scene.jobs.borrow_mut().push(Job {
        id,
        life,
        has_begun: false,
        work: Box::pin(work),
    });
    Awaited {
        job: id,
        slot,
        limit: scene.wait(caller.work, limit),
    }
}

impl Job {
    pub(super) fn can_go_on(&self, scene: &Scene) -> bool {
        !self.has_begun || scene.waits.is_over(self.id, scene.now())
    }

    /// Lets it go on as far as it can; returns whether it has come to its end.
    pub(super) fn turn(&mut self, scene: &Scene) -> bool {
        self.has_begun = true;
        scene.waits.begin_turn(self.id);
        step(&mut self.work).is_some()
    }
}

impl<T> Future for Awaited<T> {
    type Output = Option<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<T>> {
        let told = self.slot.borrow_mut().take();
        match told {
            Some(told) => Poll::Ready(Some(told)),
            None => Pin::new(&mut self.limit).poll(context).map(|()| None),
        }
    }
}
