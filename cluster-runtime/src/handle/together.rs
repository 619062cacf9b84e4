use std::future::Future;

use tokio::task::JoinSet;

use crate::error::{Error, Result};

/// Runs all futures at the same time, and returns their outputs in no particular order. The first error, or dropping this
/// future, aborts them all.
pub(crate) async fn together<T, F>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut tasks: JoinSet<_> = futures.into_iter().collect();
    let mut outputs = Vec::with_capacity(tasks.len());
    while let Some(output) = tasks.join_next().await {
        outputs.push(output.map_err(Error::other)??);
    }
    Ok(outputs)
}
