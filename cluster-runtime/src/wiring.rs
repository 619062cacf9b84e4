//! Creating and linking nodes without the macro.
//!
//! [`create`] and [`Node::new`] create nodes. The functions of this module link them, each as the shape of the same name in
//! [`cluster!`](crate::cluster) does; [`start()`](crate::start()) starts them. They take any set of [`Nodes`]. A mistake,
//! such as a ring of a size that does not fit or a node that is linked to itself, refuses the start.
//!
//! For pairs of items of any type, and for shapes over shapes, see [`topology`].
//!
//! # Examples
//! ```
//! use cluster_runtime::{Loopback, Node, Result, add_peer, create, ring, star, start};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let hub = Node::new(&Loopback::new(), "hub");
//! let rim = create(&Loopback::new(), "rim", 5);
//! let observer = Node::new(&Loopback::new(), "observer");
//! ring(&rim);
//! star(&hub, &rim);
//! add_peer(&observer, &hub); // one way: only the observer dials
//!
//! let net = start((&hub, &rim, &observer)).wait_connections(true).await?;
//! assert_eq!(hub.connections().await?.len(), 6);
//! net.stop().await
//! # }
//! ```

use std::cell::Cell;
use std::panic::Location;

use cluster_topology::{self as topology, Family, ShapeError, index, member_name};

use crate::error::{Mistake, Refusal};
use crate::handle::{AnyNode, LinkableWith, Node, Nodes, collect, members};
use crate::kind::Kind;
use crate::net::{Conditions, LEAST_PROBABILITY};
use crate::node::{Conditioned, Contradiction, Direction, Links, State};

#[cfg(test)]
mod tests;

/// Creates nodes of one kind, called `name.1` to `name.count`, as Tezt's `Cluster.create`.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create};
///
/// let leaves = create(&Loopback::new(), "leaves", 5);
/// assert_eq!(leaves[4].name(), "leaves.5");
/// ```
pub fn create<K: Kind>(kind: &K, name: &str, count: usize) -> Vec<Node<K>> {
    (0..count).map(|index| group_member(kind, name, index)).collect()
}

/// The node at this index of a group, from 0.
pub(crate) fn group_member<K: Kind>(kind: &K, group: &str, index: usize) -> Node<K> {
    Node::member(kind, &member_name(group, index), index)
}

/// Links every node of `a` to every node of `b` one way: only `a`'s side dials, and each end knows and admits the other.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, add_peer, create};
///
/// let nodes = create(&Loopback::new(), "n", 2);
/// add_peer(&nodes[0], &nodes[1]);
/// assert!(nodes[0].peers()[0].dial());
/// assert!(!nodes[1].peers()[0].dial());
/// ```
pub fn add_peer<A: Nodes + LinkableWith<B>, B: Nodes>(a: A, b: B) {
    topology::connect(&collect(a), &collect(b)).for_each(|(a, b)| link::<A, B>(a, b, Direction::OneWay));
}

/// Links every node of `a` to every node of `b`.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/connect.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, connect, create};
///
/// let (a, b) = (create(&Loopback::new(), "a", 2), create(&Loopback::new(), "b", 3));
/// connect(&a, &b);
/// assert_eq!(a[0].peers().len(), 3);
/// ```
pub fn connect<A: Nodes + LinkableWith<B>, B: Nodes>(a: A, b: B) {
    topology::connect(&collect(a), &collect(b)).for_each(|(a, b)| link::<A, B>(a, b, Direction::Both));
}

/// Links every node of a set to every other.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/clique.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, clique, create};
///
/// let k = create(&Loopback::new(), "k", 4);
/// clique(&k);
/// assert_eq!(k[0].peers().len(), 3);
/// ```
pub fn clique<S: Nodes + LinkableWith<S>>(set: S) {
    topology::clique(&members(set)).for_each(link_all::<S, S>);
}

/// Links each node of a set to the next, and the last to the first. A ring of two is one link, of one none.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/ring.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create, ring};
///
/// let nodes = create(&Loopback::new(), "n", 5);
/// ring(&nodes);
/// assert!(nodes.iter().all(|node| node.peers().len() == 2));
/// ```
pub fn ring<S: Nodes + LinkableWith<S>>(set: S) {
    topology::ring(&members(set)).for_each(link_all::<S, S>);
}

