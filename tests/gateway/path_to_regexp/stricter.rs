//! Why we refuse what path-to-regexp takes: all the reasons there are, each with what must stand there.
//!
//! A pattern that is refused is a deployment that doesn't start, and says why; none is read differently.

use authkit_gateway::matcher::PatternError;

/// Returns the reason to refuse a pattern, if it is one of those known.
pub(super) fn reason(pattern: &str, error: PatternError) -> Option<&'static str> {
    match error {
        PatternError::EmptyRepetition { at } => (before(pattern, at) == Some(')'))
            .then_some("an endless repetition of what may be empty, which costs steps for nothing"),
        PatternError::TooLarge => pattern
            .contains('{')
            .then_some("counts that make a program too large for a Worker"),
        PatternError::Unexpected {
            at,
            found: Some('['),
        } => is_left_open(pattern, at)
            .then_some("a class that ends behind its `)`: to the library, where the next one ends"),
        PatternError::Unexpected {
            at,
            found: Some('{'),
        } => (!is_count(pattern, at))
            .then_some("a `{` without a count, which only old browsers' rules let pass"),
        PatternError::Unexpected {
            at,
            found: Some('\\'),
        } => (pattern.chars().count() == at)
            .then_some("a `\\` at the end, which the library overlooks"),
        PatternError::UnrepeatableParameter { at } => (before(pattern, at) == Some('{')
            && pattern.chars().nth(at - 1) == Some('}'))
        .then_some("braces around nothing, repeated"),
        PatternError::Unsupported { at } => unsupported(pattern, at),
        PatternError::AdjacentParameters { .. }
        | PatternError::BareGroup { .. }
        | PatternError::CapturingGroup { .. }
        | PatternError::Empty
        | PatternError::EmptyGroup { .. }
        | PatternError::MissingName { .. }
        | PatternError::NoLeadingSlash
        | PatternError::UnbalancedGroup { .. }
        | PatternError::Unexpected { .. } => None,
    }
}

fn unsupported(pattern: &str, at: usize) -> Option<&'static str> {
    let mut rest = pattern.chars().skip(at - 1);
    let is_in_class = pattern.chars().take(at - 1).any(|sign| sign == '[');
    match (rest.next()?, rest.next(), rest.next()) {
        ('(', Some('?'), Some('<')) => Some("look-behind or a named group"),
        ('(', Some('?'), Some('-' | 'a'..='z')) => Some("flags in the middle of an expression"),
        ('*' | '+' | '?' | '{', ..) if before(pattern, at) == Some(')') => {
            Some("a count on a look-ahead, which only old browsers' rules let pass")
        }
        ('*' | '+' | '?' | '{', ..)
            if before(pattern, at).is_some_and(|sign| sign > '\u{ffff}') =>
        {
            Some("a count on a character that is two to JavaScript, which counts the second alone")
        }
        ('\\', Some('0'..='9'), _) => Some("a back-reference, or a character by its number"),
        ('\\', Some(letter), _) if stands_for_itself(letter) || is_in_class && letter == 'B' => {
            Some("a letter behind `\\` that stands for itself, or for a character by its number")
        }
        (beyond, ..) if !beyond.is_ascii() => Some("a class beyond ASCII, where no path is"),
        _ => None,
    }
}

fn stands_for_itself(letter: char) -> bool {
    letter.is_ascii_alphabetic() && !"bBdDfnrsStvwW".contains(letter)
}

/// Whether the bracket at a place is still open where its group ends.
fn is_left_open(pattern: &str, at: usize) -> bool {
    let mut rest = pattern.chars().skip(at);
    while let Some(sign) = rest.next() {
        match sign {
            '\\' => drop(rest.next()),
            ')' => return true,
            ']' => return false,
            _ => {}
        }
    }
    false
}

/// Whether the brace at a place begins `{n}`, `{n,}` or `{n,m}`.
fn is_count(pattern: &str, at: usize) -> bool {
    let rest: String = pattern.chars().skip(at).collect();
    let Some((inside, _)) = rest.split_once('}') else {
        return false;
    };
    let (least, most) = inside.split_once(',').unwrap_or((inside, ""));
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    !least.is_empty() && are_digits(least) && are_digits(most)
}

/// The character before a place, which counts from one.
fn before(pattern: &str, at: usize) -> Option<char> {
    pattern.chars().nth(at.checked_sub(2)?)
}
