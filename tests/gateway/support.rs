//! The world the tests put around a gateway: time, WorkOS, browsers, and an executor that stands
//! still until told otherwise.

pub(crate) mod browser;
pub(crate) mod executor;
pub(crate) mod request;
pub(crate) mod seen;
pub(crate) mod site;
pub(crate) mod token;
pub(crate) mod variables;
pub(crate) mod workos;
pub(crate) mod world;
