//! Tests of whole clusters; see `tests/`.

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use cluster_runtime::{Error, Result};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

/// The report of an error, line by line, with the time of day of each log line taken out.
pub fn report(error: &impl Debug) -> String {
    format!("{error:?}").lines().map(without_time).collect::<Vec<_>>().join("\n")
}

fn without_time(line: &str) -> String {
    let is_time = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit() || b":.".contains(&byte));
    match line.trim_start().split_once(' ') {
        Some((time, rest)) if time.len() == 12 && is_time(time) => format!("  {rest}"),
        _ => line.to_owned(),
    }
}

/// Makes each behaviour a test on both flavours of tokio's runtime.
#[macro_export]
macro_rules! on_both_runtimes {
    ($($name:ident)*) => { $(
        mod $name {
            #[tokio::test]
            async fn on_one_thread() -> cluster_runtime::Result {
                super::$name().await
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn on_several_threads() -> cluster_runtime::Result {
                super::$name().await
            }
        }
    )* };
}

/// Whether a program is installed. If it is not, prints that once, and how to install it.
pub fn is_installed(program: &str, how: &str) -> bool {
    static TOLD: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_installed = std::env::split_paths(&path).any(|directory| directory.join(program).is_file());
    if !is_installed && TOLD.lock().unwrap_or_else(PoisonError::into_inner).insert(program.to_owned()) {
        // Not by a macro: what those write is not shown when a test passes.
        drop(writeln!(std::io::stderr(), "skipped: `{program}` is not installed: `{how}`"));
    }
    is_installed
}

/// Waits for something that sends no signal.
///
/// # Panics
/// When it has not come within 20 s.
///
/// # Errors
/// Those of the check.
pub async fn until(what: &str, mut check: impl AsyncFnMut() -> Result<bool>) -> Result {
    let started = Instant::now();
    while !check().await? {
        assert!(started.elapsed() < Duration::from_secs(20), "not within 20 s: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    Ok(())
}

/// Posts JSON to a server and returns its answer. The request is of HTTP/1.0, so that the answer ends with the connection.
///
/// # Errors
/// When there is no answer in JSON within 5 s, or it has a field `error`.
pub async fn post(server: SocketAddr, path: &str, body: Value) -> Result<Value> {
    let mut stream = TcpStream::connect(server).await?;
    let body = body.to_string();
    let head = format!("POST {path} HTTP/1.0\r\nContent-Length: {}\r\n\r\n", body.len());
    stream.write_all((head + &body).as_bytes()).await?;
    let mut answer = String::new();
    let reading = stream.read_to_string(&mut answer);
    tokio::time::timeout(Duration::from_secs(5), reading).await.map_err(Error::other)??;
    let (_, body) = answer.split_once("\r\n\r\n").ok_or_else(|| Error::other(answer.clone()))?;
    let body: Value = serde_json::from_str(body)?;
    if body["error"].is_null() { Ok(body) } else { Err(Error::other(body.to_string())) }
}

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
