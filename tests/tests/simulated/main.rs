//! Clusters in simulated time.

mod faults;
mod lives;
mod own_runtimes;
mod places;
mod repetition;
mod scale;
mod search;
mod seeds;
mod sockets;
mod time;
