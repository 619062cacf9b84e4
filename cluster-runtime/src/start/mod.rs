//! Starting a cluster, and the cluster that was started.
//!
//! `.start()` on the value of [`cluster!`](crate::cluster), or [`start()`] on a set of nodes, returns a [`Start`]: a builder
//! of options that does nothing until it is awaited. It takes all nodes through the [phases](crate::error::Phase) at the
//! same time, and returns the running cluster. A start that takes longer than two seconds shows its progress on a terminal. If a node fails, or the timeout expires, or the future is dropped, all
//! nodes are stopped.
//!
//! A [`Cluster`] has the methods that concern all nodes: [`stop`](Cluster::stop), [`topology`](Cluster::topology),
//! [`observed`](Cluster::observed), [`journal`](Cluster::journal). The value of `cluster!` dereferences to it.
//!
//! # Examples
//! ```
//! use std::time::Duration;
//! use cluster_runtime::{Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { k[4]: clique; spare: connect(k[0]) }
//!     .start()
//!     .wait_connections(true)
//!     .timeout(Duration::from_secs(10))
//!     .await?;
//! assert_eq!(net.topology(), net.observed().await?);
//!
//! net.spare.stop().await?;
//! let _spare = cluster_runtime::start(&net.spare).await?; // runs again, in the same cluster
//! net.stop().await
//! # }
//! ```

mod begin;
mod builder;
#[cfg(feature = "simulated")]
mod check;
mod cluster;
mod draw;
mod eventually;
mod facts;
mod forms;
mod join;
mod kill;
mod lent;
mod meeting;
mod observed;
mod options;
mod overdue;
mod own;
mod pause;
mod phases;
mod placing;
mod preflight;
mod progress;
mod recorded;
mod report;
mod restart;
mod search;
mod simulate;
mod steps;
mod terminated;
mod trouble;
mod view;
mod waits;
mod watched_start;

pub use builder::{Start, start};
pub use cluster::Cluster;
pub use restart::{Restart, RestartAll, RestartWith};

pub(crate) use lent::{lend, take_back};
pub(crate) use observed::declared;
pub(crate) use own::stranger;
pub(crate) use placing::{Lack, lacking};
pub(crate) use view::View;
