//! A pattern as a deployment uses it, on a path with all its views.

use authkit_gateway::access::{Access, PathRules};
use authkit_gateway::matcher::Pattern;
use authkit_gateway::path::PathViews;
use url::Url;

/// A deployment that guards what a pattern covers, and one that guards all else.
pub(super) struct Deployed {
    guarding: PathRules,
    allowing: PathRules,
}

impl Deployed {
    pub(super) fn with(pattern: &Pattern) -> Self {
        let guarding = PathRules {
            matcher: vec![pattern.clone()],
            ..PathRules::default()
        };
        let allowing = PathRules {
            unauthenticated: vec![pattern.clone()],
            ..PathRules::default()
        };
        Self { guarding, allowing }
    }

    /// Judges a path that the library matches or doesn't; none where no request has such a path.
    ///
    /// # Errors
    ///
    /// Where it is open to more than the library would open it to.
    pub(super) fn judge(&self, path: &str, is_matched: bool) -> Option<Result<(), String>> {
        let views = PathViews::of(path, path).ok()?;
        if !is_pathname(path) {
            return None;
        }
        let judged = |rules: &PathRules| rules.judge(&views, &views, "GET").access;
        let (guarded, allowed) = (judged(&self.guarding), judged(&self.allowing));
        let is_unguarded = is_matched && guarded == Access::Unmatched;
        let is_public = !is_matched && allowed != Access::Protected;
        Some(if is_unguarded || is_public {
            Err(format!(
                "as MATCHER {guarded:?}, as UNAUTHENTICATED_PATHS {allowed:?}"
            ))
        } else {
            Ok(())
        })
    }
}

/// Whether a path is as a URL parser leaves it.
fn is_pathname(path: &str) -> bool {
    let url = Url::parse(&format!("https://app.example.com{path}"));
    url.is_ok_and(|url| url.path() == path && url.query().is_none() && url.fragment().is_none())
}
