//! Nodes in containers, by the socket of Docker or Podman: the place [`Containers`]. It is a crate of its own, so that others do not pay
//! for its client.
#![forbid(unsafe_code)]
#![allow(clippy::disallowed_methods, reason = "a place touches the system")]

mod attendance;
mod bodies;
mod engine;
mod faults;
mod guard;
mod image;
mod keeper;
mod network;
mod outputs;
mod place;
mod program;
mod programs;
mod reach;
mod rules;
mod run;
mod session;
mod spot;
mod stream;
mod sweep;
mod tools;

pub use place::Containers;
