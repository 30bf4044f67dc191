//! Reads the regular expression inside `(…)`: JavaScript's, without the `u` flag, less rarities.
//!
//! 1. Literals, `.`, `[…]`, `\d \D \w \W \s \S`, `\t \n \v \f \r`, `\` before any sign.
//! 2. `(?:…)`, `(?=…)`, `(?!…)`, `|`, `^`, `$`, `\b`, `\B`.
//! 3. `* + ? {n} {n,} {n,m}`, greedy or lazy, which is one where only whether it matches counts.
//! 4. Refused: capturing and named groups, look-behind, back-references, other letters behind `\`,
//!    a `{` that is no count, characters beyond ASCII in classes, counts on assertions and on
//!    characters beyond U+FFFF, and endless repetition of what may be empty.

mod class;
mod times;

use self::class::Member;
use super::error::PatternError;
use super::node::{Class, Node};
use super::token::Placed;

const DEEPEST: usize = 24;

/// Reads an expression.
pub(super) fn parse(chars: &[Placed]) -> Result<Node, PatternError> {
    let mut parser = Parser {
        rest: chars,
        depth: 0,
    };
    let node = parser.choice()?;
    match parser.next() {
        None => Ok(node),
        Some((at, found)) => Err(PatternError::Unexpected {
            at,
            found: Some(found),
        }),
    }
}

struct Parser<'c> {
    rest: &'c [Placed],
    depth: usize,
}

impl Parser<'_> {
    fn choice(&mut self) -> Result<Node, PatternError> {
        let mut ways = vec![self.sequence()?];
        while self.takes('|') {
            ways.push(self.sequence()?);
        }
        if ways.len() > 1 {
            Ok(Node::Choice(ways))
        } else {
            Ok(Node::sequence(ways))
        }
    }

    fn sequence(&mut self) -> Result<Node, PatternError> {
        let mut nodes = Vec::new();
        while !matches!(self.rest, [] | [(_, '|' | ')'), ..]) {
            nodes.push(self.term()?);
        }
        Ok(Node::sequence(nodes))
    }

    fn term(&mut self) -> Result<Node, PatternError> {
        let atom = self.atom()?;
        let at = self.place();
        let Some(times) = self.times()? else {
            return Ok(atom);
        };
        self.takes('?');
        if matches!(
            atom,
            Node::Boundary { .. } | Node::End | Node::Look { .. } | Node::Start
        ) {
            return Err(PatternError::Unsupported { at });
        }
        // To JavaScript, the count is for the latter of the two units such a character takes.
        if matches!(&atom, Node::Bytes(bytes) if bytes.len() > 3) {
            return Err(PatternError::Unsupported { at });
        }
        if times.most.is_none() && atom.may_be_empty() {
            return Err(PatternError::EmptyRepetition { at });
        }
        Ok(atom.repeat(times))
    }

    fn atom(&mut self) -> Result<Node, PatternError> {
        let Some((at, first)) = self.next() else {
            return Ok(Node::text(""));
        };
        match first {
            '$' => Ok(Node::End),
            '(' => self.group(at),
            '*' | '+' | '?' | '{' => Err(PatternError::Unexpected {
                at,
                found: Some(first),
            }),
            '.' => Ok(Node::Class(Class::of(*b"\n\r").all_but())),
            '[' => self.class(at),
            '\\' => self.escaped(at),
            '^' => Ok(Node::Start),
            _ => Ok(Node::Bytes(first.to_string().into_bytes())),
        }
    }

    /// Rule 2, from behind the `(`.
    fn group(&mut self, at: usize) -> Result<Node, PatternError> {
        let ahead = match self.rest {
            [(_, '?'), (_, ':'), ..] => None,
            [(_, '?'), (_, '='), ..] => Some(false),
            [(_, '?'), (_, '!'), ..] => Some(true),
            _ => return Err(PatternError::Unsupported { at }),
        };
        self.rest = self.rest.get(2..).unwrap_or_default();
        self.depth = self.depth.saturating_add(1);
        if self.depth > DEEPEST {
            return Err(PatternError::TooLarge);
        }
        let inside = self.choice()?;
        self.depth = self.depth.saturating_sub(1);
        if !self.takes(')') {
            return Err(PatternError::UnbalancedGroup { at });
        }
        Ok(match ahead {
            None => inside,
            Some(negated) => Node::Look {
                ahead: Box::new(inside),
                negated,
            },
        })
    }

    fn escaped(&mut self, at: usize) -> Result<Node, PatternError> {
        match self.rest {
            [(_, letter @ ('b' | 'B')), after @ ..] => {
                self.rest = after;
                Ok(Node::Boundary {
                    negated: *letter == 'B',
                })
            }
            _ => Ok(match self.escape(at)? {
                Member::Class(class) => Node::Class(class),
                Member::One(one) => Node::Bytes(one.to_string().into_bytes()),
            }),
        }
    }

    fn next(&mut self) -> Option<Placed> {
        let (first, after) = self.rest.split_first()?;
        self.rest = after;
        Some(*first)
    }

    fn takes(&mut self, wanted: char) -> bool {
        let is_next = matches!(self.rest, [(_, next), ..] if *next == wanted);
        if is_next {
            self.next();
        }
        is_next
    }

    fn place(&self) -> usize {
        self.rest.first().map_or(0, |(at, _)| *at)
    }
}
