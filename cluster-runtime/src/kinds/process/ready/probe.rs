use std::fmt::Display;
use std::future::Future;

use super::Ready;
use crate::kinds::process::ProcessContext;

impl Ready {
    /// It is ready when this function succeeds. It is retried; the report of a timeout has its last error.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::process::ProcessContext;
    /// use cluster_runtime::{Error, Ready, Result};
    ///
    /// async fn is_synchronised(node: ProcessContext) -> Result {
    ///     match node.get("rpc", "/synchronised").await?.json()?.as_bool() {
    ///         Some(true) => Ok(()),
    ///         other => Err(Error::other(format!("it is at {other:?}"))),
    ///     }
    /// }
    ///
    /// let ready = Ready::probe(is_synchronised);
    /// ```
    pub fn probe<F, R, E>(attempt: F) -> Self
    where
        F: Fn(ProcessContext) -> R + Send + Sync + 'static,
        R: Future<Output = Result<(), E>> + Send + 'static,
        E: Display,
    {
        Self::answer("its probe does not succeed", move |node| {
            let attempt = attempt(node);
            async move { attempt.await.map_err(|error| error.to_string()) }
        })
    }
}
