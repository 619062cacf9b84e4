use std::collections::HashSet;

use super::any_node::AnyNode;
use super::node::Node;
use crate::kind::{Kind, Speaks};

/// A set: nodes in an order. A node, an array, a slice, a `Vec` or a tuple of sets, by reference or not, of one kind or several.
///
/// Its members are nodes, or whole clusters: a cluster within a `cluster!` is one member of a set, and a shape that links
/// two members links all nodes of the one with all of the other.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, Node, clique, create};
///
/// let center = Node::new(&Loopback::new(), "center");
/// let leaves = create(&Loopback::new(), "leaves", 5);
/// clique((&center, &leaves[1..3]));
/// assert_eq!(center.peers().len(), 2);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a set of nodes",
    label = "a set of nodes is expected here",
    note = "a set is a node, an array, a slice, a `Vec` or a tuple of sets, by reference or not; a start is awaited first: `.start().await?`"
)]
pub trait Nodes {
    /// Visits the nodes in their order.
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode));

    /// Visits the members in their order: a node by itself, the nodes of a cluster together.
    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.for_each_node(&mut |node| visit(std::slice::from_ref(node)));
    }
}

/// Sets whose nodes can be linked to those of the set `S`: each of them speaks a protocol that those of `S` accept.
/// Nodes without a kind, [`AnyNode`], can be linked to all; the start checks that they speak the same protocol.
pub trait LinkableWith<S: ?Sized> {
    /// Whether the types decide it; otherwise the start does.
    #[doc(hidden)]
    const BY_TYPES: bool = true;
}

/// Sets whose nodes all accept nodes of the protocol `P`.
pub trait Accepts<P: ?Sized> {
    /// Whether the types decide it; otherwise the start does.
    #[doc(hidden)]
    const BY_TYPES: bool = true;
}

/// The nodes of a set, in their order.
pub(crate) fn collect(set: impl Nodes) -> Vec<AnyNode> {
    let mut nodes = Vec::new();
    set.for_each_node(&mut |node| nodes.push(node.clone()));
    nodes
}

/// The nodes of a set, in their order, each once.
pub(crate) fn distinct(set: impl Nodes) -> Vec<AnyNode> {
    let (mut nodes, mut known) = (collect(set), HashSet::new());
    nodes.retain(|node| known.insert(node.state().id()));
    nodes
}

/// The members of a set, in their order.
pub(crate) fn members(set: impl Nodes) -> Vec<Vec<AnyNode>> {
    let mut members = Vec::new();
    set.for_each_member(&mut |member| members.push(member.to_vec()));
    members
}

impl Nodes for AnyNode {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        visit(self);
    }
}

impl<K> Nodes for Node<K> {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        visit(self);
    }
}

impl<K: Kind, S: Accepts<K::Protocol> + ?Sized> LinkableWith<S> for Node<K> {
    const BY_TYPES: bool = S::BY_TYPES;
}

impl<K: Kind, P: Speaks<K::Protocol> + ?Sized> Accepts<P> for Node<K> {}

impl<T: Nodes + ?Sized> Nodes for &T {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        (**self).for_each_node(visit);
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        (**self).for_each_member(visit);
    }
}

impl<S: ?Sized> LinkableWith<S> for AnyNode {
    const BY_TYPES: bool = false;
}

impl<P: ?Sized> Accepts<P> for AnyNode {
    const BY_TYPES: bool = false;
}

impl<T: LinkableWith<S> + ?Sized, S: ?Sized> LinkableWith<S> for &T {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Accepts<P> + ?Sized, P: ?Sized> Accepts<P> for &T {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Nodes> Nodes for [T] {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.iter().for_each(|set| set.for_each_node(visit));
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.iter().for_each(|set| set.for_each_member(visit));
    }
}

impl<T: LinkableWith<S>, S: ?Sized> LinkableWith<S> for [T] {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Accepts<P>, P: ?Sized> Accepts<P> for [T] {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Nodes, const N: usize> Nodes for [T; N] {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.as_slice().for_each_node(visit);
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.as_slice().for_each_member(visit);
    }
}

impl<T: LinkableWith<S>, S: ?Sized, const N: usize> LinkableWith<S> for [T; N] {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Accepts<P>, P: ?Sized, const N: usize> Accepts<P> for [T; N] {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Nodes> Nodes for Vec<T> {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.as_slice().for_each_node(visit);
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.as_slice().for_each_member(visit);
    }
}

impl<T: LinkableWith<S>, S: ?Sized> LinkableWith<S> for Vec<T> {
    const BY_TYPES: bool = T::BY_TYPES;
}

impl<T: Accepts<P>, P: ?Sized> Accepts<P> for Vec<T> {
    const BY_TYPES: bool = T::BY_TYPES;
}

macro_rules! tuples_of_sets {
    ($($set:ident)+) => {
        impl<$($set: Nodes),+> Nodes for ($($set,)+) {
            #[allow(non_snake_case, reason = "the types' names serve as the fields'")]
            fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
                let ($($set,)+) = self;
                $($set.for_each_node(visit);)+
            }

            #[allow(non_snake_case, reason = "the types' names serve as the fields'")]
            fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
                let ($($set,)+) = self;
                $($set.for_each_member(visit);)+
            }
        }

        impl<Other: ?Sized, $($set: LinkableWith<Other>),+> LinkableWith<Other> for ($($set,)+) {
            const BY_TYPES: bool = true $(&& $set::BY_TYPES)+;
        }

        impl<Protocol: ?Sized, $($set: Accepts<Protocol>),+> Accepts<Protocol> for ($($set,)+) {
            const BY_TYPES: bool = true $(&& $set::BY_TYPES)+;
        }
    };
}

tuples_of_sets!(A);
tuples_of_sets!(A B);
tuples_of_sets!(A B C);
tuples_of_sets!(A B C D);
tuples_of_sets!(A B C D E);
tuples_of_sets!(A B C D E F);
tuples_of_sets!(A B C D E F G);
tuples_of_sets!(A B C D E F G H);
