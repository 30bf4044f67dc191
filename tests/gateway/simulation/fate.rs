//! What becomes of a request that is sent to WorkOS.

use authkit_gateway::outside::SendFailed;

use super::plan::pick;

/// What becomes of a request, and how soon.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Fate {
    pub(super) end: End,
    pub(super) pace: u16,
}

/// How it ends.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) enum End {
    /// WorkOS does it and says so.
    #[default]
    Answered,
    /// WorkOS does it when nobody waits for the reply any more.
    DoneTooLate,
    /// WorkOS does it, and the reply comes when nobody waits for it any more.
    ReplyLate,
    /// WorkOS does it, and the connection breaks.
    ReplyLost,
    /// WorkOS doesn't do it, and answers with this status.
    Refused(u16, Option<&'static str>),
    /// Nothing ever comes of it.
    Silence,
    /// WorkOS does it, and what arrives is this instead of the reply.
    Spoilt(u16, &'static str),
    /// WorkOS does it, and the reply is longer than any.
    TooLarge,
    /// It doesn't reach WorkOS.
    Unreachable,
}

/// When things happen, in milliseconds from sending.
pub(super) struct Schedule {
    /// When WorkOS does what it was asked for.
    pub(super) done: Option<u64>,
    /// When the gateway hears of it.
    pub(super) heard: u64,
    pub(super) told: Told,
}

/// What the gateway hears.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Told {
    Failed(SendFailed),
    Instead(u16, Option<&'static str>, &'static str),
    Reply,
}

const PACES: [u64; 4] = [10, 300, 1900, 4400];
const LATE: [u64; 4] = [100, 2_000, 9_000, 28_000];
const ENDS: [End; 12] = [
    End::ReplyLost,
    End::Unreachable,
    End::ReplyLate,
    End::Refused(500, None),
    End::Refused(429, Some("7")),
    End::Spoilt(200, r#"{"access_token":"eyJ"#),
    End::DoneTooLate,
    End::Silence,
    End::Spoilt(502, "<html>"),
    End::Refused(503, Some("2")),
    End::Refused(429, None),
    End::TooLarge,
];

impl Fate {
    /// So many of eight numbers are a bad end.
    pub(super) fn of(end: u16, pace: u16, trouble: u16) -> Fate {
        let end = match end % 8 < 8 - trouble {
            true => End::Answered,
            false => pick(end / 8, &ENDS),
        };
        Fate { end, pace }
    }

    /// What becomes of everything for a while.
    pub(super) fn standing(end: u16, pace: u16) -> Option<Fate> {
        let end = match end % 3 {
            0 => return None,
            1 => End::Unreachable,
            _ => pick(end / 3, &ENDS),
        };
        Some(Fate { end, pace })
    }

    /// Returns when what happens if nobody waits for longer than `budget`.
    pub(super) fn schedule(self, budget: u64) -> Schedule {
        let soon = pick(self.pace, &PACES);
        let (done, heard, told) = match self.end {
            End::Answered => (Some(soon), soon + soon / 2, Told::Reply),
            End::DoneTooLate => {
                let late = budget + pick(self.pace, &LATE);
                (Some(late), u64::MAX, Told::Reply)
            }
            End::ReplyLate => (Some(soon), u64::MAX, Told::Reply),
            End::ReplyLost => (Some(soon), soon + 1, Told::Failed(SendFailed::Network)),
            End::Refused(status, after) => (None, soon, Told::Instead(status, after, "{}")),
            End::Silence => (None, u64::MAX, Told::Reply),
            End::Spoilt(status, body) => (Some(soon), soon + 1, Told::Instead(status, None, body)),
            End::TooLarge => (Some(soon), soon + 1, Told::Failed(SendFailed::TooLarge)),
            End::Unreachable => (None, soon, Told::Failed(SendFailed::Network)),
        };
        if heard < budget {
            return Schedule { done, heard, told };
        }
        Schedule {
            done,
            heard: budget,
            told: Told::Failed(SendFailed::Timeout),
        }
    }
}
