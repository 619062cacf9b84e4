//! What two stand-ins say to each other: JSON objects, one a line.

use std::io;
use std::net::SocketAddr;

use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader, Lines, Take};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use crate::identity::PeerId;

/// How many bytes a peer may send before it is cut off.
const MOST_BYTES: u64 = 64 << 20;

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Message {
    /// The first message, from both sides.
    Hello(Hello),
    /// The handshake is accepted.
    Accept,
    /// The handshake is refused.
    Reject(String),
    /// Where other nodes are.
    Points(Vec<SocketAddr>),
    /// The highest block.
    Head(u64),
}

/// Who a node is.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Hello {
    pub(crate) id: PeerId,
    /// Where it listens.
    pub(crate) port: u16,
    pub(crate) private: bool,
    pub(crate) network: String,
}

/// A connection.
#[derive(Debug)]
pub(crate) struct Wire {
    reader: Lines<BufReader<Take<OwnedReadHalf>>>,
    writer: OwnedWriteHalf,
}

impl Wire {
    pub(crate) fn new(stream: TcpStream) -> Self {
        let (reader, writer) = stream.into_split();
        Self { reader: BufReader::new(reader.take(MOST_BYTES)).lines(), writer }
    }

    pub(crate) async fn send(&mut self, message: &Message) -> io::Result<()> {
        let mut line = serde_json::to_vec(message)?;
        line.push(b'\n');
        self.writer.write_all(&line).await
    }

    /// The next message. It may be cancelled without losing one.
    pub(crate) async fn receive(&mut self) -> io::Result<Message> {
        let line = self.reader.next_line().await?.ok_or(io::ErrorKind::UnexpectedEof)?;
        Ok(serde_json::from_str(&line)?)
    }

    pub(crate) async fn receive_hello(&mut self) -> io::Result<Hello> {
        match self.receive().await? {
            Message::Hello(hello) => Ok(hello),
            other => Err(unexpected(&other)),
        }
    }

    /// Why the other side refuses, if it does.
    pub(crate) async fn receive_verdict(&mut self) -> io::Result<Result<(), String>> {
        match self.receive().await? {
            Message::Accept => Ok(Ok(())),
            Message::Reject(why) => Ok(Err(why)),
            other => Err(unexpected(&other)),
        }
    }
}

fn unexpected(message: &Message) -> io::Error {
    io::Error::other(format!("unexpected {message:?}"))
}
