//! Decides on which texts a path is judged: itself, and what an origin's habits could make of it.
//!
//! 1. Refused at once: raw `\`, `#`, spaces, controls; malformed escapes; escapes that aren't UTF-8.
//! 2. The canonical path is that of the WHATWG serialization, the very text that is sent on.
//! 3. Its views are what these habits make of it, in every order and as often as they change it:
//!    decode unreserved escapes, decode all escapes, merge slashes, drop `;parameters`,
//!    take `\` for `/`, cut at `#` or `?`, take what follows `//` at the beginning for a host.
//! 4. Each view is judged in lower case too, its segments rid of spaces around and dots behind them.
//! 5. Refused when a view shows it: a control character, or a dot segment (the parser left none).
//! 6. Refused when there are too many views: nothing legitimate is spelled in that many ways.
//!
//! [URL Standard](https://url.spec.whatwg.org/#path-state),
//! [RFC 3986 §6](https://www.rfc-editor.org/rfc/rfc3986#section-6)

mod habits;
mod malformed;

use std::iter;

use percent_encoding::percent_decode_str;

use self::habits::HABITS;
pub use self::malformed::MalformedPath;

const MOST_VIEWS: usize = 128;
const MOST_BYTES: usize = 256 * 1024;

/// A path and its views.
#[derive(Clone, Debug)]
pub struct PathViews {
    canonical: String,
    canonical_spelling: Spelling,
    others: Vec<(String, Spelling)>,
}

/// One text on which a path is judged.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct View<'v> {
    /// The text.
    pub text: &'v str,
    /// Which patterns it is compared with.
    pub spelling: Spelling,
}

/// How a view is spelled.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Spelling {
    /// As it was sent or decoded: compared with patterns as they are written.
    AsSent,
    /// In lower case and trimmed: compared with patterns in lower case.
    Lowered,
    /// As it was sent, and lowering and trimming it changes nothing: compared with both.
    Plain,
}

impl PathViews {
    /// Takes the path as it stood in the request's raw URL, and as that URL's serialization has it.
    ///
    /// # Errors
    ///
    /// Why the path is refused (rules 1, 5 and 6).
    pub fn of(raw_path: &str, pathname: &str) -> Result<Self, MalformedPath> {
        refuse_raw(raw_path)?;
        refuse_raw(pathname)?;
        refuse_escapes(pathname)?;
        refuse_view(pathname)?;
        let canonical = pathname.to_owned();
        let mut views = Self {
            canonical,
            canonical_spelling: Spelling::Plain,
            others: Vec::new(),
        };
        views.spread()?;
        views.lower()?;
        Ok(views)
    }

    /// Returns the views with those of further paths.
    ///
    /// # Errors
    ///
    /// There are too many.
    pub fn with(mut self, others: &[PathViews]) -> Result<Self, MalformedPath> {
        for view in others.iter().flat_map(PathViews::iter) {
            self.add(view.text.to_owned(), view.spelling)?;
        }
        Ok(self)
    }

