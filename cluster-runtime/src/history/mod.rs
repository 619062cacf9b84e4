//! What the workload of a test has asked of a cluster, and what it was answered: a history, as Jepsen calls it.
//!
//! [`Cluster::operation`](crate::Cluster::operation) puts an operation in the journal, and its outcome; [`Cluster::history`](crate::Cluster::history) returns all of them, and
//! [`History::to_edn`] writes them as the checkers of linearizability and consistency read them: Knossos, Elle, Porcupine.
//!
//! # Examples
//! ```
//! # use cluster_runtime::{Result, cluster};
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
//! let write = net.operation("write", 1);
//! match net.a.publish("1").await {
//!     Ok(()) => write.ok(1),        // it took place
//!     Err(_) => write.unknown(),    // it may take place, now or later; `.failed()`: it did and does not
//! }
//! let history = net.history().to_edn();
//! assert!(history.starts_with("{:index 0, :type :invoke, :f :write, :value 1, :process 0, :time "));
//! # net.stop().await
//! # }
//! ```

mod edn;
mod operation;
mod operations;

pub use operation::Operation;
pub use operations::History;
