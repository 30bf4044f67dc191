//! `RULES`: who may ask for what, and what becomes of those who may not.

mod conditions;
mod coverage;
mod methods;
mod refusals;
mod step_up;
mod step_up_limits;
mod switching;

use serde_json::Value;

use authkit_gateway::decision::Outcome;

use crate::support::{ADA, Browser, Seen, Site};

/// A site with these rules and variables; what tokens say besides is in `claims`.
fn site(rules: &str, variables: &[(&str, &str)], claims: Value) -> Site {
    let variables = [&[("RULES", rules)], variables].concat();
    let site = Site::new(&variables);
    *site.world.workos.twist.borrow_mut() = Some(Box::new(move |token, _| {
        for (name, value) in claims.as_object().into_iter().flatten() {
            token.claims[name] = value.clone();
        }
    }));
    site
}

/// A browser in which Ada, who is in no organization, has signed in.
fn ada(site: &Site) -> Browser {
    Browser::signed_in(site, ADA)
}

/// What a program is told is missing.
fn missing(outcome: &Outcome) -> Vec<String> {
    let body: Value = serde_json::from_str(outcome.body()).expect("JSON");
    let list = body["missing"].as_array().cloned().unwrap_or_default();
    let texts = list
        .iter()
        .filter_map(|one| one.as_str().map(str::to_owned));
    texts.collect()
}
