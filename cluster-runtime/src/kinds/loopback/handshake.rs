//! The handshake, in which two nodes exchange identities.

use std::future::Future;
use std::pin::{Pin, pin};

use tokio::io::{AsyncWriteExt, BufReader};

use super::frame::{Contact, Frame, FrameError};
use super::hub::Hub;
use crate::net::{ReadHalf, Stream, WriteHalf};
use crate::node::Identity;

/// Bytes that are read ahead on a connection.
const READ_AHEAD: usize = 256;

/// The two directions of a connection.
pub(super) struct Connection<'a> {
    pub(super) reader: BufReader<ReadHalf<'a>>,
    pub(super) writer: WriteHalf<'a>,
}

impl<'a> Connection<'a> {
    pub(super) fn new(stream: &'a mut Stream) -> Self {
        let (reader, writer) = stream.split();
        Self { reader: BufReader::with_capacity(READ_AHEAD, reader), writer }
    }

    async fn send(&mut self, frame: &[u8]) -> Result<(), HandshakeError> {
        Ok(self.writer.write_all(frame).await?)
    }

    async fn receive(&mut self) -> Result<Frame, HandshakeError> {
        Ok(Frame::read(&mut self.reader).await?)
    }
}

/// Why a handshake failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum HandshakeError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Frame(#[from] FrameError),
    #[error("expected a hello, found another frame")]
    NoHello,
    #[error("it refused: {0}")]
    RefusedByOther(String),
    #[error("refused: {0}")]
    Refused(String),
    #[error("expected identity {expected}, found {found}")]
    WrongIdentity { expected: Identity, found: Identity },
    #[error("it has not identified itself in time")]
    Silent,
}

/// The dialling side, towards a node of this identity. Returns the other node.
pub(super) async fn greet(
    hub: &Hub,
    connection: &mut Connection<'_>,
    expected: Option<Identity>,
) -> Result<Contact, HandshakeError> {
    let greeting = pin!(async {
        connection.send(hub.hello()).await?;
        let contact = match connection.receive().await? {
            Frame::Hello(contact) => contact,
            Frame::Refused(reason) => return Err(HandshakeError::RefusedByOther(reason)),
            _ => return Err(HandshakeError::NoHello),
        };
        match expected {
            Some(expected) if expected == contact.identity => Ok(contact),
            Some(expected) => Err(HandshakeError::WrongIdentity { expected, found: contact.identity }),
            None => Err(HandshakeError::Refused(format!("`{}` has no identity yet", contact.name))),
        }
    });
    patiently(hub, greeting).await
}

/// The accepting side. Returns the other node.
pub(super) async fn accept(hub: &Hub, connection: &mut Connection<'_>) -> Result<Contact, HandshakeError> {
    let greeting = pin!(async {
        let Frame::Hello(contact) = connection.receive().await? else { return Err(HandshakeError::NoHello) };
        if let Err(reason) = hub.admit(&contact) {
            connection.send(&Frame::Refused(reason.clone()).encode()).await?;
            return Err(HandshakeError::Refused(reason));
        }
        connection.send(hub.hello()).await?;
        Ok(contact)
    });
    patiently(hub, greeting).await
}

/// A side that connects and sends nothing must not keep the connection for ever. The greeting is pinned by the caller: each task of a
/// connection would have room for two of them.
async fn patiently(
    hub: &Hub,
    greeting: Pin<&mut impl Future<Output = Result<Contact, HandshakeError>>>,
) -> Result<Contact, HandshakeError> {
    tokio::select! {
        biased;
        greeted = greeting => greeted,
        () = hub.patience() => Err(HandshakeError::Silent),
    }
}
