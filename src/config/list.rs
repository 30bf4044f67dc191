//! Reads a list: a JSON array of texts (which a TOML array arrives as), or text split at commas and
//! new lines that stand outside `()` and `{}`.

use crate::json;

/// Returns the entries, trimmed, the empty ones left out; `None` for an array that isn't one of
/// texts.
pub(super) fn parse(text: &str) -> Option<Vec<String>> {
    let entries = if text.starts_with('[') {
        json::read(text)?
    } else {
        split(text)
    };
    let trimmed = entries.iter().map(|entry| entry.trim().to_owned());
    Some(trimmed.filter(|entry| !entry.is_empty()).collect())
}

fn split(text: &str) -> Vec<String> {
    let mut entries = vec![String::new()];
    let mut depth: usize = 0;
    for letter in text.chars() {
        match letter {
            '(' | '{' => depth = depth.saturating_add(1),
            ')' | '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth == 0 && matches!(letter, ',' | '\n') {
            entries.push(String::new());
        } else if let Some(entry) = entries.last_mut() {
            entry.push(letter);
        }
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_are_arrays_or_text() {
        let rows: [(&str, Option<&[&str]>); 8] = [
            ("/a, /b", Some(&["/a", "/b"])),
            ("/a\n/b,\n", Some(&["/a", "/b"])),
            (r#"["/a","/b"]"#, Some(&["/a", "/b"])),
            ("/x{1,2}, /((?!a,b).*)", Some(&["/x{1,2}", "/((?!a,b).*)"])),
            ("/a)b, /c", Some(&["/a)b", "/c"])),
            ("[]", Some(&[])),
            (r#"["/a",{"source":"/b"}]"#, None),
            ("[/a", None),
        ];
        for (text, expected) in rows {
            let expected = expected.map(|list| list.iter().map(ToString::to_string).collect());
            assert_eq!(parse(text), expected, "{text}");
        }
    }
}
