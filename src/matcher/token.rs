//! Cuts a pattern into path-to-regexp 6.3's tokens.
//!
//! 1. `\x` is the character x; `:` begins a name of letters, digits and `_`.
//! 2. `(` begins an expression, which may not begin with `?`; inside, each `(` is a `(?`.
//! 3. `? * +` are modifiers, `{` and `}` braces; all else stands for itself.

use super::error::PatternError;
use super::node::Times;

/// A character and its place in the pattern, counted from one.
pub(super) type Placed = (usize, char);

/// One token.
#[derive(Debug)]
pub(super) enum Token {
    Char(char),
    Close,
    End,
    Escaped(char),
    Expression(Vec<Placed>),
    Modifier(char),
    Name,
    Open,
}

/// Reads all tokens with their places, [`Token::End`] being the last.
pub(super) fn read(text: &str) -> Result<Vec<(usize, Token)>, PatternError> {
    let chars: Vec<Placed> = (1..).zip(text.chars()).collect();
    let mut rest = chars.as_slice();
    let mut tokens = Vec::new();
    while let [(at, first), after @ ..] = rest {
        rest = after;
        let token = match first {
            '*' | '+' | '?' => Token::Modifier(*first),
            '(' => expression(*at, &mut rest)?,
            ':' => name(*at, &mut rest)?,
            '\\' => escaped(*at, &mut rest)?,
            '{' => Token::Open,
            '}' => Token::Close,
            _ => Token::Char(*first),
        };
        tokens.push((*at, token));
    }
    tokens.push((chars.len().saturating_add(1), Token::End));
    Ok(tokens)
}

impl Token {
    /// How often a modifier lets a parameter occur.
    pub(super) fn times(&self) -> Option<Times> {
        match self {
            Self::Modifier('*') => Some(Times::ANY),
            Self::Modifier('+') => Some(Times::SOME),
            Self::Modifier(_) => Some(Times::OPTIONAL),
            Self::Char(_)
            | Self::Close
            | Self::End
            | Self::Escaped(_)
            | Self::Expression(_)
            | Self::Name
            | Self::Open => None,
        }
    }

    /// The character it begins with; none for the end.
    pub(super) fn sign(&self) -> Option<char> {
        match self {
            Self::Char(sign) | Self::Modifier(sign) => Some(*sign),
            Self::Close => Some('}'),
            Self::End => None,
            Self::Escaped(_) => Some('\\'),
            Self::Expression(_) => Some('('),
            Self::Name => Some(':'),
            Self::Open => Some('{'),
        }
    }
}

fn escaped(at: usize, rest: &mut &[Placed]) -> Result<Token, PatternError> {
    let Some(((_, escaped), after)) = rest.split_first() else {
        return Err(PatternError::Unexpected {
            at,
            found: Some('\\'),
        });
    };
    *rest = after;
    Ok(Token::Escaped(*escaped))
}

fn name(at: usize, rest: &mut &[Placed]) -> Result<Token, PatternError> {
    let mut is_named = false;
    while let [(_, 'a'..='z' | 'A'..='Z' | '0'..='9' | '_'), after @ ..] = rest {
        is_named = true;
        *rest = after;
    }
    if is_named {
        Ok(Token::Name)
    } else {
        Err(PatternError::MissingName { at })
    }
}

/// Rule 2. Brackets do not shield a parenthesis here, as they do not in path-to-regexp.
fn expression(at: usize, rest: &mut &[Placed]) -> Result<Token, PatternError> {
    if let [(at, '?'), ..] = rest {
        return Err(PatternError::BareGroup { at: *at });
    }
    let mut chars = Vec::new();
    let mut depth = 1_usize;
    while let [first, after @ ..] = rest {
        *rest = after;
        match (first, after) {
            ((_, '\\'), [second, after @ ..]) => {
                chars.extend([*first, *second]);
                *rest = after;
                continue;
            }
            ((at, '('), [(_, next), ..]) if *next != '?' => {
                return Err(PatternError::CapturingGroup { at: *at });
            }
            ((_, '('), _) => depth = depth.saturating_add(1),
            ((_, ')'), _) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 {
            break;
        }
        chars.push(*first);
    }
    match (depth, chars.is_empty()) {
        (0, false) => Ok(Token::Expression(chars)),
        (0, true) => Err(PatternError::EmptyGroup { at }),
        _ => Err(PatternError::UnbalancedGroup { at }),
    }
}
