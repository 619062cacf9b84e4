use std::future::Future;

use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinSet};

use crate::error::{Error, RUNTIME_GONE_HELP, Result};

/// Runs all futures at the same time, and returns their outputs in no particular order. The first error, or dropping this
/// future, aborts them all.
pub(crate) async fn together<T, F>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    outputs(futures.into_iter().collect()).await
}

/// The same on this runtime, which need not be the caller's. Its thread makes the tasks: what they leave of memory it can use again.
pub(crate) async fn together_on<T, F>(
    runtime: &Handle,
    futures: impl Iterator<Item = F> + Send + 'static,
) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut task = JoinSet::new();
    task.spawn_on(together(futures), runtime);
    Ok(outputs(task).await?.into_iter().flatten().collect())
}

async fn outputs<T: Send + 'static>(mut tasks: JoinSet<Result<T>>) -> Result<Vec<T>> {
    let mut outputs = Vec::with_capacity(tasks.len());
    while let Some(output) = tasks.join_next().await {
        outputs.push(output.map_err(not_joined)??);
    }
    Ok(outputs)
}

fn not_joined(error: JoinError) -> Error {
    match error.is_cancelled() {
        true => Error::other(format!("the runtime of the cluster is gone\n{RUNTIME_GONE_HELP}")),
        false => Error::other(error),
    }
}
