use std::error::Error;
use std::fmt;

/// Why two nodes cannot be linked.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum LinkError {
    /// No node has this index.
    NoSuchNode {
        /// The index that was asked for.
        index: usize,
        /// How many nodes there are.
        count: usize,
    },
    /// Both ends are the same node.
    SelfLink {
        /// The node's name.
        name: String,
    },
}

impl fmt::Display for LinkError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            LinkError::NoSuchNode { index, count } => {
                write!(
                    f,
                    "expected the index of one of {count} nodes, counted from 0, but got {index}: name the node when the topology is made"
                )
            }
            LinkError::SelfLink { name } => {
                write!(f, "expected two nodes to link, but both ends are `{name}`: choose another node for one of them")
            }
        }
    }
}

impl Error for LinkError {}