    /// The path as it is sent to the origin.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// All views, the canonical path first.
    pub fn iter(&self) -> impl Iterator<Item = View<'_>> {
        let others = self.others.iter().map(|(text, spelling)| View {
            text,
            spelling: *spelling,
        });
        iter::once(View {
            text: &self.canonical,
            spelling: self.canonical_spelling,
        })
        .chain(others)
    }

    fn text(&self, index: usize) -> Option<&str> {
        self.iter().nth(index).map(|view| view.text)
    }

    /// Rule 3.
    fn spread(&mut self) -> Result<(), MalformedPath> {
        let mut index = 0_usize;
        while let Some(text) = self.text(index) {
            let found: Vec<String> = HABITS.iter().filter_map(|habit| habit(text)).collect();
            for text in found {
                refuse_view(&text)?;
                self.add(text, Spelling::Plain)?;
            }
            index = index.saturating_add(1);
        }
        Ok(())
    }

    /// Rule 4. Freeing a segment may leave it empty.
    fn lower(&mut self) -> Result<(), MalformedPath> {
        let mut lowered = Vec::new();
        let others = self
            .others
            .iter_mut()
            .map(|(text, spelling)| (&*text, spelling));
        for (text, spelling) in
            iter::once((&self.canonical, &mut self.canonical_spelling)).chain(others)
        {
            if let Some(text) = habits::lower(text) {
                *spelling = Spelling::AsSent;
                lowered.extend(habits::merge_slashes(&text));
                lowered.push(text);
            }
        }
        lowered
            .into_iter()
            .try_for_each(|text| self.add(text, Spelling::Lowered))
    }

    /// Rule 6.
    fn add(&mut self, text: String, spelling: Spelling) -> Result<(), MalformedPath> {
        if self.iter().any(|view| view.text == text) {
            return Ok(());
        }
        self.others.push((text, spelling));
        let bytes = self
            .iter()
            .fold(0_usize, |bytes, view| bytes.saturating_add(view.text.len()));
        if self.others.len() >= MOST_VIEWS || bytes > MOST_BYTES {
            Err(MalformedPath::TooManyViews)
        } else {
            Ok(())
        }
    }
}

/// Rule 1, characters.
fn refuse_raw(path: &str) -> Result<(), MalformedPath> {
    if path.bytes().any(|byte| byte.is_ascii_control()) {
        return Err(MalformedPath::ControlCharacter);
    }
    if path
        .bytes()
        .any(|byte| matches!(byte, b' ' | b'#' | b'?' | b'\\'))
    {
        return Err(MalformedPath::RawCharacter);
    }
    if path.starts_with('/') {
        Ok(())
    } else {
        Err(MalformedPath::NotAbsolute)
    }
}

/// Rule 1, escapes.
fn refuse_escapes(path: &str) -> Result<(), MalformedPath> {
    let is_escape = |after: &str| {
        after
            .get(..2)
            .is_some_and(|hex| habits::byte(hex).is_some())
    };
    if !path.split('%').skip(1).all(is_escape) {
        return Err(MalformedPath::MalformedEscape);
    }
    percent_decode_str(path)
        .decode_utf8()
        .map(drop)
        .map_err(|_| MalformedPath::NotUtf8)
}

