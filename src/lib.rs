//! A session gateway at the edge: WorkOS AuthKit sign-in in front of any website.
//!
//! # The life of a request
//!
//! ```text
//! Request
//!   → RequestHead   method, URL, cookies, the few fields we look at   (Config beside it)
//!   → Route         SignIn · SignUp · Callback · SignOut · SessionInfo · … · Site(Access)
//!   → the fact it needs: a Visitor, an Authentication, or nothing
//!   → Decision      Answer · Forward · Redirect
//!   → Response      written by the shell, which only transcribes
//! ```
//!
//! [`gateway::Gateway::decide`] has the order of things on one screen. Nothing outside `edge` names
//! the platform, reads a clock, draws a random number or sends a request: what the core needs of
//! the world comes through [`outside::Outside`].

pub mod access;
mod asked;
pub mod breaker;
pub mod config;
pub mod cookie;
pub mod coordinator;
mod cors;
pub mod decision;
pub mod exchange;
pub mod flow;
pub mod forward;
pub mod framework;
pub mod gateway;
pub mod hosts;
pub mod identity;
pub mod iron;
mod json;
pub mod jwk;
pub mod keys;
pub mod log;
pub mod matcher;
mod nextjs;
pub mod outside;
pub mod page;
mod passing;
pub mod path;
mod pending;
mod recognize;
pub mod refresh;
pub mod renewal;
pub mod request;
pub mod response;
pub mod return_path;
pub mod route;
mod routes;
pub mod rule;
#[cfg(test)]
mod scripted;
pub mod seal;
mod secret;
pub mod session;
pub mod session_cookie;
mod signed_out;
pub mod token;
pub mod visitor;
pub mod workos;

#[cfg(all(target_arch = "wasm32", target_os = "unknown"))]
mod edge;
