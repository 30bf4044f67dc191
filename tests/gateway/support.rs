//! The world the tests put around a gateway: time, WorkOS, browsers, and an executor that stands
//! still until told otherwise.

mod browser;
mod executor;
mod origin;
mod request;
mod script;
mod seal;
mod seen;
mod shared;
mod site;
mod token;
mod variables;
mod workos;
mod world;

pub(crate) use browser::Browser;
pub(crate) use executor::{interleave, step};
pub(crate) use origin::{arriving, value};
pub(crate) use request::{Ask, SITE};
pub(crate) use script::{ADA, BOB, Call, Fault, Rotation};
pub(crate) use seal::{forged, iron, iron_opened, opened, resealed};
pub(crate) use seen::Seen;
pub(crate) use site::{SESSION, Site};
pub(crate) use token::{LIFETIME, Unsigned, jwk};
pub(crate) use variables::{API_KEY, OTHER_PASSWORD, PASSWORD, Variables};
