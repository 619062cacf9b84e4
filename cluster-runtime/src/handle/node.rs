use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use super::any_node::AnyNode;
use crate::kind::Kind;

/// A node of kind `K`: an [`AnyNode`] that knows its kind, with the methods that the kind adds.
///
/// # Examples
/// ```
/// use cluster_runtime::{Loopback, Node};
///
/// let node = Node::new(&Loopback::new(), "center");
/// assert_eq!(node.name(), "center");
/// ```
pub struct Node<K> {
    any: AnyNode,
    kind: PhantomData<fn() -> K>,
}

impl<K: Kind> Node<K> {
    /// Creates a node of this kind. It is not started.
    ///
    /// If no address can be reserved for it, its start is refused.
    pub fn new(kind: &K, name: &str) -> Self {
        Self::member(kind, name, 0)
    }

    /// A node of a group, and its index in it.
    pub(crate) fn member(kind: &K, name: &str, index: usize) -> Self {
        Self { any: AnyNode::new(kind, name, index), kind: PhantomData }
    }

    /// Returns the node's kind, as its present or last run has it.
    ///
    /// # Panics
    /// Never: a node of kind `K` is only given kinds `K`.
    pub fn kind(&self) -> K {
        let kind = self.any.erased();
        kind.as_any().downcast_ref::<K>().expect("a node of kind K is only given kinds K").clone()
    }

    /// Returns the same node without its kind.
    pub fn any(&self) -> &AnyNode {
        &self.any
    }
}

impl<K> Clone for Node<K> {
    fn clone(&self) -> Self {
        Self { any: self.any.clone(), kind: PhantomData }
    }
}

impl<K> Deref for Node<K> {
    type Target = AnyNode;

    fn deref(&self) -> &AnyNode {
        &self.any
    }
}

impl<K> fmt::Debug for Node<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.any.fmt(f)
    }
}
