use super::{AnyNode, Node};
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
    note = "a set is a node, an array, a slice, a `Vec` or a tuple of sets, by reference or not"
)]
pub trait Nodes {
    /// Visits the nodes in their order.
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode));

    /// Visits the members in their order: a node by itself, the nodes of a cluster together.
    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.for_each_node(&mut |node| visit(std::slice::from_ref(node)));
    }
}

/// Sets whose nodes can be linked to those of the set `S`: all of the one speak a protocol that those of the other understand.
pub trait SpeaksWith<S: ?Sized> {}

/// Sets all of whose nodes understand those that speak the protocol `P`.
pub trait Hears<P: ?Sized> {}

/// The nodes of a set, in their order.
pub(crate) fn collect(set: impl Nodes) -> Vec<AnyNode> {
    let mut nodes = Vec::new();
    set.for_each_node(&mut |node| nodes.push(node.clone()));
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

impl<K: Kind, S: Hears<K::Protocol> + ?Sized> SpeaksWith<S> for Node<K> {}
impl<K: Kind, P: Speaks<K::Protocol> + ?Sized> Hears<P> for Node<K> {}

impl<T: Nodes + ?Sized> Nodes for &T {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        (**self).for_each_node(visit);
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        (**self).for_each_member(visit);
    }
}

impl<T: SpeaksWith<S> + ?Sized, S: ?Sized> SpeaksWith<S> for &T {}
impl<T: Hears<P> + ?Sized, P: ?Sized> Hears<P> for &T {}

impl<T: Nodes> Nodes for [T] {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.iter().for_each(|set| set.for_each_node(visit));
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.iter().for_each(|set| set.for_each_member(visit));
    }
}

impl<T: SpeaksWith<S>, S: ?Sized> SpeaksWith<S> for [T] {}
impl<T: Hears<P>, P: ?Sized> Hears<P> for [T] {}

impl<T: Nodes, const N: usize> Nodes for [T; N] {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.as_slice().for_each_node(visit);
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.as_slice().for_each_member(visit);
    }
}

impl<T: SpeaksWith<S>, S: ?Sized, const N: usize> SpeaksWith<S> for [T; N] {}
impl<T: Hears<P>, P: ?Sized, const N: usize> Hears<P> for [T; N] {}

impl<T: Nodes> Nodes for Vec<T> {
    fn for_each_node(&self, visit: &mut dyn FnMut(&AnyNode)) {
        self.as_slice().for_each_node(visit);
    }

    fn for_each_member(&self, visit: &mut dyn FnMut(&[AnyNode])) {
        self.as_slice().for_each_member(visit);
    }
}

impl<T: SpeaksWith<S>, S: ?Sized> SpeaksWith<S> for Vec<T> {}
impl<T: Hears<P>, P: ?Sized> Hears<P> for Vec<T> {}

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

        impl<Other: ?Sized, $($set: SpeaksWith<Other>),+> SpeaksWith<Other> for ($($set,)+) {}
        impl<Protocol: ?Sized, $($set: Hears<Protocol>),+> Hears<Protocol> for ($($set,)+) {}
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
