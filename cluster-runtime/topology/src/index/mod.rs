//! The shapes as pairs of indices: the one definition of each, a file each.
//!
//! All else is made of these: the pairs over slices, the links of the runtime and the checks of the macro. The
//! iterators hold a few numbers, know their exact length and never allocate. A length over `usize::MAX` is reported
//! as `usize::MAX`.
//!
//! A shape of too few nodes has fewer pairs, never a node paired with itself: a ring of two is one pair, of one none.
//!
//! ```
//! use cluster_topology::index;
//!
//! assert!(index::clique(3).eq([(0, 1), (0, 2), (1, 2)]));
//! assert!(index::ring(3).eq([(0, 1), (1, 2), (2, 0)]));
//! assert_eq!(index::clique(1_000).len(), 499_500);
//! ```

mod clique;
mod connect;
mod grid;
mod hypercube;
mod line;
mod ring;
mod star;
mod torus;
mod tree;
mod wheel;

pub use clique::{Clique, clique};
pub use connect::{Connect, connect};
pub use grid::{Grid, grid};
pub use hypercube::{Hypercube, hypercube};
pub use line::{Line, line};
pub use ring::{Ring, ring};
pub use star::{Star, star};
pub use torus::{Torus, torus};
pub use tree::{Tree, tree};
pub use wheel::{Wheel, wheel};
