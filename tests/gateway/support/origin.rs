//! What arrives at the origin.

use authkit_gateway::decision::{Decision, Edit, Outcome};
use authkit_gateway::forward::edits;

use super::request::Ask;
use super::seen::Seen;
use super::site::Site;

/// Returns the header with which a request that is forwarded arrives.
pub(crate) fn arriving(site: &Site, ask: &Ask, outcome: &Outcome) -> Vec<(String, String)> {
    let Decision::Forward(forward) = &outcome.decision else {
        panic!("{}", outcome.verdict());
    };
    let mut lines = ask.lines().to_vec();
    let names = ask.lines().iter().map(|line| line.0.as_str());
    for edit in edits(forward, &ask.head(), names, &site.gateway.config) {
        match edit {
            Edit::Append(name, value) => lines.push((name.to_owned(), value.into_owned())),
            Edit::Remove(name) => lines.retain(|line| line.0 != name),
            Edit::Set(name, value) => {
                lines.retain(|line| line.0 != name);
                lines.push((name.into_owned(), value.into_owned()));
            }
        }
    }
    lines
}

/// Returns the one value of a field among `lines`.
pub(crate) fn value<'a>(lines: &'a [(String, String)], name: &str) -> Option<&'a str> {
    let mut found = lines.iter().filter(|line| line.0 == name);
    let value = found.next().map(|line| line.1.as_str());
    assert_eq!(found.next(), None, "{name} stands twice");
    value
}
