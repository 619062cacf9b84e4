//! A node that is a program is asked by HTTP.

use super::{ProcessKind, Request, Response};
use crate::error::Error;
use crate::handle::{AnyNode, Node};
use crate::wait::Wait;

impl<K: ProcessKind> Node<K> {
    /// Sends the HTTP request `GET path` to one of its ports, and returns the response; the port of its address has the name "". It
    /// is sent from where its program runs, and no fault of links is in its way.
    ///
    /// # Errors
    /// When the node is not running, has no such port, or gives no valid response within 30 s (or [`timeout`](Wait::timeout)); when a
    /// node dies. A response of any status is returned.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::{Node, Process, Result};
    ///
    /// async fn is_synchronised(node: &Node<Process>) -> Result<bool> {
    ///     Ok(node.get("http", "/status").await?.json()?["synchronised"] == true)
    /// }
    /// ```
    pub fn get(&self, port: &str, path: &str) -> Wait<'static, Response> {
        self.request("GET", port, path, "")
    }

    /// Sends an HTTP request to one of its ports, with a JSON body unless `body` is empty.
    ///
    /// # Errors
    /// Those of [`get`](Self::get).
    pub fn request(&self, method: &str, port: &str, path: &str, body: &str) -> Wait<'static, Response> {
        ask(self.any().clone(), [method, port, path, body].map(str::to_owned))
    }
}

fn ask(node: AnyNode, [method, port, path, body]: [String; 4]) -> Wait<'static, Response> {
    let what = format!("the response of `{}` to `{method} {path}`", node.name());
    Wait::of(node.context().watch(move || what.clone()), move |deadline| async move {
        let addr = node.addr_of(&port).ok_or_else(|| node.no_port(&port))?;
        if node.state().lifecycle().present_run().is_none() {
            return Err(node.not_running("be asked"));
        }
        let request = Request::new(node.context(), addr, &method, &path).body(body);
        let asking = async {
            let response = request.response().await;
            response.map_err(|why| Error::other(format!("node `{}`: {request}: {why}", node.name())))
        };
        match deadline.bound(node.context().unless_death(Box::pin(asking))).await {
            Some(response) => response,
            None => Err(node.timed_out(format!("the response to {request}"), deadline)),
        }
    })
}