/// Links each node of a set to the next.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/line.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create, line};
///
/// let nodes = create(&Loopback::new(), "n", 5);
/// line(&nodes);
/// assert_eq!(nodes[4].peers().len(), 1);
/// ```
pub fn line<S: Nodes + LinkableWith<S>>(set: S) {
    topology::line(&members(set)).for_each(link_all::<S, S>);
}

/// Links one node to all the others. The start is refused if `hub` is not exactly one node.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/star.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, Node, create, star};
///
/// let center = Node::new(&Loopback::new(), "center");
/// let leaves = create(&Loopback::new(), "leaves", 5);
/// star(&center, &leaves);
/// assert_eq!(center.peers().len(), 5);
/// ```
pub fn star<H: Nodes + LinkableWith<S>, S: Nodes>(hub: H, others: S) {
    let (hubs, others) = (members(hub), members(others));
    match &*hubs {
        [hub] => topology::star(hub, &others).for_each(link_all::<H, S>),
        _ => {
            if let Some(node) = hubs.iter().chain(&others).flatten().next() {
                node.state().refuse(Refusal::Hubs { hubs: hubs.len() });
            }
        }
    }
}

/// Links the nodes of a set as a tree: each but the first to its parent, which has `arity` children.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/tree.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::tree;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 7);
/// tree(&nodes, 2);
/// assert_eq!(nodes[0].peers().len(), 2);
/// ```
pub fn tree<S: Nodes + LinkableWith<S>>(set: S, arity: usize) {
    family(set, Family::Tree { arity });
}

/// Links the nodes of a set as a grid, row by row: each to its neighbours left, right, above and below.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/grid.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::grid;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 6);
/// grid(&nodes, 3);
/// assert_eq!(nodes[4].peers().len(), 3);
/// ```
pub fn grid<S: Nodes + LinkableWith<S>>(set: S, columns: usize) {
    family(set, Family::Grid { columns });
}

/// Links the nodes of a set as a [`grid()`] whose rows and columns are rings: every node has four links.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/torus.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::torus;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 12);
/// torus(&nodes, 4);
/// assert!(nodes.iter().all(|node| node.peers().len() == 4));
/// ```
pub fn torus<S: Nodes + LinkableWith<S>>(set: S, columns: usize) {
    family(set, Family::Torus { columns });
}

/// Links the nodes of a set as a hypercube: each to those whose index differs in one binary digit. There are 2, 4, 8 ..
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/hypercube.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::hypercube;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 8);
/// hypercube(&nodes);
/// assert!(nodes.iter().all(|node| node.peers().len() == 3));
/// ```
pub fn hypercube<S: Nodes + LinkableWith<S>>(set: S) {
    family(set, Family::Hypercube);
}

/// Links the nodes of a set as a wheel: the first to all the others, which are a ring.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/wheel.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::wheel;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 6);
/// wheel(&nodes);
/// assert_eq!(nodes[0].peers().len(), 5);
/// assert_eq!(nodes[5].peers().len(), 3);
/// ```
pub fn wheel<S: Nodes + LinkableWith<S>>(set: S) {
    family(set, Family::Wheel);
}

/// Links the nodes of a set at random, so that each has `degree` links. The same seed gives the same links everywhere.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/random_regular.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::random_regular;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 10);
/// random_regular(&nodes, 3, 7);
/// assert!(nodes.iter().all(|node| node.peers().len() == 3));
/// ```
pub fn random_regular<S: Nodes + LinkableWith<S>>(set: S, degree: usize, seed: u64) {
    family(set, Family::RandomRegular { degree, seed: Some(seed), connected: false });
}

/// Links each two nodes of a set with the same probability: the random graph of Gilbert, Erdős and Rényi. The same seed
/// gives the same links everywhere. For one that is connected, see [`family`].
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/gnp.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::gnp;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 20);
/// gnp(&nodes, 1.0, 7);
/// assert!(nodes.iter().all(|node| node.peers().len() == 19));
/// ```
pub fn gnp<S: Nodes + LinkableWith<S>>(set: S, probability: f64, seed: u64) {
    family(set, Family::Gnp { probability, seed: Some(seed), connected: false });
}

