//! What is fuzzed: one function for each parser, and one for the whole decision.
//!
//! 1. A target takes any bytes, and panics where something doesn't hold that must.
//! 2. It knows the gateway by its public items alone, and is the same for libFuzzer
//!    (`fuzz_targets`), and for the tests that replay `corpus` (`tests/fuzz_corpus.rs`).
//! 3. Inputs are text where that is possible: a seed is read, and named after what it tries.

pub mod chunk_assembly;
pub mod cookie_header;
pub mod coordinator;
pub mod flow;
pub mod framework;
pub mod header_removal;
pub mod hosts;
pub mod iron;
pub mod jwks;
pub mod jwt;
pub mod origin_answer;
pub mod path_views;
pub mod path_vs_models;
pub mod pattern;
pub mod query;
mod readings;
pub mod retry_after;
pub mod return_to;
pub mod rules;
mod script;
pub mod session_payload;
pub mod settings;
mod site;
pub mod token_response;
pub mod unseal;
mod visitor;
pub mod whole_request;
mod world;

/// A target: any bytes will do.
pub type Target = fn(&[u8]);

/// Every target, by the name of its corpus.
pub const TARGETS: [(&str, Target); 23] = [
    ("chunk_assembly", chunk_assembly::target),
    ("cookie_header", cookie_header::target),
    ("coordinator", coordinator::target),
    ("flow", flow::target),
    ("framework", framework::target),
    ("header_removal", header_removal::target),
    ("hosts", hosts::target),
    ("iron", iron::target),
    ("jwks", jwks::target),
    ("jwt", jwt::target),
    ("origin_answer", origin_answer::target),
    ("path_views", path_views::target),
    ("path_vs_models", path_vs_models::target),
    ("pattern", pattern::target),
    ("query", query::target),
    ("retry_after", retry_after::target),
    ("return_to", return_to::target),
    ("rules", rules::target),
    ("session_payload", session_payload::target),
    ("settings", settings::target),
    ("token_response", token_response::target),
    ("unseal", unseal::target),
    ("whole_request", whole_request::target),
];
