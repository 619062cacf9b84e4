use super::cluster::Cluster;
use crate::error::Result;
use crate::handle::{AnyNode, Nodes, distinct, together, watch};
use crate::wait::Wait;

impl AnyNode {
    /// Pauses it: nothing of it runs until it is resumed, and its sockets stay open. A program is sent SIGSTOP, and so are all
    /// that it has spawned; of a node in the test's process no task is polled. A stop, a kill or a restart ends the pause.
    ///
    /// # Errors
    /// When it is not running, or cannot be paused: a service that shares the test's runtime may have tasks that its node does
    /// not know.
    ///
    /// # Examples
    /// ```
    /// # use std::time::Duration;
    /// # use cluster_runtime::{Result, cluster};
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
    /// net.a.pause().await?;
    /// net.b.publish("hello").await?;
    /// let silence = net.a.wait_for("message", |_| Some(())).timeout(Duration::from_millis(50)).await;
    /// assert!(silence.is_err());
    /// net.a.resume().await?;
    /// net.a.wait_for("message", |_| Some(())).await?;
    /// # net.stop().await
    /// # }
    /// ```
    pub fn pause(&self) -> Wait<'static, ()> {
        pause(vec![self.clone()])
    }

    /// Resumes it after a [`pause`](Self::pause).
    ///
    /// # Errors
    /// When it is not paused.
    pub fn resume(&self) -> Wait<'static, ()> {
        resume(vec![self.clone()])
    }
}

impl Cluster {
    /// Pauses the nodes of a set; see [`AnyNode::pause`].
    ///
    /// # Errors
    /// Those of [`AnyNode::pause`]; [`Error::Refused`](crate::Error::Refused) when a node is not of this cluster.
    pub fn pause(&self, set: impl Nodes) -> Wait<'static, ()> {
        self.to_own("pause", distinct(set), pause)
    }

    /// Resumes the nodes of a set; see [`AnyNode::resume`].
    ///
    /// # Errors
    /// Those of [`AnyNode::resume`]; [`Error::Refused`](crate::Error::Refused) when a node is not of this cluster.
    pub fn resume(&self, set: impl Nodes) -> Wait<'static, ()> {
        self.to_own("resumption", distinct(set), resume)
    }
}

fn pause(nodes: Vec<AnyNode>) -> Wait<'static, ()> {
    Wait::of(watch(&nodes, "the pause"), move |deadline| async move {
        let running = nodes.iter().map(|node| node.state().lifecycle().present_run().ok_or(node));
        running.collect::<Result<Vec<_>, _>>().map_err(|node| node.not_running("be paused"))?;
        let paused = nodes.into_iter().map(|node| async move {
            let paused = deadline.bound(node.suspend()).await;
            match paused {
                Some(paused) => paused,
                None => Err(node.context().overdue("its pause", deadline).await),
            }
        });
        together(paused).await
    })
}

fn resume(nodes: Vec<AnyNode>) -> Wait<'static, ()> {
    Wait::of(watch(&nodes, "the resumption"), move |deadline| async move {
        let resumed = nodes.into_iter().map(|node| async move {
            let resumed = deadline.bound(node.unsuspend()).await;
            match resumed {
                Some(resumed) => resumed,
                None => Err(node.context().overdue("its resumption", deadline).await),
            }
        });
        together(resumed).await
    })
}
