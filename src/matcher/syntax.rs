//! Reads path-to-regexp 6.3's own syntax, step for step like its `parse` and `tokensToRegexp`.
//!
//! 1. A parameter is a name, an expression, or both; one `/` or `.` right before it is its prefix.
//! 2. Without an expression it is `[^/#?]+`; behind a text free of these, it ends where that recurs.
//! 3. `{prefix:name(expression)suffix}` sets prefix and suffix by hand.
//! 4. `?` makes a parameter optional with its prefix and suffix; `+` and `*` repeat all three.
//! 5. One `/`, `#` or `?` may end the path.

use std::iter::Peekable;
use std::vec;

use super::error::PatternError;
use super::expression;
use super::node::{Class, Node, Times};
use super::token::{self, Token};

/// Reads a pattern as what a whole path must look like.
pub(super) fn parse(text: &str) -> Result<Node, PatternError> {
    match text.chars().next() {
        None => return Err(PatternError::Empty),
        Some('/') => {}
        Some(_) => return Err(PatternError::NoLeadingSlash),
    }
    let mut parser = Parser {
        tokens: token::read(text)?.into_iter().peekable(),
        parts: Vec::new(),
    };
    while parser.part()? {}
    let mut nodes = vec![Node::Start];
    nodes.extend(parser.parts.into_iter().map(Part::into_node));
    nodes.push(Node::Class(delimiters()).repeat(Times::OPTIONAL));
    nodes.push(Node::End);
    Ok(Node::sequence(nodes))
}

struct Parser {
    tokens: Peekable<vec::IntoIter<(usize, Token)>>,
    parts: Vec<Part>,
}

enum Part {
    /// `{text}` is one without a body.
    Parameter {
        prefix: String,
        body: Option<Node>,
        suffix: String,
        times: Times,
    },
    Text(String),
}

impl Parser {
    /// Reads one part; false at the end.
    fn part(&mut self) -> Result<bool, PatternError> {
        let lead = self.char();
        let at = self.place();
        let is_named = self.takes(|token| matches!(token, Token::Name));
        let body = self.expression()?;
        if is_named || body.is_some() {
            let prefix = lead.filter(|lead| matches!(lead, '/' | '.'));
            if prefix.is_none() {
                self.text(lead);
            }
            let prefix = prefix.map(String::from).unwrap_or_default();
            let body = body.map_or_else(|| self.segment(&prefix, at), Ok)?;
            self.parameter(at, prefix, Some(body), String::new())?;
        } else if let Some(text) = lead.or_else(|| self.escaped()) {
            self.text(Some(text));
        } else if self.takes(|token| matches!(token, Token::Open)) {
            self.braces()?;
        } else if self.takes(|token| matches!(token, Token::End)) {
            return Ok(false);
        } else {
            return Err(self.unexpected());
        }
        Ok(true)
    }

    /// Rule 3, from behind the `{`.
    fn braces(&mut self) -> Result<(), PatternError> {
        let prefix = self.affix();
        let at = self.place();
        let is_named = self.takes(|token| matches!(token, Token::Name));
        let body = match self.expression()? {
            None if is_named => Some(self.segment(&prefix, at)?),
            body => body,
        };
        let suffix = self.affix();
        if !self.takes(|token| matches!(token, Token::Close)) {
            return Err(self.unexpected());
        }
        self.parameter(at, prefix, body, suffix)
    }

    /// Rule 4.
    fn parameter(
        &mut self,
        at: usize,
        prefix: String,
        body: Option<Node>,
        suffix: String,
    ) -> Result<(), PatternError> {
        let times = self.tokens.peek().and_then(|(_, token)| token.times());
        if times.is_some() {
            self.tokens.next();
        }
        let times = times.unwrap_or(Times::ONCE);
        if times.most.is_none() && prefix.is_empty() && suffix.is_empty() {
            return Err(PatternError::UnrepeatableParameter { at });
        }
        self.parts.push(Part::Parameter {
            prefix,
            body,
            suffix,
            times,
        });
        Ok(())
    }

    /// Rule 2.
    fn segment(&self, prefix: &str, at: usize) -> Result<Node, PatternError> {
        let before = match self.parts.last() {
            _ if !prefix.is_empty() => prefix,
            None => "",
            Some(Part::Text(text)) => text,
            Some(Part::Parameter { .. }) => return Err(PatternError::AdjacentParameters { at }),
        };
        let inside = Node::Class(delimiters().all_but());
        if before.is_empty() || before.contains(['/', '#', '?']) {
            return Ok(inside.repeat(Times::SOME));
        }
        let not_again = Node::Look {
            ahead: Box::new(Node::text(before)),
            negated: true,
        };
        Ok(Node::sequence([not_again, inside]).repeat(Times::SOME))
    }

    fn text(&mut self, text: Option<char>) {
        match (self.parts.last_mut(), text) {
            (_, None) => {}
            (Some(Part::Text(before)), Some(text)) => before.push(text),
            (_, Some(text)) => self.parts.push(Part::Text(text.into())),
        }
    }

    fn affix(&mut self) -> String {
        let mut text = String::new();
        while let Some(next) = self.char().or_else(|| self.escaped()) {
            text.push(next);
        }
        text
    }

    fn char(&mut self) -> Option<char> {
        let (_, token) = self
            .tokens
            .next_if(|(_, token)| matches!(token, Token::Char(_)))?;
        if let Token::Char(text) = token {
            Some(text)
        } else {
            None
        }
    }

    fn escaped(&mut self) -> Option<char> {
        let (_, token) = self
            .tokens
            .next_if(|(_, token)| matches!(token, Token::Escaped(_)))?;
        if let Token::Escaped(text) = token {
            Some(text)
        } else {
            None
        }
    }

    fn expression(&mut self) -> Result<Option<Node>, PatternError> {
        match self
            .tokens
            .next_if(|(_, token)| matches!(token, Token::Expression(_)))
        {
            Some((_, Token::Expression(chars))) => expression::parse(&chars).map(Some),
            _ => Ok(None),
        }
    }

    fn takes(&mut self, is_it: fn(&Token) -> bool) -> bool {
        self.tokens.next_if(|(_, token)| is_it(token)).is_some()
    }

    fn place(&mut self) -> usize {
        self.tokens.peek().map_or(0, |(at, _)| *at)
    }

    fn unexpected(&mut self) -> PatternError {
        let found = self.tokens.peek().and_then(|(_, token)| token.sign());
        PatternError::Unexpected {
            at: self.place(),
            found,
        }
    }
}

impl Part {
    fn into_node(self) -> Node {
        match self {
            Self::Text(text) => Node::text(&text),
            Self::Parameter {
                prefix,
                body: None,
                suffix,
                times,
            } => Node::text(&(prefix + &suffix)).repeat(times),
            Self::Parameter {
                prefix,
                body: Some(body),
                suffix,
                times: Times { least, most: None },
            } => {
                let (prefix, suffix) = (Node::text(&prefix), Node::text(&suffix));
                let again = Node::sequence([suffix.clone(), prefix.clone(), body.clone()])
                    .repeat(Times::ANY);
                Node::sequence([prefix, body, again, suffix]).repeat(Times {
                    least,
                    most: Some(1),
                })
            }
            Self::Parameter {
                prefix,
                body: Some(body),
                suffix,
                times,
            } => Node::sequence([Node::text(&prefix), body, Node::text(&suffix)]).repeat(times),
        }
    }
}

/// Rules 2 and 5.
fn delimiters() -> Class {
    Class::of(*b"/#?")
}
