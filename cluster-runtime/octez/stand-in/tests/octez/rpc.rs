//! A client for the RPCs of a node.

use std::io;
use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

/// The status and the value of the answer.
pub async fn call(addr: SocketAddr, method: &str, path: &str, body: &[u8]) -> io::Result<(StatusCode, Value)> {
    let stream = TcpStream::connect(addr).await?;
    let (mut client, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let connection = tokio::spawn(connection);
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("host", addr.to_string())
        .header("content-type", "application/json")
        .body(Full::new(Bytes::copy_from_slice(body)))
        .map_err(io::Error::other)?;
    let response = client.send_request(request).await.map_err(io::Error::other)?;
    let status = response.status();
    let body = response.into_body().collect().await.map_err(io::Error::other)?.to_bytes();
    drop(client);
    connection.abort();
    Ok((status, serde_json::from_slice(&body)?))
}

/// The value of an answer that is expected to be one.
pub async fn get(addr: SocketAddr, path: &str) -> Value {
    let (status, value) = call(addr, "GET", path, b"").await.unwrap_or_else(|error| panic!("GET {path}: {error}"));
    assert_eq!(status, StatusCode::OK, "GET {path}: {value}");
    value
}

/// Triggers something, and gives the answer.
pub async fn post(addr: SocketAddr, path: &str, body: &[u8]) -> Value {
    let (status, value) = call(addr, "POST", path, body).await.unwrap_or_else(|error| panic!("POST {path}: {error}"));
    assert_eq!(status, StatusCode::OK, "POST {path}: {value}");
    value
}
