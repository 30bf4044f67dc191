//! Whole decisions, made on the host with a scripted world around them.
#![cfg(test)]
#![expect(
    clippy::arithmetic_side_effects,
    reason = "a test that overflows has failed"
)]

mod api_paths;
mod arrival;
mod authorization;
mod bearer;
mod callback;
mod corpus;
mod cors;
mod enforcement;
mod flows;
mod framework;
mod front_end;
mod hosts;
mod identity;
mod impersonation;
mod keys;
mod keys_cache;
mod landing;
mod nextjs;
mod organization;
mod origin_asks;
mod path_properties;
mod path_to_regexp;
mod preflight;
mod properties;
mod recognition;
mod refresh;
mod return_paths;
mod rules;
mod sdk_seals;
mod seals_left;
mod secrets;
mod session_info;
mod settings;
mod sign_out;
mod signed_out;
mod simulation;
mod straight_path;
mod support;
mod websocket_origin;
