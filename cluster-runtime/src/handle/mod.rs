//! The handle to a node, sets of nodes, and what one may ask of a node.

mod connections;

mod life;
mod node;
mod nodes;
mod stop;
mod together;
mod wait_for;

pub use connections::{Connection, Connections};
pub use node::{AnyNode, Node};
pub use nodes::{Hears, Nodes, SpeaksWith};
pub(crate) use stop::ended;
pub use stop::{Stop, WaitStopped};
pub use wait_for::WaitFor;

pub(crate) use life::catch_panic;
pub(crate) use nodes::{collect, members};
pub(crate) use together::together;
