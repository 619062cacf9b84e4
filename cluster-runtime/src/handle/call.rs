use std::any::TypeId;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;

use tokio::runtime::Handle;

use super::any_node::AnyNode;
use super::node::Node;
use super::watch::watch;
use crate::error::{BoxError, Error, Result};
use crate::kept::Kept;
use crate::kind::Provides;
use crate::node::{Provided, Runner};
use crate::wait::Wait;

/// What a call returns once it has kept its value.
type Returning<'a> = Pin<Box<dyn Future<Output = Result> + Send + 'a>>;

/// What a call waits for in vain where it is never provided.
const HANDLE: &str = "its handle (a service of `Service::providing` sets it)";

impl<K: Provides> Node<K> {
    /// Calls the handle that the running node provides: waits until the node has provided it, and returns what the call returns.
    /// The call runs in the context of the node, so that what it spawns belongs to the node, and ends with the node: a value
    /// of its runtime by itself may hang once that is gone. While the node is paused the call waits.
    ///
    /// # Errors
    /// That of the call, in [`Error::Call`]; when the node ends first, or another one dies; when the handle is not provided and the call not over within 30 s (or
    /// [`timeout`](Wait::timeout)).
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::kinds::Provide;
    /// use cluster_runtime::{Error, NodeContext, Result, Service, cluster};
    /// use tokio::sync::Mutex;
    ///
    /// async fn serve(node: NodeContext, store: Provide<Mutex<Vec<u32>>>) -> Result {
    ///     store.set(Mutex::default());
    ///     node.ready();
    ///     node.stopped().await;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { db = Service::providing(serve) }.start().await?;
    /// let length = net.db.call(|store| async move {
    ///     let mut store = store.lock().await;
    ///     store.push(7);
    ///     Ok::<_, Error>(store.len())
    /// });
    /// assert_eq!(length.await?, 1);
    /// # net.stop().await
    /// # }
    /// ```
    pub fn call<'a, F, R, T, E>(&self, call: F) -> Wait<'a, T>
    where
        F: FnOnce(Arc<K::Handle>) -> R + Send + 'a,
        R: Future<Output = Result<T, E>> + Send + 'a,
        T: Send + 'a,
        E: Into<BoxError> + Send + 'a,
    {
        let returned = Kept::nothing();
        let (kept, node) = (returned.clone(), self.state().name().clone());
        let call = move |handle: Provided| -> Returning<'a> {
            Box::pin(async move {
                let Ok(handle) = handle.downcast() else { return Err(Error::other("the handle is of another type")) };
                let called = call(handle).await;
                kept.keep(called.map_err(|error| Error::Call { node, source: error.into() })?);
                Ok(())
            })
        };
        self.any().call_provided(TypeId::of::<K::Handle>(), Box::new(call)).map(move |()| returned.last())
    }
}

impl AnyNode {
    /// Calls the value of this type that the running node provides.
    fn call_provided<'a>(
        &self,
        of: TypeId,
        call: Box<dyn FnOnce(Provided) -> Returning<'a> + Send + 'a>,
    ) -> Wait<'a, ()> {
        let node = self.clone();
        let watch = watch(std::slice::from_ref(&node), "the return of a call on the handle");
        Wait::of(watch, move |deadline| async move {
            let lifecycle = node.state().lifecycle();
            let Some(run) = lifecycle.present_run() else { return Err(node.not_running("be called")) };
            let providing = async {
                match lifecycle.until_provided(of, run).await {
                    Some(provided) => Ok(provided),
                    None => Err(node.ended_before("its handle")),
                }
            };
            let (handle, runner) = match deadline.bound(node.context().unless_death(Box::pin(providing))).await {
                Some(provided) => provided?,
                None => return Err(node.context().overdue(HANDLE, deadline).await),
            };
            let calling = async {
                let call = node.context().origin().scope(Box::pin(async { call(handle).await }));
                let returned = match runner {
                    Runner::Isolated(isolated) => isolated.call(call).await.ok(),
                    Runner::Task(_) => tokio::select! {
                        biased;
                        returned = within(node.context().home().and_then(|home| home.runtime()), call) => Some(returned),
                        _ = lifecycle.until_over(run) => None,
                    },
                };
                match returned {
                    Some(returned) => returned,
                    None => {
                        lifecycle.until_over(run).await;
                        Err(node.ended_before("the return of the call"))
                    }
                }
            };
            match deadline.bound(node.context().unless_death(Box::pin(calling))).await {
                Some(returned) => returned,
                None => Err(node.context().overdue("the return of the call on its handle", deadline).await),
            }
        })
    }
}

/// Polls a future in the context of a runtime, which need not be that of its caller: what it spawns runs there.
fn within<F: Future>(runtime: Option<Handle>, future: F) -> impl Future<Output = F::Output> {
    let mut future = Box::pin(future);
    poll_fn(move |cx| {
        let _context = runtime.as_ref().map(Handle::enter);
        future.as_mut().poll(cx)
    })
}
