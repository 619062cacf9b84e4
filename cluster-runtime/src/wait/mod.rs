//! Waits and their deadlines.
//!
//! Everything that waits for nodes returns a [`Wait`]: [`wait_for`](crate::AnyNode::wait_for),
//! [`connections`](crate::AnyNode::connections), [`stop`](crate::AnyNode::stop),
//! [`wait_ended`](crate::AnyNode::wait_ended) and those of [`Cluster`](crate::Cluster). It is awaited, and fails after
//! 30 s or after its [`timeout`](Wait::timeout). Deadlines are on wall time, so a test may pause tokio's clock; those of waits on
//! nodes in [simulated time](crate::place) are on that time, which passes only while the test awaits such a wait. A test
//! that is not async calls [`blocking`](Wait::blocking) in place of `.await`.
//!
//! The unexpected death of a node ends every wait on any node of its cluster with [`Error::Died`], until the node runs again. What
//! the test does to nodes is done all the same: a stop, a kill or a pause. A restart and an addition end by deaths of others that come
//! meanwhile. A test that expects a death calls `wait_ended`; one that expects several starts with
//! [`tolerate_deaths`](crate::start::Start::tolerate_deaths).
//!
//! A wait cannot end at its deadline where the thread that polls it is blocked. Another thread then prints what it waits for and
//! which nodes are at work on that thread.
//!
//! # Examples
//! ```
//! use std::time::Duration;
//! use cluster_runtime::{Error, Result, cluster};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result {
//! let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
//! let message = net.a.wait_for("message", |value| value["hops"].as_u64());
//! let error = message.timeout(Duration::from_millis(50)).await.expect_err("none was published");
//! assert!(matches!(error, Error::Timeout { .. }));
//! # net.stop().await
//! # }
//! ```

mod outcome;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use crate::blocking::block_on;
use crate::clock::DEFAULT_TIMEOUT;
use crate::error::{Error, Result};
use crate::verdict::{BegunWait, CallSite};

pub use crate::clock::Deadline;
pub use outcome::Outcome;

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;
type Watch<'a> = Box<dyn FnOnce(Deadline) -> Option<BegunWait> + Send + 'a>;
type Body<'a, T, O> = Box<dyn FnOnce(O, Deadline) -> BoxFuture<'a, T> + Send + 'a>;

/// A wait that does nothing until it is awaited, and fails at its deadline: after 30 s, or after its
/// [`timeout`](Self::timeout). `O` holds the options that this wait has in addition to its timeout.
///
/// # Examples
/// A wait for nodes of a kind:
/// ```
/// use std::time::Duration;
/// use cluster_runtime::wait::Wait;
/// use cluster_runtime::{Loopback, Node, Result, cluster};
///
/// fn wait_for_hops(node: &Node<Loopback>, hops: u64) -> Wait<'_, ()> {
///     let is_far = move |value: &serde_json::Value| (value["hops"].as_u64()? >= hops).then_some(());
///     Wait::new(move |deadline| async move {
///         let waiting_for = format!("a message over {hops} links");
///         let message = deadline.bound(node.wait_for("message", is_far).into_future()).await;
///         message.unwrap_or_else(|| Err(node.timed_out(waiting_for, deadline)))
///     })
/// }
/// # use std::future::IntoFuture;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { a; b: connect(a) }.start().wait_connections(true).await?;
/// net.a.publish("hello").await?;
/// wait_for_hops(&net.b, 1).timeout(Duration::from_secs(5)).await?;
/// # net.stop().await
/// # }
/// ```
#[must_use = "a wait does nothing unless it is awaited"]
pub struct Wait<'a, T, O = ()> {
    timeout: Duration,
    /// Set by a wait that this one is a part of.
    deadline: Option<Deadline>,
    options: O,
    body: Body<'a, T, O>,
    /// What hears of it when it begins, if it is not a part of another wait.
    watch: Option<Watch<'a>>,
}

