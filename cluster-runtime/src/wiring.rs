//! Creating nodes and linking them by hand: what the macro's shapes call.

use cluster_topology as topology;

use crate::kind::{Direction, Kind};
use crate::node::{AnyNode, Node, Nodes, SpeaksWith, collect, members};

/// Nodes of one kind, called `name.1` to `name.count`, as Tezt's `Cluster.create`.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create};
///
/// let leaves = create(&Loopback::new(), "leaves", 5);
/// assert_eq!(leaves[4].name(), "leaves.5");
/// ```
pub fn create<K: Kind>(kind: &K, name: &str, count: usize) -> Vec<Node<K>> {
    (1..=count).map(|number| Node::new(kind, &format!("{name}.{number}"))).collect()
}

/// Tells each node of `a` of each node of `b`: only `a`'s side dials, and each end knows and admits the other.
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
pub fn add_peer<A: Nodes + SpeaksWith<B>, B: Nodes>(a: A, b: B) {
    topology::connect(&collect(a), &collect(b)).for_each(|(a, b)| link(a, b, Direction::Out, Direction::In));
}

/// Tells each node of `a` of each node of `b`, and the other way round. The same as [`connect`], under Tezt's name.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create, symmetric_add_peer};
///
/// let nodes = create(&Loopback::new(), "n", 2);
/// symmetric_add_peer(&nodes[0], &nodes[1]);
/// assert_eq!(nodes[1].peers()[0].name(), "n.1");
/// ```
pub fn symmetric_add_peer<A: Nodes + SpeaksWith<B>, B: Nodes>(a: A, b: B) {
    connect(a, b);
}

/// Links every node of `a` to every node of `b`.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, connect, create};
///
/// let (a, b) = (create(&Loopback::new(), "a", 2), create(&Loopback::new(), "b", 3));
/// connect(&a, &b);
/// assert_eq!(a[0].peers().len(), 3);
/// ```
pub fn connect<A: Nodes + SpeaksWith<B>, B: Nodes>(a: A, b: B) {
    topology::connect(&collect(a), &collect(b)).for_each(symmetric);
}

/// Links every node of a set to every other.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, clique, create};
///
/// let k = create(&Loopback::new(), "k", 4);
/// clique(&k);
/// assert_eq!(k[0].peers().len(), 3);
/// ```
pub fn clique<S: Nodes + SpeaksWith<S>>(set: S) {
    topology::clique(&members(set)).for_each(all_of_both);
}

/// Links each node of a set to the next, and the last to the first. A ring of two is one link, of one none.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create, ring};
///
/// let nodes = create(&Loopback::new(), "n", 5);
/// ring(&nodes);
/// assert!(nodes.iter().all(|node| node.peers().len() == 2));
/// ```
pub fn ring<S: Nodes + SpeaksWith<S>>(set: S) {
    topology::ring(&members(set)).for_each(all_of_both);
}

/// Links each node of a set to the next.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, create, line};
///
/// let nodes = create(&Loopback::new(), "n", 5);
/// line(&nodes);
/// assert_eq!(nodes[4].peers().len(), 1);
/// ```
pub fn line<S: Nodes + SpeaksWith<S>>(set: S) {
    topology::line(&members(set)).for_each(all_of_both);
}

/// Links one node to all the others. A start is refused where the hub is not one node.
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
pub fn star<H: Nodes + SpeaksWith<S>, S: Nodes>(hub: H, others: S) {
    let (hubs, others) = (members(hub), members(others));
    match &*hubs {
        [hub] => topology::star(hub, &others).for_each(all_of_both),
        _ => {
            if let Some(node) = hubs.iter().chain(&others).flatten().next() {
                node.state().add_fault(format!(
                    "a star has one node in its middle, and here are {}\nhelp: pick one with `[i]`, or use `connect`",
                    hubs.len()
                ));
            }
        }
    }
}

/// Links two members of a set: two nodes, or all nodes of a cluster with all of another.
fn all_of_both((a, b): (&Vec<AnyNode>, &Vec<AnyNode>)) {
    topology::connect(a, b).for_each(symmetric);
}

fn symmetric((a, b): (&AnyNode, &AnyNode)) {
    link(a, b, Direction::Both, Direction::Both);
}

fn link(a: &AnyNode, b: &AnyNode, of_a: Direction, of_b: Direction) {
    if a.state().id() == b.state().id() {
        a.state()
            .add_fault(format!("node `{}` is linked to itself\nhelp: take it out of one of the two sides", a.name()));
        return;
    }
    a.context().peer_set().add(b.state().clone(), of_a);
    b.context().peer_set().add(a.state().clone(), of_b);
}
