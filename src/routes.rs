//! One file for each place a request can go.

pub(crate) mod callback;
pub(crate) mod health;
pub(crate) mod session_info;
pub(crate) mod sign_in;
pub(crate) mod sign_out;
pub(crate) mod site;
