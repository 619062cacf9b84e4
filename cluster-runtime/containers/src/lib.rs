//! Nodes in containers, by the socket of Docker or Podman: the place [`Containers`]. It is a crate of its own, so that others do not pay
//! for its client.
#![forbid(unsafe_code)]
#![allow(clippy::disallowed_methods, reason = "a place touches the system")]

#[cfg(not(target_os = "linux"))]
compile_error!("cluster-containers needs Linux: its tests reach nodes in network namespaces of this machine");

// Each module uses only those before it:
// - `stream`, `tools`, `engine`, `guard`, `exec`: calls to an engine; `image`, `found`, `bodies`, `sweep`: what is there;
// - `keeper`, whose `keeper.sh` holds the lease of a run on a host; `volume`, `host`, `programs`; `rules`, `faults`; `network`, `swarm`;
// - `pipe`, `directory`, `outputs`, `attendance`, `program`: one program;
// - `reach` and `tunnel`: how the test connects to a node of this machine, and of another host;
// - `run`, `spot`, `session`, `place`.

mod attendance;
mod bodies;
mod directory;
mod engine;
mod exec;
mod faults;
mod found;
mod guard;
mod host;
mod image;
mod keeper;
mod network;
mod outputs;
mod pipe;
mod place;
mod program;
mod programs;
mod reach;
mod rules;
mod run;
mod session;
mod spot;
mod stream;
mod swarm;
mod sweep;
mod tools;
mod tunnel;
mod volume;

pub use place::Containers;
