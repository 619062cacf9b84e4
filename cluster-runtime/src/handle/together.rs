use std::future::Future;

use tokio::runtime::Handle;
use tokio::task::{JoinError, JoinSet};

use crate::error::{Error, RUNTIME_GONE_HELP, Result};
use crate::place::BoxFuture;

/// One type for all: for each type of future, rustc makes all that tokio does with a task.
type Work = BoxFuture<'static, Result>;

/// Runs all futures at the same time. The first error, or dropping this future, aborts them all.
pub(crate) async fn together<F>(futures: impl IntoIterator<Item = F>) -> Result
where
    F: Future<Output = Result> + Send + 'static,
{
    let mut tasks = JoinSet::new();
    for future in futures {
        tasks.spawn(Box::pin(future) as Work);
    }
    join(tasks).await
}

/// The same on this runtime, which need not be the caller's. Its thread makes the tasks: what they leave of memory it can use again.
pub(crate) async fn together_on<F>(runtime: &Handle, futures: impl Iterator<Item = F> + Send + 'static) -> Result
where
    F: Future<Output = Result> + Send + 'static,
{
    let mut task = JoinSet::new();
    task.spawn_on(Box::pin(together(futures)) as Work, runtime);
    join(task).await
}

async fn join(mut tasks: JoinSet<Result>) -> Result {
    while let Some(ended) = tasks.join_next().await {
        ended.map_err(not_joined)??;
    }
    Ok(())
}

fn not_joined(error: JoinError) -> Error {
    match error.is_cancelled() {
        true => Error::other(format!("the runtime of the cluster is gone\n{RUNTIME_GONE_HELP}")),
        false => Error::other(error),
    }
}
