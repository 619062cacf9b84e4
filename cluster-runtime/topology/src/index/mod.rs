//! The shapes as pairs of indices: the one definition of each, a file each.
//!
//! All else is made of these: the pairs over slices, the links of the runtime and the checks of the macro. The
//! iterators hold a few numbers, know their exact length and never allocate; those of random shapes remember their
//! links, except for [`gnp`], which does not know its length. A length over `usize::MAX` is reported as `usize::MAX`.
//!
//! No shape pairs a node with itself, or the same nodes twice. [`clique`], [`ring`], [`line()`], [`star`] and
//! [`connect`] take any number of nodes, and have fewer pairs where these are too few: a ring of two is one pair, of
//! one none. The others refuse what does not fit.
//!
//! A random shape is the same on every machine and in every release for the same seed. [`Draw::connected`] draws it
//! until it is connected.
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
mod draw;
mod geometric;
pub(crate) mod gnp;
pub(crate) mod grid;
pub(crate) mod hypercube;
mod line;
mod link_set;
pub(crate) mod random_regular;
mod ring;
pub(crate) mod scale_free;
mod shape;
pub(crate) mod small_world;
mod star;
pub(crate) mod torus;
pub(crate) mod tree;
pub(crate) mod wheel;

pub use clique::{Clique, clique};
pub use connect::{Connect, connect};
pub use draw::Draw;
pub use gnp::{Gnp, gnp};
pub use grid::{Grid, grid};
pub use hypercube::{Hypercube, hypercube};
pub use line::{Line, line};
pub use random_regular::{RandomRegular, random_regular};
pub use ring::{Ring, ring};
pub use scale_free::{ScaleFree, scale_free};
pub use shape::{Own, shape};
pub use small_world::{SmallWorld, small_world};
pub use star::{Star, star};
pub use torus::{Torus, torus};
pub use tree::{Tree, tree};
pub use wheel::{Wheel, wheel};