/// Links the nodes of a set as a ring in which each has so many neighbours, half on either side; then the far end of each
/// link is moved with this probability: the small world of Watts and Strogatz. The same seed gives the same links everywhere.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/small_world.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::small_world;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 20);
/// small_world(&nodes, 4, 0.1, 7);
/// assert_eq!(nodes.iter().map(|node| node.peers().len()).sum::<usize>(), 20 * 4);
/// ```
pub fn small_world<S: Nodes + LinkableWith<S>>(set: S, neighbours: usize, probability: f64, seed: u64) {
    family(set, Family::SmallWorld { neighbours, probability, seed: Some(seed), connected: false });
}

/// Links the nodes of a set one after the other, each with `links` links to earlier ones, those with many links being
/// likelier: the scale-free network of Barabási and Albert. The same seed gives the same links everywhere.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/scale_free.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::scale_free;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 20);
/// scale_free(&nodes, 2, 7);
/// assert!(nodes[19].peers().len() >= 2);
/// ```
pub fn scale_free<S: Nodes + LinkableWith<S>>(set: S, links: usize, seed: u64) {
    family(set, Family::ScaleFree { links, seed: Some(seed), connected: false });
}

/// Links the nodes of a set by a function from their number to pairs of their indices, from 0. The start is refused if an
/// index is out of bounds or a pair has the same one twice.
///
#[cfg_attr(doc, doc = include_str!("../topology/pictures/shape.svg"))]
///
/// # Examples
/// ```
/// use cluster_runtime::wiring::shape;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 6);
/// shape(&nodes, |count| (0..count / 2).map(move |a| (a, a + count / 2)));
/// assert_eq!(nodes[0].peers()[0].name(), "n.4");
/// ```
pub fn shape<S, P>(set: S, pairs: impl FnOnce(usize) -> P)
where
    S: Nodes + LinkableWith<S>,
    P: IntoIterator<Item = (usize, usize)>,
{
    let members = members(set);
    let linked = index::shape(members.len(), pairs).map(|pairs| link_pairs::<S>(&members, pairs));
    linked.unwrap_or_else(|error| refuse(&members, error));
}

/// Links the nodes of a set as one of the standard topologies. The start is refused if its parameters do not fit.
///
/// # Examples
/// ```
/// use cluster_runtime::topology::Family;
/// use cluster_runtime::wiring::family;
/// use cluster_runtime::{Loopback, create};
///
/// let nodes = create(&Loopback::new(), "n", 20);
/// family(&nodes, Family::Gnp { probability: 0.2, seed: Some(7), connected: true });
/// assert!(nodes.iter().all(|node| !node.peers().is_empty()));
/// ```
pub fn family<S: Nodes + LinkableWith<S>>(set: S, family: Family) {
    let members = members(set);
    let linked = family.pairs(members.len()).map(|pairs| link_pairs::<S>(&members, pairs));
    linked.unwrap_or_else(|error| refuse(&members, error));
}

/// Gives every link that is declared within the closure these conditions, over those of a call around it. A link that is
/// declared again without conditions keeps them; the start is refused if it has two values of one condition.
///
/// # Examples
/// ```
/// use std::time::Duration;
/// use cluster_runtime::net::{Conditions, Rate};
/// use cluster_runtime::wiring::with_conditions;
/// use cluster_runtime::{Loopback, Node, create, star};
///
/// let center = Node::new(&Loopback::new(), "center");
/// let leaves = create(&Loopback::new(), "leaves", 5);
/// let slow = Conditions::default().latency(Duration::from_millis(40)).rate(Rate::mbit(10));
/// with_conditions(slow, || star(&center, &leaves));
/// ```
#[track_caller]
pub fn with_conditions<T>(conditions: Conditions, wiring: impl FnOnce() -> T) -> T {
    conditioned(Conditioned { conditions, place: Location::caller() }, wiring)
}

