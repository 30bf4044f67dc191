//! Turns a pattern's tree into operations, which [`attempt`] runs over a path.
//!
//! 1. Only whether the whole path matches is asked, so lazy and greedy are one, and nothing is captured.
//! 2. For paths in lower case there is a program of its own, so that ignoring case costs nothing extra.
//! 3. Jumps are relative: a repeated part is a copied part.

mod attempt;

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

    pub(super) fn run(&self, path: &str) -> Match {
        Attempt::new(&self.0, path.as_bytes()).run(0, 0)
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
    let must = vec![body.to_vec(); times.least.min(MOST_OPERATIONS)];
    let may = match times.most {
        None => {
            let fork = Operation::Fork(body.len().saturating_add(2));
            joined([
                vec![fork],
                body.to_vec(),
                vec![Operation::Back(body.len().saturating_add(1))],
            ])?
        }
        Some(most) => {
            let mut may = Vec::new();
            for _ in times.least..most {
                let inside = joined([body.to_vec(), may])?;
                may = joined([
                    vec![Operation::Fork(inside.len().saturating_add(1))],
                    inside,
                ])?;
            }
            may
        }
    };
    joined(must.into_iter().chain([may]))
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
