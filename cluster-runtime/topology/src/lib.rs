//! Topologies: shapes as iterators over pairs; names and links, queries and drawings.
//!
//! The crate has no dependencies and knows nothing of running nodes, so the `cluster!` macro and the runtime share one
//! definition of every shape.
//!
//! # Pairs of anything
//! [`clique`], [`ring`], [`line()`], [`star`] and [`connect`] iterate over the pairs of a shape over items of any type,
//! lazily and without allocating; so do [`tree`], [`grid`], [`torus`], [`hypercube`] and [`wheel`]. The random shapes
//! are [`random_regular`], [`gnp`], [`small_world`] and [`scale_free`], and [`shape`] takes one of your own. They stand
//! for Tezt's `meta_` functions:
//!
//! | Tezt | here |
//! |---|---|
//! | `meta_clique f nodes` | `clique(&nodes).for_each(\|(a, b)\| f(a, b))` |
//! | `meta_clique_lwt f nodes` | `for (a, b) in clique(&nodes) { f(a, b).await?; }` |
//! | `meta_ring f nodes` | `ring(&nodes).for_each(\|(a, b)\| f(a, b))` |
//! | `meta_star f center others` | `star(&center, &others).for_each(\|(a, b)\| f(a, b))` |
//! | `meta_connect f a b` | `connect(&a, &b).for_each(\|(a, b)\| f(a, b))` |
//!
//! An asynchronous function that may fail, one pair after the other:
//! ```
//! use cluster_topology as topology;
//! # struct Server;
//! # impl Server {
//! #     async fn dial(&self, _: &Server) -> Result<(), std::io::Error> { Ok(()) }
//! # }
//!
//! async fn wire(servers: &[Server]) -> Result<(), std::io::Error> {
//!     for (a, b) in topology::clique(servers) {
//!         a.dial(b).await?;
//!     }
//!     Ok(())
//! }
//! # use std::task::{Context, Poll, Waker};
//! # let servers = [Server, Server, Server];
//! # let wired = std::pin::pin!(wire(&servers)).poll(&mut Context::from_waker(Waker::noop()));
//! # assert!(matches!(wired, Poll::Ready(Ok(()))));
//! ```
//!
//! Clusters of clusters, here a ring of cliques: a shape over groups, and `connect` for each pair of them.
//! ```
//! use cluster_topology as topology;
//!
//! let cliques = [["a1", "a2"], ["b1", "b2"], ["c1", "c2"]];
//! let inside = cliques.iter().flat_map(|clique| topology::clique(clique));
//! let between = topology::ring(&cliques).flat_map(|(a, b)| topology::connect(a, b));
//! assert_eq!(inside.count(), 3);
//! assert_eq!(between.count(), 12);
//! ```
//!
//! A directed graph, by a function that works one way. The first of a pair comes before the second, and a ring closes
//! from the last to the first, so every node here has one that it trusts and one that trusts it:
//! ```
//! use std::cell::RefCell;
//! use cluster_topology as topology;
//!
//! struct Node {
//!     name: &'static str,
//!     trusts: RefCell<Vec<&'static str>>,
//! }
//!
//! fn trust(from: &Node, to: &Node) {
//!     from.trusts.borrow_mut().push(to.name);
//! }
//!
//! let nodes = ["a", "b", "c"].map(|name| Node { name, trusts: RefCell::default() });
//! topology::ring(&nodes).for_each(|(from, to)| trust(from, to));
//! assert_eq!(nodes[0].trusts.take(), ["b"]);
//! assert_eq!(nodes[2].trusts.take(), ["a"]);
//! ```
//!
//! Random networks, each the same on every machine and in every release for the same seed. One that has to be connected
//! is drawn until it is:
//! ```
//! use cluster_topology as topology;
//!
//! let servers: Vec<u8> = (0..50).collect();
//! let network = topology::gnp(&servers, 0.1, 7)?.connected()?;
//! assert!(network.count() >= 49);
//! # Ok::<(), topology::ShapeError>(())
//! ```
//!
//! # Names and links
//! A [`Topology`] is a graph of names: it answers queries for its links, degrees, diameter and articulation points,
//! checks what a test [requires](Topology::require), and can be compared, printed and drawn.

// Each module uses only those above it:
// - `shape_error`, `rng`, `components`, `member_name`: the size rules in words, random numbers, which nodes are
//   connected, and how the nodes of a group are called;
// - `index`: each shape as pairs of indices, its only definition; `pairs`: the same over slices;
// - `family`: each shape that takes parameters as a value;
// - `adjacency`, `link`, `link_error`, `topology`: names and links;
// - `query`, `requirement`: questions to a topology, and what a test requires of it; `layout`: where its nodes and links
//   are in a picture; `drawing`: its text forms, and the picture.
// A new shape is a file in `index`, a variant of `family`, and a function in `pairs`.

mod adjacency;
mod components;
mod drawing;
mod family;
#[doc(hidden)]
pub mod index;
mod layout;
mod link;
mod link_error;
mod member_name;
mod pairs;
mod query;
mod requirement;
mod rng;
mod shape_error;
mod topology;

pub use family::{Family, FamilyPairs};
pub use layout::{Frame, Layout, LinkState, Point, Route, Symbol};
pub use link::Link;
pub use link_error::LinkError;
pub use member_name::member_name;
pub use pairs::{
    RandomPairs, clique, connect, gnp, grid, hypercube, line, random_regular, ring, scale_free, shape, small_world,
    star, torus, tree, wheel,
};
pub use query::{Cut, Distance};
pub use requirement::{Comparison, Demand, Requirement, Unmet};
#[doc(hidden)]
pub use rng::Rng;
pub use shape_error::ShapeError;
pub use topology::Topology;
