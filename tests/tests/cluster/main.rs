//! Tests of whole clusters, one module per behaviour, in one process: it is linked once.
//!
//! Nothing here spawns a process, see `process`. Other tests that cannot share one are binaries of their own, with the reason.

mod any_nodes;
mod blocking;
mod cancel;
mod conditions;
mod context;
mod deaths;
mod design;
mod events;
mod failures;
mod faults;
mod histories;
mod isolated;
mod joins;
mod language;
mod language_topologies;
mod levels;
mod lives;
mod loopback;
// Public, since `missing_docs` looks at nothing else.
pub mod named;
mod nested;
mod paused_clock;
mod pictures;
mod plans;
mod refusals;
mod relays;
mod requirements;
mod service;
mod sets;
mod shared;
mod sockets;
mod start;
mod stop;
mod timeouts;
mod topology;
mod tracing;
mod troubles;
mod wait_connections;
mod waits;
