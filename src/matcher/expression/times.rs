//! Reads how often something repeats: `*`, `+`, `?`, `{n}`, `{n,}`, `{n,m}`.

use super::super::error::PatternError;
use super::super::node::Times;
use super::super::token::Placed;
use super::Parser;

const MOST_TIMES: usize = 1000;

impl Parser<'_> {
    /// Reads a count, if one is next.
    pub(super) fn times(&mut self) -> Result<Option<Times>, PatternError> {
        let (times, after) = match self.rest {
            [(_, '*'), after @ ..] => (Times::ANY, after),
            [(_, '+'), after @ ..] => (Times::SOME, after),
            [(_, '?'), after @ ..] => (Times::OPTIONAL, after),
            [(_, '{'), after @ ..] => match count(after) {
                Some(counted) => counted,
                None => return Ok(None),
            },
            _ => return Ok(None),
        };
        if times.least.max(times.most.unwrap_or(0)) > MOST_TIMES {
            return Err(PatternError::TooLarge);
        }
        if times.most.is_some_and(|most| most < times.least) {
            return Err(PatternError::Unsupported { at: self.place() });
        }
        self.rest = after;
        Ok(Some(times))
    }
}

/// `n}`, `n,}` or `n,m}`.
fn count(chars: &[Placed]) -> Option<(Times, &[Placed])> {
    let (least, after) = number(chars)?;
    match after {
        [(_, '}'), after @ ..] => Some((
            Times {
                least,
                most: Some(least),
            },
            after,
        )),
        [(_, ','), (_, '}'), after @ ..] => Some((Times { least, most: None }, after)),
        [(_, ','), after @ ..] => {
            let (most, after) = number(after)?;
            let [(_, '}'), after @ ..] = after else {
                return None;
            };
            Some((
                Times {
                    least,
                    most: Some(most),
                },
                after,
            ))
        }
        _ => None,
    }
}

fn number(mut chars: &[Placed]) -> Option<(usize, &[Placed])> {
    let mut number = None;
    while let [(_, digit), after @ ..] = chars
        && let Some(digit) = digit.to_digit(10)
    {
        let digit = usize::try_from(digit).ok()?;
        number = Some(
            number
                .unwrap_or(0_usize)
                .saturating_mul(10)
                .saturating_add(digit),
        );
        chars = after;
    }
    Some((number?, chars))
}