/// The same, at a given place.
pub(crate) fn conditioned<T>(mut conditioned: Conditioned, wiring: impl FnOnce() -> T) -> T {
    let around = SCOPE.get();
    if let Some(Scope { conditioned: around, .. }) = around {
        conditioned.conditions = around.conditions.overruled_by(conditioned.conditions);
    }
    let _restored = Restored(around);
    SCOPE.set(Some(Scope { conditioned, is_refused: false }));
    wiring()
}

/// What holds for the links that this thread declares.
#[derive(Clone, Copy)]
struct Scope {
    conditioned: Conditioned,
    /// One mistake is reported once, not for each link.
    is_refused: bool,
}

thread_local! {
    static SCOPE: Cell<Option<Scope>> = const { Cell::new(None) };
}

/// The scope that holds again, also after a panic.
struct Restored(Option<Scope>);

impl Drop for Restored {
    fn drop(&mut self) {
        SCOPE.set(self.0);
    }
}

/// Links members of a set by pairs of their indices.
pub(crate) fn link_pairs<S: LinkableWith<S>>(members: &[Vec<AnyNode>], pairs: impl Iterator<Item = (usize, usize)>) {
    pairs.for_each(|(a, b)| link_all::<S, S>((&members[a], &members[b])));
}

/// Without a cluster, the refusal is recorded at a node.
fn refuse(members: &[Vec<AnyNode>], error: ShapeError) {
    if let Some(node) = members.iter().flatten().next() {
        node.state().refuse(error.into());
    }
}

/// Links two members of sets: two nodes, or all nodes of a cluster with all of another.
fn link_all<A: LinkableWith<B>, B>((a, b): (&Vec<AnyNode>, &Vec<AnyNode>)) {
    topology::connect(a, b).for_each(|(a, b)| link::<A, B>(a, b, Direction::Both));
}

/// Links two nodes of sets. If the types do not decide whether they can be linked, their protocols must be the same.
fn link<A: LinkableWith<B>, B>(a: &AnyNode, b: &AnyNode, direction: Direction) {
    let (a_state, b_state) = (a.state(), b.state());
    if a_state.id() == b_state.id() {
        return a_state.refuse(Refusal::SelfLink { node: a_state.name().clone() });
    }
    if !A::BY_TYPES && a.erased().protocol() != b.erased().protocol() {
        let (a_speaks, b_speaks) = (a.erased().protocol_name(), b.erased().protocol_name());
        let (a, b) = (a_state.name().clone(), b_state.name().clone());
        a_state.refuse(Refusal::Protocols { a, a_speaks, b, b_speaks });
    }
    let scope = SCOPE.get();
    let conditioned = scope.map(|scope| scope.conditioned);
    let ends = ((a_state, &**a.context().links()), (b_state, &**b.context().links()));
    let declared = Links::declare(ends.0, ends.1, direction, conditioned);
    if let Some(scope) = scope.filter(|scope| !scope.is_refused)
        && let Some(refusal) = refusal(scope.conditioned, declared, a_state, b_state)
    {
        a_state.refuse(refusal);
        SCOPE.set(Some(Scope { is_refused: true, ..scope }));
    }
}

/// The mistake in the conditions of a link.
fn refusal(
    Conditioned { conditions, place }: Conditioned,
    declared: Result<(), Contradiction>,
    a: &State,
    b: &State,
) -> Option<Refusal> {
    let mut probabilities = [conditions.loss, conditions.duplicate, conditions.reorder].into_iter().flatten();
    let mistake = if probabilities.any(|probability| !(0.0..=1.0).contains(&probability)) {
        Some(Mistake::Probability)
    } else {
        let small = conditions.unprovable();
        small.map(|probability| Mistake::SmallProbability { probability, least: LEAST_PROBABILITY })
    };
    if let Some(mistake) = mistake {
        let (written, location) = (conditions.to_string(), place.to_string());
        return Some(Refusal::Declaration { written, location, mistake, seed: None });
    }
    let Contradiction { first, second } = declared.err()?;
    Some(Refusal::Conditions { a: a.name().clone(), b: b.name().clone(), first, second })
}
