//! The handle to a node, sets of nodes, and what one may ask of them.

mod any_node;
mod connections;
mod life;
mod node;
mod nodes;
mod stop;
mod together;
mod wait_for;

pub use any_node::AnyNode;
pub use connections::Connection;
pub use node::Node;
pub use nodes::{Accepts, LinkableWith, Nodes};

pub(crate) use nodes::{collect, members};
pub(crate) use stop::{stop, wait_stopped};
pub(crate) use together::together;
