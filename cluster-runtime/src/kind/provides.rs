use super::kind::Kind;

/// A kind whose running nodes provide a handle, such as a client: tests use it by [`Node::call`](crate::Node::call).
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use cluster_runtime::kind::Provides;
/// use cluster_runtime::{Error, Kind, NodeContext, Result, Speaks, cluster};
///
/// struct Counting;
/// impl Speaks<Counting> for Counting {}
///
/// #[derive(Clone)]
/// struct Counter;
///
/// impl Kind for Counter {
///     type Protocol = Counting;
///
///     async fn run(&self, node: NodeContext) -> Result {
///         node.provide(Arc::new(42_u32));
///         node.ready();
///         node.stopped().await;
///         Ok(())
///     }
/// }
///
/// impl Provides for Counter {
///     type Handle = u32;
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let net = cluster! { counter = Counter }.start().await?;
/// assert_eq!(net.counter.call(|count| async move { Ok::<_, Error>(*count) }).await?, 42);
/// # net.stop().await
/// # }
/// ```
pub trait Provides: Kind {
    /// What its nodes provide by [`NodeContext::provide`](crate::NodeContext::provide).
    type Handle: Send + Sync + 'static;
}
