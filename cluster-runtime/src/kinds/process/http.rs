//! A minimal HTTP/1.1 client, for programs on loopback.

use std::net::SocketAddr;
use std::time::Duration;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use crate::clock::Deadline;
use crate::error::{Error, Result};
use crate::node::NodeContext;

/// How long a response may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// The largest response, in bytes.
const LARGEST: usize = 16 << 20;

/// The HTTP response of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Response {
    /// The status: 200 is success.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// Returns the body as text. Invalid UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// Returns the body as JSON.
    ///
    /// # Errors
    /// When the status is not a success, or the body is not JSON.
    pub fn json(&self) -> Result<Value> {
        if !self.is_success() {
            return Err(Error::other(format!("the answer has status {}: {}", self.status, self.text())));
        }
        Ok(serde_json::from_slice(&self.body)?)
    }

    /// Whether the status is a success, 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

/// Sends a request. An empty body is not sent.
pub(super) async fn request(
    node: &NodeContext,
    addr: SocketAddr,
    method: &str,
    path: &str,
    body: &[u8],
) -> Result<Response> {
    let exchange = exchange(node, addr, method, path, body);
    let answer = match Deadline::after(PATIENCE).bound(exchange).await {
        Some(answer) => answer.map_err(|error| error.to_string()),
        None => Err(format!("no answer within {PATIENCE:?}")),
    };
    let response = answer.and_then(|answer| parse(&answer));
    response.map_err(|why| Error::other(format!("{method} http://{addr}{path}: {why}")))
}

async fn exchange(
    node: &NodeContext,
    addr: SocketAddr,
    method: &str,
    path: &str,
    body: &[u8],
) -> std::io::Result<Vec<u8>> {
    let mut stream = node.dial(addr).await?;
    let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {addr}\r\nAccept: */*\r\nConnection: close\r\n");
    if !body.is_empty() {
        request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
    }
    request += "\r\n";
    let mut bytes = request.into_bytes();
    bytes.extend_from_slice(body);
    stream.write_all(&bytes).await?;
    let mut answer = Vec::new();
    loop {
        let read = stream.read_buf(&mut answer).await?;
        // A server may leave the connection open all the same.
        if read == 0 || is_whole(&answer) {
            return Ok(answer);
        }
        if answer.len() > LARGEST {
            return Err(std::io::Error::other(format!("the answer has more than {LARGEST} bytes")));
        }
    }
}

/// Whether the response has a length and is complete, or is invalid.
fn is_whole(answer: &[u8]) -> bool {
    let Some((head, body)) = split_head(answer) else { return false };
    match length(&head) {
        Ok(Length::Bytes(length)) => body.len() >= length,
        Ok(Length::Chunks) => unchunked(body).is_some(),
        Ok(Length::UntilTheEnd) => false,
        Err(_) => true,
    }
}

fn parse(answer: &[u8]) -> Result<Response, String> {
    let no_http = || "the answer is not HTTP".to_owned();
    let (head, body) = split_head(answer).ok_or_else(no_http)?;
    let status = head.strip_prefix("http/1.").and_then(|rest| rest.split(' ').nth(1)?.trim().parse().ok());
    let status = status.ok_or_else(no_http)?;
    let body = match length(&head)? {
        Length::Bytes(length) => body.get(..length).map(<[u8]>::to_vec),
        Length::Chunks => unchunked(body),
        Length::UntilTheEnd => Some(body.to_vec()),
    };
    let body = body.ok_or("the answer ends before its end")?;
    Ok(Response { status, body })
}

/// How long a body is.
#[derive(Debug, PartialEq)]
enum Length {
    Bytes(usize),
    Chunks,
    UntilTheEnd,
}

fn length(head: &str) -> Result<Length, String> {
    if header(head, "transfer-encoding").is_some_and(|encoding| encoding.ends_with("chunked")) {
        return Ok(Length::Chunks);
    }
    let Some(length) = header(head, "content-length") else { return Ok(Length::UntilTheEnd) };
    length.parse().map(Length::Bytes).map_err(|_| format!("expected a length in bytes, found `{length}`"))
}

/// The head in lower case, and the part of the body that was received.
fn split_head(answer: &[u8]) -> Option<(String, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&answer[..end]).to_lowercase(), &answer[end + 4..]))
}

fn header<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().skip(1).find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
}

/// The bytes of a chunked body; `None` while the last chunk is missing.
fn unchunked(mut body: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    loop {
        let end = body.windows(2).position(|window| window == b"\r\n")?;
        let size = std::str::from_utf8(&body[..end]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(bytes);
        }
        let rest = &body[end + 2..];
        bytes.extend_from_slice(rest.get(..size)?);
        body = rest.get(size..)?.strip_prefix(b"\r\n")?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::place::Hosts;

    #[test]
    fn a_body_has_the_length_that_its_head_says() {
        let response = parse(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").expect("it is HTTP");
        assert_eq!((response.status, &*response.body), (200, &b"{}"[..]));
        assert!(!is_whole(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}"));
    }

    #[test]
    fn a_chunked_body_is_put_together() {
        let answer =
            b"HTTP/1.1 404 Not Found\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\n";
        let response = parse(answer).expect("it is HTTP");
        assert_eq!((response.status, response.text().as_str()), (404, "abc0123456789"));
        assert!(is_whole(answer));
        assert!(!is_whole(&answer[..answer.len() - 8]));
    }

    #[test]
    fn what_is_not_http_is_refused() {
        for answer in [&b""[..], b"SSH-2.0-x\r\n", b"HTTP/1.1 OK\r\n\r\n", b"\r\n\r\n"] {
            assert_eq!(parse(answer), Err("the answer is not HTTP".to_owned()));
        }
    }

    #[test]
    fn a_length_that_is_none_is_an_error_at_once() {
        for length in ["-1", "two", ""] {
            let answer = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n{{}}");
            assert!(is_whole(answer.as_bytes()), "`{length}` is waited for");
            assert_eq!(parse(answer.as_bytes()), Err(format!("expected a length in bytes, found `{length}`")));
        }
    }

    #[test]
    fn an_answer_that_is_cut_is_an_error() {
        let answer = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n{}";
        assert_eq!(parse(answer), Err("the answer ends before its end".to_owned()));
    }

    #[tokio::test]
    async fn an_answer_without_end_is_an_error() {
        let node = NodeContext::new("n", 0, Hosts::Own, &[]);
        let listener = node.listen().expect("nobody else listens");
        let endless = async {
            let (mut stream, _) = listener.accept().await?;
            stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            loop {
                stream.write_all(&[b'x'; 1 << 16]).await?;
            }
        };
        let asked = request(&node, node.addr(), "GET", "/", &[]);
        let (answer, _): (_, std::io::Result<()>) = tokio::join!(asked, endless);
        let error = answer.expect_err("it has no end").to_string();
        assert!(error.ends_with("the answer has more than 16777216 bytes"), "{error}");
    }
}
