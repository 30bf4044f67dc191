//! Reads character classes: brackets, and the escapes that stand for several characters.
//!
//! 1. `[…]` and `[^…]`; in them `\b` is a backspace, and a `-` beside a class escape is itself.
//! 2. `[]` is nothing, `[^]` anything.

use super::super::error::PatternError;
use super::super::node::{Class, Node, is_word};
use super::Parser;

/// One member of a class.
pub(super) enum Member {
    Class(Class),
    One(char),
}

impl Member {
    fn class(self) -> Class {
        match self {
            Self::Class(class) => class,
            Self::One(one) => between(one, one),
        }
    }
}

/// The ASCII characters from one to another.
fn between(from: char, to: char) -> Class {
    Class::of((from..=to).filter_map(|one| u8::try_from(one).ok()))
}

impl Parser<'_> {
    /// Reads a bracketed class, from behind the `[`.
    pub(super) fn class(&mut self, at: usize) -> Result<Node, PatternError> {
        let negated = self.takes('^');
        let mut class = Class::default();
        while !self.takes(']') {
            let from = self.member(at)?;
            if !matches!(self.rest, [(_, '-'), (_, last), ..] if *last != ']') {
                class = class.with(from.class());
                continue;
            }
            let Some((dash, _)) = self.next() else { break };
            class = class.with(match (from, self.member(at)?) {
                (Member::One(from), Member::One(to)) if from <= to => between(from, to),
                (Member::One(_), Member::One(_)) => {
                    return Err(PatternError::Unexpected {
                        at: dash,
                        found: Some('-'),
                    });
                }
                (from, to) => from.class().with(to.class()).with(Class::of(*b"-")),
            });
        }
        Ok(Node::Class(if negated { class.all_but() } else { class }))
    }

    fn member(&mut self, open: usize) -> Result<Member, PatternError> {
        match (self.next(), self.rest) {
            (None, _) => Err(PatternError::Unexpected {
                at: open,
                found: Some('['),
            }),
            (Some((_, '\\')), [(_, 'b'), after @ ..]) => {
                self.rest = after;
                Ok(Member::One('\x08'))
            }
            (Some((at, '\\')), _) => self.escape(at),
            (Some((_, one)), _) if one.is_ascii() => Ok(Member::One(one)),
            (Some((at, _)), _) => Err(PatternError::Unsupported { at }),
        }
    }

    /// Reads an escape, from behind the `\`.
    pub(super) fn escape(&mut self, at: usize) -> Result<Member, PatternError> {
        let digits = || Class::of(b'0'..=b'9');
        let word = || Class::of((0..=127).filter(|&byte| is_word(byte)));
        let space = || Class::of(*b"\t\n\x0b\x0c\r ");
        Ok(match self.next() {
            Some((_, 'd')) => Member::Class(digits()),
            Some((_, 'D')) => Member::Class(digits().all_but()),
            Some((_, 'f')) => Member::One('\x0c'),
            Some((_, 'n')) => Member::One('\n'),
            Some((_, 'r')) => Member::One('\r'),
            Some((_, 's')) => Member::Class(space()),
            Some((_, 'S')) => Member::Class(space().all_but()),
            Some((_, 't')) => Member::One('\t'),
            Some((_, 'v')) => Member::One('\x0b'),
            Some((_, 'w')) => Member::Class(word()),
            Some((_, 'W')) => Member::Class(word().all_but()),
            Some((_, sign)) if !sign.is_ascii_alphanumeric() => Member::One(sign),
            _ => return Err(PatternError::Unsupported { at }),
        })
    }
}
