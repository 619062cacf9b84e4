//! A minimal HTTP/1.1 client, for programs on loopback.

use std::fmt;
use std::io;
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
    /// The headers: their names, in lower case, and their values.
    pub headers: Vec<(String, String)>,
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

    /// Returns the value of the first header of this name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        value_of(&self.headers, name)
    }

    /// Whether the status is a success, 200 to 299.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }
}

fn value_of<'a>(headers: &'a [(String, String)], name: &str) -> Option<&'a str> {
    headers.iter().find(|(other, _)| other.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
}

/// An HTTP request, made by [`ProcessContext::http`](super::ProcessContext::http).
#[derive(Clone, Debug)]
#[must_use = "a request is sent by `.send().await`"]
pub struct Request {
    node: NodeContext,
    addr: SocketAddr,
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(super) fn new(node: &NodeContext, addr: SocketAddr, method: &str, path: &str) -> Self {
        let (node, method, path) = (node.clone(), method.to_owned(), path.to_owned());
        Self { node, addr, method, path, headers: Vec::new(), body: Vec::new() }
    }

    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    /// Sets the body; it is JSON unless a header `Content-Type` says otherwise. An empty one is not sent.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it. If the future is dropped, the connection is closed.
    ///
    /// # Errors
    /// When there is no valid response within 5 s. A response of any status is returned.
    pub async fn send(self) -> Result<Response> {
        let response = Deadline::after(PATIENCE).bound(self.response()).await;
        let response = response.unwrap_or_else(|| Err(format!("no answer within {PATIENCE:?}")));
        response.map_err(|why| Error::other(format!("{self}: {why}")))
    }

    /// The response, however long it takes.
    pub(super) async fn response(&self) -> Result<Response, String> {
        parse(&self.exchange().await.map_err(|error| error.to_string())?)
    }

    async fn exchange(&self) -> io::Result<Vec<u8>> {
        let head = self.head()?;
        let mut stream = self.node.dial(self.addr).await?;
        stream.write_all(head.as_bytes()).await?;
        stream.write_all(&self.body).await?;
        let mut answer = Vec::new();
        loop {
            let read = stream.read_buf(&mut answer).await?;
            // A server may leave the connection open all the same.
            if read == 0 || is_whole(&answer) {
                return Ok(answer);
            }
            if answer.len() > LARGEST {
                return Err(io::Error::other(format!("the answer has more than {LARGEST} bytes")));
            }
        }
    }

    fn head(&self) -> io::Result<String> {
        let mut headers = vec![("Connection", "close".to_owned())];
        let mut default = |name, value| {
            if value_of(&self.headers, name).is_none() {
                headers.push((name, value));
            }
        };
        default("Host", self.addr.to_string());
        default("Accept", "*/*".to_owned());
        if !self.body.is_empty() {
            default("Content-Type", "application/json".to_owned());
            default("Content-Length", self.body.len().to_string());
        }
        headers.extend(self.headers.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let mut lines = vec![format!("{} {} HTTP/1.1", self.method, self.path)];
        lines.extend(headers.into_iter().map(|(name, value)| format!("{name}: {value}")));
        match lines.iter().find(|line| line.contains(['\r', '\n'])) {
            Some(line) => Err(io::Error::other(format!("the line {line:?} of its head contains a line break"))),
            None => Ok(lines.join("\r\n") + "\r\n\r\n"),
        }
    }
}

/// As it is told: `GET http://127.0.0.1:80/path`.
impl fmt::Display for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { addr, method, path, .. } = self;
        write!(f, "{method} http://{addr}{path}")
    }
}

/// Whether the response has a length and is complete, or is invalid.
fn is_whole(answer: &[u8]) -> bool {
    let Some((head, body)) = split_head(answer) else { return false };
    match length(&headers(&head)) {
        Ok(Length::Bytes(length)) => body.len() >= length,
        Ok(Length::Chunks) => unchunked(body).is_some(),
        Ok(Length::UntilTheEnd) => false,
        Err(_) => true,
    }
}

fn parse(answer: &[u8]) -> Result<Response, String> {
    let no_http = || "the answer is not HTTP".to_owned();
    let (head, body) = split_head(answer).ok_or_else(no_http)?;
    let status = head.strip_prefix("HTTP/1.").and_then(|rest| rest.split(' ').nth(1)?.trim().parse().ok());
    let status = status.ok_or_else(no_http)?;
    let headers = headers(&head);
    let body = match length(&headers)? {
        Length::Bytes(length) => body.get(..length).map(<[u8]>::to_vec),
        Length::Chunks => unchunked(body),
        Length::UntilTheEnd => Some(body.to_vec()),
    };
    let body = body.ok_or("the answer ends before its end")?;
    Ok(Response { status, headers, body })
}

/// How long a body is.
#[derive(Debug, PartialEq)]
enum Length {
    Bytes(usize),
    Chunks,
    UntilTheEnd,
}

fn length(headers: &[(String, String)]) -> Result<Length, String> {
    if value_of(headers, "transfer-encoding").is_some_and(|encoding| encoding.to_lowercase().ends_with("chunked")) {
        return Ok(Length::Chunks);
    }
    let Some(length) = value_of(headers, "content-length") else { return Ok(Length::UntilTheEnd) };
    length.parse().map(Length::Bytes).map_err(|_| format!("expected a length in bytes, found `{length}`"))
}

/// The head, and the part of the body that was received.
fn split_head(answer: &[u8]) -> Option<(String, &[u8])> {
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n")?;
    Some((String::from_utf8_lossy(&answer[..end]).into_owned(), &answer[end + 4..]))
}

fn headers(head: &str) -> Vec<(String, String)> {
    let lines = head.lines().skip(1).filter_map(|line| line.split_once(':'));
    lines.map(|(name, value)| (name.to_lowercase(), value.trim().to_owned())).collect()
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
    fn headers_are_had_in_any_case() {
        let response = parse(b"HTTP/1.1 200 OK\r\nX-Token: aBc\r\nContent-Length: 0\r\n\r\n").expect("it is HTTP");
        assert_eq!(response.header("x-token"), Some("aBc"));
    }

    #[test]
    fn headers_replace_those_of_default_and_cannot_break_lines() {
        let node = NodeContext::new("n", 0, Hosts::Own, &[]);
        let request = Request::new(&node, ([127, 0, 0, 1], 80).into(), "PUT", "/").body("x=1");
        let head = request.clone().header("content-type", "text/plain").head().expect("it is valid");
        let expected =
            "PUT / HTTP/1.1\r\nConnection: close\r\nHost: 127.0.0.1:80\r\nAccept: */*\r\nContent-Length: 3\r\n";
        assert_eq!(head, format!("{expected}content-type: text/plain\r\n\r\n"));
        let error = request.header("A", "b\r\nC: d").head().expect_err("it has two lines").to_string();
        assert!(error.contains("contains a line break"), "{error}");
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
        let asked = Request::new(&node, node.addr(), "GET", "/").send();
        let (answer, _): (_, std::io::Result<()>) = tokio::join!(asked, endless);
        let error = answer.expect_err("it has no end").to_string();
        assert!(error.ends_with("the answer has more than 16777216 bytes"), "{error}");
    }
}
