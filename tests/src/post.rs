//! A client of servers that speak JSON over HTTP.

use std::net::SocketAddr;
use std::time::Duration;

use cluster_runtime::{Error, Result};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

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
