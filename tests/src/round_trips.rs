//! How long round trips take.

use std::time::{Duration, Instant};

use cluster_runtime::Result;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The times of so many round trips of one byte over a stream that is echoed, shortest first.
///
/// # Errors
/// When the stream breaks.
pub async fn round_trips(mut stream: impl AsyncRead + AsyncWrite + Unpin, count: usize) -> Result<Vec<Duration>> {
    let mut times = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        stream.write_u8(7).await?;
        stream.read_u8().await?;
        times.push(begun.elapsed());
    }
    times.sort_unstable();
    Ok(times)
}
