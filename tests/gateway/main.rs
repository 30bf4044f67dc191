//! Whole decisions, made on the host with a scripted world around them.
#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows has failed"
)]

mod authorization;
mod callback;
mod corpus;
mod enforcement;
mod flows;
mod hosts;
mod keys;
mod path_properties;
mod path_to_regexp;
mod properties;
mod recognition;
mod refresh;
mod return_paths;
mod secrets;
mod session_info;
mod settings;
mod sign_out;
mod signed_out;
mod straight_path;
mod support;