impl<'a, T> Wait<'a, T> {
    /// Creates a wait from its body. The body must return at its deadline, with an error that names what it waited for, such as
    /// that of [`AnyNode::timed_out`](crate::AnyNode::timed_out).
    pub fn new<F>(body: impl FnOnce(Deadline) -> F + Send + 'a) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'a,
    {
        let body: Body<'a, T, ()> = Box::new(|(), deadline| Box::pin(body(deadline)));
        Self { timeout: DEFAULT_TIMEOUT, deadline: None, options: (), body, watch: None }
    }

    /// Creates a wait on a cluster, which hears of it by `watch`.
    pub(crate) fn of<F>(
        watch: impl FnOnce(Deadline) -> Option<BegunWait> + Send + 'a,
        body: impl FnOnce(Deadline) -> F + Send + 'a,
    ) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'a,
    {
        Self::with_options(watch, (), |(), deadline| body(deadline))
    }
}

impl<'a, T, O> Wait<'a, T, O> {
    /// Creates a wait on a cluster that has options.
    pub(crate) fn with_options<F>(
        watch: impl FnOnce(Deadline) -> Option<BegunWait> + Send + 'a,
        options: O,
        body: impl FnOnce(O, Deadline) -> F + Send + 'a,
    ) -> Self
    where
        F: Future<Output = Result<T>> + Send + 'a,
    {
        let body: Body<'a, T, O> = Box::new(|options, deadline| Box::pin(body(options, deadline)));
        Self { timeout: DEFAULT_TIMEOUT, deadline: None, options, body, watch: Some(Box::new(watch)) }
    }

    /// The same wait, for what becomes of its value.
    pub(crate) fn map<U>(self, map: impl FnOnce(T) -> U + Send + 'a) -> Wait<'a, U, O>
    where
        T: 'a,
        O: 'a,
    {
        let Self { timeout, deadline, options, body, watch } = self;
        let body: Body<'a, U, O> = Box::new(|options, deadline| {
            let value = body(options, deadline);
            Box::pin(async move { value.await.map(map) })
        });
        Wait { timeout, deadline, options, body, watch }
    }

    /// The same wait, with a deadline that was set before.
    pub(crate) fn until(mut self, deadline: Deadline) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Changes its options.
    pub(crate) fn change(mut self, change: impl FnOnce(&mut O)) -> Self {
        change(&mut self.options);
        self
    }
}

impl<T, O> Wait<'_, T, O> {
    /// Sets the timeout; 30 s by default. `CLUSTER_TIMEOUT_FACTOR` in the environment multiplies it.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }
}

impl<'a, T: 'a, O: Send + 'a> Wait<'a, T, O> {
    /// Waits on the calling thread, in a test that is not async. What its closures spawn ends with it.
    ///
    /// # Errors
    /// Those of the wait; [`Error::Blocking`] within an async runtime.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::{Result, cluster};
    ///
    /// fn main() -> Result {
    ///     let net = cluster! { a; b: connect(a) }.start().wait_connections(true).blocking()?;
    ///     assert_eq!(net.a.connections().blocking()?.len(), 1);
    ///     net.stop().blocking()
    /// }
    /// ```
    #[track_caller]
    pub fn blocking(self) -> Result<T> {
        block_on(self.into_future())
    }
}

impl<'a, T: 'a, O: Send + 'a> IntoFuture for Wait<'a, T, O> {
    type Output = Result<T>;
    type IntoFuture = BoxFuture<'a, T>;

    #[track_caller]
    fn into_future(self) -> Self::IntoFuture {
        let at = CallSite::of_caller();
        let Self { timeout, deadline, options, body, watch } = self;
        Box::pin(async move {
            let watched = watch.filter(|_| deadline.is_none()).and_then(|watch| watch(Deadline::after(timeout)));
            // A deadline in simulated time begins there.
            let work = async move { body(options, deadline.unwrap_or_else(|| Deadline::after(timeout))).await };
            let Some(watched) = watched else { return work.await };
            watched.awaited_at(at);
            let outcome = match watched.simulation() {
                Some(simulation) => {
                    let driven = simulation.drive(Box::pin(work)).await;
                    driven.unwrap_or_else(|halt| Err(Error::other(halt)))
                }
                None => watched.attend(work).await,
            };
            watched.end(outcome.as_ref().err());
            outcome
        })
    }
}

impl<T, O> fmt::Debug for Wait<'_, T, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Wait").field("timeout", &self.timeout).finish_non_exhaustive()
    }
}
