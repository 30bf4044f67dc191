//! What is done in a run, as numbers: the first two blocks say how it begins, every further one is a
//! move. Any numbers are a plan, and the smaller they are the less happens: that is what shrinking
//! lives on.

use super::fate::Fate;
use super::kind::Kind;

/// Four numbers: of a move the first says what it is, the others say more.
pub(super) type Block = [u16; 4];

/// How a run begins.
#[derive(Debug)]
pub(super) struct Beginning {
    pub(super) rotation: Rotation,
    pub(super) isolates: usize,
    pub(super) browsers: usize,
    /// Seconds since everybody signed in.
    pub(super) age: u64,
    pub(super) has_coordinators: bool,
    pub(super) has_cache: bool,
}

/// What becomes of a refresh token that is used.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Rotation {
    /// It stays good.
    None,
    /// It is replaced; for so many seconds it gives the same pair again.
    Window(u64),
    /// It is replaced, and never good again.
    Strict,
}

/// One thing that happens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Move {
    /// A tab of a browser asks an isolate for something.
    Ask(u16, Kind, u16),
    /// One of the responses on the wire arrives.
    Deliver(u16),
    /// A request that can go on does so, as many times as it says; where none can, time passes.
    GoOn(u16, Fate, u16),
    /// A client goes away while its request, or the response to it, is under way.
    Leave(u16, Leaving),
    /// Time passes, in milliseconds.
    Pass(u64, Fate),
    /// An isolate loses all its memory, and whatever it was doing.
    Restart(u16),
    /// WorkOS signs by another key.
    RotateKey,
    /// A person goes through AuthKit.
    SignIn(u16, u16, Person),
    /// From this moment on this becomes of all that is sent to WorkOS.
    Weather(Option<Fate>, Option<Fate>),
}

/// What becomes of the work for a client that has left.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Leaving {
    /// It is dropped where it waits.
    Dropped,
    /// It goes on to its end, which nobody hears of.
    Unheard,
}

/// Who signs in at a browser.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Person {
    Another,
    Owner,
}

/// Reads a plan: how it begins, and the moves.
pub(super) fn read(blocks: &[Block]) -> (Beginning, impl Iterator<Item = Move>) {
    let mut blocks = blocks.iter().copied();
    let [rotation, isolates, browsers, age] = blocks.next().unwrap_or_default();
    let [temper, trouble, coordinators, cache] = blocks.next().unwrap_or_default();
    let beginning = Beginning {
        rotation: pick(rotation, &ROTATIONS),
        isolates: pick(isolates, &[1, 2, 1, 3]),
        browsers: pick(browsers, &[1, 1, 2, 3]),
        age: pick(age, &AGES),
        has_coordinators: pick(coordinators, &[false, false, false, true]),
        has_cache: pick(cache, &[false, true]),
    };
    let (temper, trouble) = (pick(temper, &TEMPERS), pick(trouble, &[0, 1, 2, 4]));
    let moves = blocks.map(move |block| Move::of(block, temper, trouble));
    (beginning, moves)
}

/// Returns the row a number stands for.
pub(super) fn pick<T: Copy>(number: u16, rows: &[T]) -> T {
    rows[usize::from(number) % rows.len()]
}

const ROTATIONS: [Rotation; 8] = [
    Rotation::Window(30),
    Rotation::Strict,
    Rotation::Window(30),
    Rotation::Strict,
    Rotation::Window(30),
    Rotation::Window(0),
    Rotation::Window(30),
    Rotation::None,
];
const AGES: [u64; 6] = [300, 0, 271, 299, 301, 7200];
/// Most of these are about what an access token, a result or a mark lives.
const WHILES: [u64; 16] = [
    100, 1_000, 2_100, 5_000, 8_000, 20_000, 26_000, 31_000, 60_000, 240_000, 280_000, 296_000,
    300_000, 310_000, 620_000, 7_200_000,
];

/// The kinds of moves.
#[derive(Clone, Copy)]
enum What {
    Ask,
    Deliver,
    GoOn,
    Leave,
    Pass,
    Restart,
    RotateKey,
    SignIn,
    SignOut,
    Weather,
}

/// How often which kind of move is made: rare things need runs that are about them.
const TEMPERS: [[What; 16]; 4] = {
    use What::*;
    [
        [
            GoOn, Ask, Pass, Ask, GoOn, Deliver, Leave, Restart, GoOn, Ask, Pass, SignIn, SignOut,
            Weather, RotateKey, Deliver,
        ],
        [
            GoOn, Ask, GoOn, Pass, Ask, GoOn, Ask, GoOn, Pass, Ask, Deliver, GoOn, Ask, GoOn, Pass,
            Deliver,
        ],
        [
            GoOn, Ask, SignOut, SignIn, Ask, GoOn, SignIn, Pass, Ask, Deliver, GoOn, Pass, SignOut,
            SignIn, Ask, Pass,
        ],
        [
            GoOn, Ask, Leave, Ask, Restart, GoOn, Pass, Ask, Leave, Ask, GoOn, Weather, Pass, Ask,
            Deliver, GoOn,
        ],
    ]
};

impl Move {
    fn of([kind, a, b, c]: Block, temper: [What; 16], trouble: u16) -> Move {
        let fate = Fate::of(b, c, trouble);
        match pick(kind, &temper) {
            What::Ask => Move::Ask(a, Kind::of(b), c),
            What::Deliver => Move::Deliver(a),
            What::GoOn => Move::GoOn(a, fate, 1 + c / 32 % 8),
            What::Leave => Move::Leave(a, pick(b, &[Leaving::Dropped, Leaving::Unheard])),
            What::Pass => Move::Pass(pick(a, &WHILES), fate),
            What::Restart => Move::Restart(a),
            What::RotateKey => Move::RotateKey,
            What::SignIn => Move::SignIn(a, c, pick(b, &[Person::Owner, Person::Another])),
            What::SignOut => Move::Ask(a, pick(b, &[Kind::SignOut, Kind::SignOutHere]), c),
            What::Weather => Move::Weather(Fate::standing(a, c), Fate::standing(b, c)),
        }
    }
}
