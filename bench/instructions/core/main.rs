//! One case of the core after another, for callgrind to count the instructions of.
//!
//! 1. Without arguments it names the cases, a line each; with a case's name it runs that one.
//! 2. Everything a case needs is made beforehand, and the case runs once uncounted: what is done once in
//!    a process isn't its cost. Callgrind counts [`counted_by_callgrind`] alone.
//! 3. A case says whether it came to what it must: the count of a failure is worth nothing.
//! 4. There is no chance and no time in it: random bytes are always the same, and the clock stands.

mod cookies;
mod headers;
mod paths;
mod requests;
mod session;
mod site;
mod tokens;

use std::env;
use std::hint::black_box;
use std::process::ExitCode;

/// What is counted, with all it needs; returns whether it went as it must.
type Case = Box<dyn FnMut() -> bool>;

/// A case's name, and what makes it ready.
type Named = (&'static str, fn() -> Case);

const GROUPS: [&[Named]; 5] = [
    &paths::CASES,
    &cookies::CASES,
    &tokens::CASES,
    &headers::CASES,
    &requests::CASES,
];

fn main() -> ExitCode {
    // `cargo bench` adds an argument of its own.
    let Some(name) = env::args().skip(1).find(|argument| argument != "--bench") else {
        return list();
    };
    let mut all = GROUPS.into_iter().flatten();
    let Some((_, ready)) = all.find(|(own, _)| *own == name) else {
        eprintln!("there is no case “{name}”; without arguments the cases are listed");
        return ExitCode::from(2);
    };
    let mut case = ready();
    match case() && counted_by_callgrind(&mut case) {
        true => ExitCode::SUCCESS,
        false => {
            eprintln!("“{name}” didn't come to what it must");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "it is what was asked for")]
fn list() -> ExitCode {
    for (name, _) in GROUPS.into_iter().flatten() {
        println!("{name}");
    }
    ExitCode::SUCCESS
}

/// Runs a case. Callgrind knows it by this function's name, which must be that of no other.
#[inline(never)]
fn counted_by_callgrind(case: &mut Case) -> bool {
    black_box(case())
}
