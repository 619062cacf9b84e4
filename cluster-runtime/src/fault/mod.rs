//! Breaking the network on purpose.
//!
//! | call | what it does |
//! |---|---|
//! | [`Cluster::cut`](crate::Cluster::cut), [`cut_one_way`](crate::Cluster::cut_one_way) | nothing passes between two sets, or from one to the other |
//! | [`Cluster::isolate`](crate::Cluster::isolate) | nothing passes between a set and all other nodes |
//! | [`Cluster::partition`](crate::Cluster::partition) | nothing passes between the parts; see [`Partition`] |
//! | [`Cluster::condition`](crate::Cluster::condition) | what passes between two sets is slow, or lost |
//! | [`Cluster::run`](crate::Cluster::run) | a [`Plan`] of them is drawn from a seed, while a workload runs |
//! | [`Cluster::heal`](crate::Cluster::heal), [`Fault::heal`] | all is as before |
//!
//! A fault proves its effect or is an error: when its future resolves, everything that crosses its links has seen it, and a probe
//! along each of them was blocked or delayed as asked. Conditions that are declared are proved by the start. A fault that no traffic of nodes ran into is an error when it is healed, or
//! when the cluster is stopped, unless it [may be idle](crate::wait::Wait::may_be_idle). The cluster owns its faults: dropping a
//! [`Fault`] changes nothing.
//!
//! Where nodes run at a [place](crate::place) that breaks links by itself, a fault concerns all that its nodes send each other, whether
//! or not they are linked, and [`Evidence`] counts packets.
//!
//! # Examples
//! ```
//! use cluster_runtime::{Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
//! let cut = net.cut(&net.a, &net.b).await?;
//! let mark = net.mark();
//! net.a.publish("held").await?;
//! cut.wait_bitten().await?;
//! assert!(net.b.wait_for("message", |_| Some(())).timeout(std::time::Duration::from_millis(20)).await.is_err());
//!
//! cut.heal().await?; // an error, if nothing had run into the cut
//! assert!(cut.evidence().bytes > 0);
//! net.b.wait_for("message", |_| Some(())).since(mark).await?;
//! # net.stop().await
//! # }
//! ```

mod change;
mod condition;
mod control;
mod cut;
mod evidence;
mod handle;
mod heal;
mod impose;
mod partition;
mod placed;
mod plan;
mod span;

pub use condition::Condition;
pub use cut::Cut;
pub use evidence::Evidence;
pub use handle::Fault;
pub use heal::Heal;
pub use partition::{IntoPartition, Partition};
pub use plan::{Act, Done, Ongoing, Plan, Ran, Step};
