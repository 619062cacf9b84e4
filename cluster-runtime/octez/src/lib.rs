//! Nodes of Tezos and of Mavryk for [`cluster_runtime`]: the programs `octez-node` and `mavkit-node`, brought up as Tezt does.
//!
//! ```no_run
//! use cluster_octez::{HistoryMode, Octez, OctezExt};
//! use cluster_runtime::{Level, Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! {
//!     use Octez::new().synchronisation_threshold(0);
//!     archive = Octez::new().history_mode(HistoryMode::Archive);
//!     others[3]: ring;
//!     connect(archive, others)
//! }
//! .start()
//! .event_sections_levels([("p2p", Level::Debug)])
//! .wait_connections(true)
//! .await?;
//!
//! let level = net.archive.wait_for_level(5).await?;
//! println!("level {level}; RPCs at http://{}", net.archive.rpc_addr());
//! net.stop().await
//! # }
//! ```

mod arguments;
mod chain;
mod command_line;
mod event_line;
mod octez_ext;
mod octez_node;
mod ports;
mod process;
mod rpc;
mod sink_uri;

pub use arguments::{HistoryMode, MediaType};
pub use chain::{Chain, Mavryk, Tezos};
pub use octez_ext::OctezExt;
pub use octez_node::{Mavkit, Octez, OctezNode};
