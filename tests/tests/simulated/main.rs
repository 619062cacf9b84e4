//! Clusters in simulated time.

mod faults;
mod lives;
mod places;
mod repetition;
mod scale;
mod seeds;
mod sockets;
mod time;
