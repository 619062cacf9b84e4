//! The shapes as pairs of indices, a file each: their only definition.
//!
//! The pairs over slices, the links of the runtime and the checks of the macro are made of these. They are lazy and
//! never allocate, except for `shape` and the random ones other than `gnp`, which keep their links in memory.
//!
//! No shape pairs a node with itself, or the same nodes twice. `clique`, `ring`, `line`, `star` and `connect` take any
//! number of nodes, and have fewer pairs where these are too few: a ring of two is one pair, of one none. The others
//! refuse what does not fit, as the functions in the crate's root document.
//!
//! A random shape is the same on every machine and in every release for the same seed. `Draw::connected` draws it
//! until it is connected.

mod clique;
mod connect;
mod draw;
mod drawn;
mod geometric;
pub(crate) mod gnp;
pub(crate) mod grid;
pub(crate) mod hypercube;
mod line;
mod link_set;
mod probability;
pub(crate) mod random_regular;
mod ring;
pub(crate) mod scale_free;
mod shape;
pub(crate) mod small_world;
mod star;
pub(crate) mod torus;
pub(crate) mod tree;
pub(crate) mod wheel;

pub use clique::clique;
pub use connect::connect;
pub use draw::Draw;
pub use gnp::gnp;
pub use grid::grid;
pub use hypercube::hypercube;
pub use line::line;
pub use random_regular::random_regular;
pub use ring::ring;
pub use scale_free::scale_free;
pub use shape::shape;
pub use small_world::small_world;
pub use star::star;
pub use torus::torus;
pub use tree::tree;
pub use wheel::wheel;
