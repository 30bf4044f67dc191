//! Whole decisions, made on the host with a scripted world around them.
#![cfg(test)]

mod corpus;
mod path_properties;
mod path_to_regexp;
mod straight_path;
mod support;
