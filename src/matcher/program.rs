//! Turns a pattern's tree into operations, which [`attempt`] runs over a path.
//!
//! 1. Only whether the path matches is asked, so lazy and greedy are one and nothing is captured.
//! 2. Paths in lower case have a program of their own, so that ignoring case costs nothing extra.
//! 3. Jumps are relative: a repeated part is a copied part.

mod attempt;

use std::iter;

use self::attempt::Attempt;
use super::Match;
use super::error::PatternError;
use super::node::{Case, Class, Node, Times};

const MOST_OPERATIONS: usize = 4_096;

/// A compiled pattern.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Program(Vec<Operation>);

#[derive(Clone, Debug, Eq, PartialEq)]
enum Operation {
    Accept,
    /// Goes back so many operations.
    Back(usize),
    Boundary {
        negated: bool,
    },
    Bytes(Vec<u8>),
    Class(Class),
    End,
    /// Goes on, and should that fail, so many operations ahead.
    Fork(usize),
    /// Goes so many operations ahead.
    Jump(usize),
    /// Looks ahead with the next `length` operations, the last of which accepts.
    Look {
        length: usize,
        negated: bool,
    },
    /// Takes as many of a class as there are, and gives back one by one.
    Run {
        class: Class,
        times: Times,
    },
    Start,
}

impl Program {
    pub(super) fn of(node: &Node, case: Case) -> Result<Self, PatternError> {
        let mut operations = operations(node, case)?;
        operations.push(Operation::Accept);
        Ok(Self(operations))
    }

    /// Most patterns are told apart by the text they begin with.
    pub(super) fn run(&self, path: &str) -> Match {
        match self.0.as_slice() {
            [Operation::Start, Operation::Bytes(bytes), ..]
                if !path.as_bytes().starts_with(bytes) =>
            {
                Match::Unmatched
            }
            operations => Attempt::new(operations, path).outcome(),
        }
    }
}

fn operations(node: &Node, case: Case) -> Result<Vec<Operation>, PatternError> {
    Ok(match node {
        Node::Boundary { negated } => vec![Operation::Boundary { negated: *negated }],
        Node::Bytes(bytes) if bytes.is_empty() => Vec::new(),
        Node::Bytes(bytes) => vec![Operation::Bytes(match case {
            Case::Exact => bytes.clone(),
            Case::Lowered => bytes.to_ascii_lowercase(),
        })],
        Node::Choice(ways) => choice(ways, case)?,
        Node::Class(class) => vec![Operation::Class(class.folded(case))],
        Node::End => vec![Operation::End],
        Node::Look { ahead, negated } => {
            let ahead = joined([operations(ahead, case)?, vec![Operation::Accept]])?;
            joined([
                vec![Operation::Look {
                    length: ahead.len(),
                    negated: *negated,
                }],
                ahead,
            ])?
        }
        Node::Repeat { body, times } => match as_class(body) {
            Some(class) => vec![Operation::Run {
                class: class.folded(case),
                times: *times,
            }],
            None => repeat(&operations(body, case)?, *times)?,
        },
        Node::Sequence(nodes) => {
            let parts: Result<Vec<_>, _> =
                nodes.iter().map(|node| operations(node, case)).collect();
            joined(parts?)?
        }
        Node::Start => vec![Operation::Start],
    })
}

fn choice(ways: &[Node], case: Case) -> Result<Vec<Operation>, PatternError> {
    let mut rest: Option<Vec<Operation>> = None;
    for way in ways.iter().rev() {
        let way = operations(way, case)?;
        rest = Some(match rest {
            None => way,
            Some(rest) => {
                let fork = Operation::Fork(way.len().saturating_add(2));
                let jump = Operation::Jump(rest.len().saturating_add(1));
                joined([vec![fork], way, vec![jump], rest])?
            }
        });
    }
    Ok(rest.unwrap_or_default())
}

fn repeat(body: &[Operation], times: Times) -> Result<Vec<Operation>, PatternError> {
    let turn = body.len().saturating_add(1);
    let fork = |length| iter::once(Operation::Fork(length)).chain(body.iter().cloned());
    let rest = match times.most {
        None => vec![
            fork(turn.saturating_add(1))
                .chain([Operation::Back(turn)])
                .collect(),
        ],
        Some(most) => {
            let left = (1..=most.saturating_sub(times.least)).rev();
            left.map(|left| fork(left.saturating_mul(turn)).collect())
                .collect()
        }
    };
    joined(iter::repeat_n(body.to_vec(), times.least).chain(rest))
}

fn joined(parts: impl IntoIterator<Item = Vec<Operation>>) -> Result<Vec<Operation>, PatternError> {
    let mut operations = Vec::new();
    for part in parts {
        operations.extend(part);
        if operations.len() > MOST_OPERATIONS {
            return Err(PatternError::TooLarge);
        }
    }
    Ok(operations)
}

fn as_class(node: &Node) -> Option<Class> {
    match node {
        Node::Bytes(bytes) => match bytes.as_slice() {
            [byte] if byte.is_ascii() => Some(Class::of([*byte])),
            _ => None,
        },
        Node::Class(class) => Some(*class),
        Node::Sequence(nodes) => match nodes.as_slice() {
            [node] => as_class(node),
            _ => None,
        },
        Node::Boundary { .. }
        | Node::Choice(_)
        | Node::End
        | Node::Look { .. }
        | Node::Repeat { .. }
        | Node::Start => None,
    }
}
