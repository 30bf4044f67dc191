//! Patterns: any text compiles or says where it doesn't, and a match agrees with itself.

use authkit_gateway::matcher::{Match, Pattern};

/// The input is a pattern, and on the next line a path.
pub fn target(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    let (text, path) = text.split_once('\n').unwrap_or((text, "/a/b"));
    let pattern = match Pattern::compile(text) {
        Ok(pattern) => pattern,
        Err(error) => {
            assert!(!error.to_string().is_empty());
            return;
        }
    };
    assert!(text.starts_with('/'), "{text:?}");
    assert_eq!(pattern.text(), text);
    let exact = pattern.matches(path);
    let lowered = pattern.matches_ignoring_case(path);
    assert_eq!(
        lowered,
        pattern.matches_ignoring_case(&path.to_ascii_lowercase())
    );
    assert_eq!(
        lowered,
        pattern.matches_ignoring_case(&path.to_ascii_uppercase())
    );
    let is_lower = !path.bytes().any(|byte| byte.is_ascii_uppercase());
    if pattern.is_lower_case() && is_lower {
        assert_eq!(exact, lowered, "{text:?} {path:?}");
    }
    let literal = |letter: char| letter.is_ascii_alphanumeric() || "/-_.~!@$&',;=".contains(letter);
    if text.chars().all(literal) && exact != Match::TooCostly {
        let is_it = path == text || path.strip_suffix('/') == Some(text) || ends_open(text, path);
        assert_eq!(exact == Match::Matched, is_it, "{text:?} {path:?}");
    }
}

/// A pattern that ends in `/` takes no further one.
fn ends_open(text: &str, path: &str) -> bool {
    text.ends_with('/') && path == text
}