/// Rule 5.
fn refuse_view(path: &str) -> Result<(), MalformedPath> {
    if path.chars().any(char::is_control) {
        return Err(MalformedPath::ControlCharacter);
    }
    if path
        .split('/')
        .any(|segment| matches!(segment.trim_matches(' '), "." | ".."))
    {
        return Err(MalformedPath::HiddenDotSegment);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_have_one_view() {
        for path in [
            "/",
            "/a/b-c_d.e~f",
            "/public/!$&'()*+,=:@",
            "/.well-known/x",
            "/..hidden/y",
        ] {
            check(path, &[]);
        }
    }

    #[test]
    fn every_habit_gives_a_view() {
        check("/%7Ea", &["/~a", "/%7ea"]);
        check("/a//b", &["/a/b"]);
        check("//a/b", &["/a/b", "/b"]);
        check("//a", &["/a", "/"]);
        check("///a/b", &["/a/b", "/b"]);
        check("/a;x/b", &["/a/b"]);
        check("/a%2Fb", &["/a/b", "/a%2fb"]);
        check("/%61%2fb", &["/a/b", "/a%2Fb", "/a%2fb"]);
        check("/%7E%2F", &["/~%2F", "/~/", "/~%2f", "/%7e%2f"]);
        check("/a%5Cb", &["/a\\b", "/a/b", "/a%5cb"]);
        check("/a%3Fb", &["/a?b", "/a", "/a%3fb"]);
        check("/a%2523b", &["/a%23b", "/a#b", "/a"]);
        check("/A./b...", &["/a/b"]);
        check("/.../a", &["/a", "//a"]);
        check("/%20a", &["/ a", "/a"]);
        check("/100%25", &["/100%"]);
        check("/%25ff", &["/%ff", "/%FF", "/\u{fffd}"]);
    }

    #[test]
    fn habits_combine_in_any_order() {
        let views = PathViews::of("/x", "/x;%2fadmin").expect("a fair path");
        let texts: Vec<_> = views.iter().map(|view| view.text).collect();
        assert!(
            texts.contains(&"/x") && texts.contains(&"/x/admin") && texts.contains(&"/x;/admin"),
            "{texts:?}"
        );
    }

    #[test]
    fn malformed_paths_are_refused() {
        let malformed = [
            ("admin", MalformedPath::NotAbsolute),
            ("", MalformedPath::NotAbsolute),
            ("/a\nb", MalformedPath::ControlCharacter),
            ("/a%00", MalformedPath::ControlCharacter),
            ("/a%250a", MalformedPath::ControlCharacter),
            ("/a%C2%85", MalformedPath::ControlCharacter),
            ("/a b", MalformedPath::RawCharacter),
            ("/a\\b", MalformedPath::RawCharacter),
            ("/a#b", MalformedPath::RawCharacter),
            ("/%", MalformedPath::MalformedEscape),
            ("/%+1", MalformedPath::MalformedEscape),
            ("/%u0061", MalformedPath::MalformedEscape),
            ("/%c0%af", MalformedPath::NotUtf8),
            ("/a/..%2fb", MalformedPath::HiddenDotSegment),
            ("/a/..;x/b", MalformedPath::HiddenDotSegment),
            ("/a/..%20/b", MalformedPath::HiddenDotSegment),
            ("/a/%25252e%25252e/b", MalformedPath::HiddenDotSegment),
            ("/a/..%5cb", MalformedPath::HiddenDotSegment),
        ];
        for (path, expected) in malformed {
            assert_eq!(PathViews::of(path, path).err(), Some(expected), "{path:?}");
        }
        assert_eq!(
            PathViews::of("/a\\b", "/a/b").err(),
            Some(MalformedPath::RawCharacter)
        );
        assert!(PathViews::of("/a/%2e%2e/b", "/b").is_ok());
    }

    #[test]
    fn a_refusal_says_why_in_words_of_its_own() {
        let refusals = [
            (MalformedPath::ControlCharacter, "control character"),
            (MalformedPath::HiddenDotSegment, "`.` or `..`"),
            (MalformedPath::MalformedEscape, "`%` without"),
            (MalformedPath::NotAbsolute, "begin with `/`"),
            (MalformedPath::NotUtf8, "not UTF-8"),
            (MalformedPath::RawCharacter, "must be encoded"),
            (MalformedPath::TooManyViews, "too many ways"),
        ];
        for (refusal, expected) in refusals {
            assert!(refusal.to_string().contains(expected), "{refusal:?}");
        }
    }

    #[test]
    fn views_are_bounded() {
        let nested = format!("/%{}41", "25".repeat(200));
        assert_eq!(
            PathViews::of(&nested, &nested).err(),
            Some(MalformedPath::TooManyViews)
        );
        let long = format!("/{}", "A%20b/".repeat(2700));
        assert!(PathViews::of(&long, &long).is_ok());
        for (length, is_fair) in [(MOST_BYTES / 2, true), (MOST_BYTES / 2 + 1, false)] {
            let two_views = format!("/A{}", "a".repeat(length - 2));
            let views = PathViews::of(&two_views, &two_views);
            assert_eq!(views.is_ok(), is_fair, "{length}");
        }
    }

    #[track_caller]
    fn check(path: &str, others: &[&str]) {
        let views = PathViews::of(path, path).expect("a well-formed path");
        let mut found: Vec<_> = views.iter().skip(1).map(|view| view.text).collect();
        let mut others = others.to_vec();
        found.sort_unstable();
        others.sort_unstable();
        assert_eq!(found, others, "{path}");
        assert_eq!(views.canonical(), path);
    }
}
