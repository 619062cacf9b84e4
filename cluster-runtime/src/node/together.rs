use std::future::{Future, poll_fn};
use std::task::Poll;

use tokio::task::JoinSet;

use crate::error::{Error, Result};

/// Runs all futures at the same time, and gives their outputs in no particular order. The first error, or being dropped,
/// ends them all.
pub(crate) async fn together<T, F>(futures: impl IntoIterator<Item = F>) -> Result<Vec<T>>
where
    T: Send + 'static,
    F: Future<Output = Result<T>> + Send + 'static,
{
    let mut outputs = Vec::new();
    let mut tasks = JoinSet::new();
    for future in futures {
        // One that is done at its first poll needs no task of its own.
        let mut future = Box::pin(future);
        match poll_fn(|cx| Poll::Ready(future.as_mut().poll(cx))).await {
            Poll::Ready(output) => outputs.push(output?),
            Poll::Pending => {
                tasks.spawn(future);
            }
        }
    }
    while let Some(output) = tasks.join_next().await {
        outputs.push(output.map_err(Error::other)??);
    }
    Ok(outputs)
}
