//! Plans from seeds, and what is left of a plan that fails.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

use super::plan::{Block, read};
use super::stage::Stage;
use super::trace::Trace;

const MOST_MOVES: usize = 56;

/// Tries seeds, on all processors; returns a failure, if there is one.
pub(super) fn first_failure(seeds: u64) -> Option<String> {
    let workers = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|first| {
                let mut own = (0..seeds).skip(first).step_by(workers);
                scope.spawn(move || own.find_map(failure))
            })
            .collect();
        let told = workers
            .into_iter()
            .map(|worker| worker.join().expect("runs are caught"));
        told.fold(None, Option::or)
    })
}

/// Returns what goes wrong with a seed, as the shortest story there is of it.
pub(super) fn failure(seed: u64) -> Option<String> {
    let plays = |blocks: Vec<Block>| {
        let told = run(&blocks, &Trace::none());
        told.map_err(TestCaseError::fail)
    };
    let (mut runner, tree) = sown(seed);
    match runner.run_one(tree, plays) {
        Ok(_) => None,
        Err(TestError::Abort(why)) => Some(why.to_string()),
        Err(TestError::Fail(_, blocks)) => {
            let (blocks, trace) = (shortened(blocks), Trace::kept());
            let what = run(&blocks, &trace).err().unwrap_or_default();
            let story = trace.text();
            Some(format!("seed {seed}: {what}\n{story}\nplan: {blocks:?}"))
        }
    }
}

/// Returns all that happens with a seed.
pub(super) fn story(seed: u64) -> String {
    let blocks = sown(seed).1.current();
    let trace = Trace::kept();
    let told = run(&blocks, &trace);
    format!("seed {seed}: {told:?}\n{}", trace.text())
}

/// Returns the plan of a seed, and what makes it smaller.
fn sown(seed: u64) -> (TestRunner, impl ValueTree<Value = Vec<Block>>) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let config = Config {
        failure_persistence: None,
        max_shrink_iters: 20_000,
        ..Config::default()
    };
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(config, rng);
    let plan = vec(any::<Block>(), 2..MOST_MOVES).new_tree(&mut runner);
    (runner, plan.expect("nothing is filtered out"))
}

/// Does what a plan says; returns what doesn't hold.
fn run(blocks: &[Block], trace: &Trace) -> Result<(), String> {
    let play = || {
        let (beginning, moves) = read(blocks);
        let mut stage = Stage::new(&beginning, trace.clone());
        moves.for_each(|action| stage.act(action));
        stage.end();
        stage.scene.broken().map_or(Ok(()), Err)
    };
    catch_unwind(AssertUnwindSafe(play)).unwrap_or_else(|panic| Err(said(&*panic)))
}

fn said(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
    format!("panicked: {}", text.unwrap_or_default())
}

/// Leaves out what a failure doesn't need, until nothing more can go: proptest tries each move once.
fn shortened(mut blocks: Vec<Block>) -> Vec<Block> {
    let fails = |blocks: &[Block]| run(blocks, &Trace::none()).is_err();
    loop {
        let before = blocks.clone();
        for index in (0..before.len()).rev() {
            let mut shorter = blocks.clone();
            shorter.remove(index);
            if fails(&shorter) {
                blocks = shorter;
                continue;
            }
            for number in 0..4 {
                let mut simpler = blocks.clone();
                simpler[index][number] = 0;
                if fails(&simpler) {
                    blocks = simpler;
                }
            }
        }
        if blocks == before {
            return blocks;
        }
    }
}
