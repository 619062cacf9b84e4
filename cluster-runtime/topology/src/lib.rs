//! Topologies: shapes as iterators over pairs; names and links, queries and drawings.

mod adjacency;
mod drawing;
pub mod index;
mod link;
mod link_error;
mod links;
mod pairs;
mod query;
mod shape;
mod topology;

pub use link::Link;
pub use link_error::LinkError;
pub use links::Links;
pub use pairs::{Pairs, clique, connect, line, ring, star};
pub use shape::Shape;
pub use topology::Topology;
