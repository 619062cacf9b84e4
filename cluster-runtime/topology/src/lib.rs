//! Topologies: shapes as iterators over pairs; names and links, queries and drawings.

pub mod index;
mod pairs;
mod shape;

pub use pairs::{Pairs, clique, connect, line, ring, star};
pub use shape::Shape;
