//! Runs futures without threads or clocks. When none of them can go on, time passes until the
//! next timer.

use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use super::world::{World, next_random};

/// Runs one future to its end.
pub(crate) fn run<F: Future>(world: &World, future: F) -> F::Output {
    interleave(world, vec![future], 0).remove(0)
}

/// Runs futures side by side, as the requests of one isolate; `seed` picks who goes first, each
/// time anew.
pub(crate) fn interleave<F: Future>(world: &World, futures: Vec<F>, seed: u64) -> Vec<F::Output> {
    let mut tasks: Vec<Pin<Box<F>>> = futures.into_iter().map(Box::pin).collect();
    let mut outputs: Vec<Option<F::Output>> = tasks.iter().map(|_| None).collect();
    let mut state = seed;
    while outputs.iter().any(Option::is_none) {
        for index in shuffled(tasks.len(), &mut state) {
            if outputs[index].is_none() {
                outputs[index] = step(&mut tasks[index]);
            }
        }
        if outputs.iter().any(Option::is_none) {
            world.pass_until_next_timer();
        }
    }
    outputs
        .into_iter()
        .map(|output| output.expect("the loop ends with every output"))
        .collect()
}

/// Lets a future go on as far as it can; returns its output if it ends.
pub(crate) fn step<F: Future>(task: &mut Pin<Box<F>>) -> Option<F::Output> {
    match task.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Pending => None,
        Poll::Ready(output) => Some(output),
    }
}

fn shuffled(count: usize, state: &mut u64) -> Vec<usize> {
    let mut keyed: Vec<(u64, usize)> = (0..count)
        .map(|index| (next_random(state), index))
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, index)| index).collect()
}
