//! The handshake, in which two nodes exchange identities.

use std::future::Future;

use tokio::io::AsyncWriteExt;

use super::frame::{Contact, Frame, FrameError};
use super::hub::Hub;
use crate::net::Stream;
use crate::node::Identity;

/// A connection after its handshake.
pub(super) struct Greeted {
    pub(super) stream: Stream,
    pub(super) contact: Contact,
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
    WrongIdentity { expected: Identity, found: String },
    #[error("it has not identified itself in time")]
    Silent,
}

/// The dialling side, towards a node of this identity.
pub(super) async fn greet(
    hub: &Hub,
    mut stream: Stream,
    expected: Option<Identity>,
) -> Result<Greeted, HandshakeError> {
    patiently(hub, async {
        stream.write_all(&Frame::Hello(hub.contact()).encode()).await?;
        let contact = match Frame::read(&mut stream).await? {
            Frame::Hello(contact) => contact,
            Frame::Refused(reason) => return Err(HandshakeError::RefusedByOther(reason)),
            _ => return Err(HandshakeError::NoHello),
        };
        match expected {
            Some(expected) if expected.as_str() == contact.identity => Ok(Greeted { stream, contact }),
            Some(expected) => Err(HandshakeError::WrongIdentity { expected, found: contact.identity }),
            None => Err(HandshakeError::Refused(format!("`{}` has no identity yet", contact.name))),
        }
    })
    .await
}

/// The accepting side.
pub(super) async fn accept(hub: &Hub, mut stream: Stream) -> Result<Greeted, HandshakeError> {
    patiently(hub, async {
        let Frame::Hello(contact) = Frame::read(&mut stream).await? else { return Err(HandshakeError::NoHello) };
        if let Err(reason) = hub.admit(&contact) {
            stream.write_all(&Frame::Refused(reason.clone()).encode()).await?;
            return Err(HandshakeError::Refused(reason));
        }
        stream.write_all(&Frame::Hello(hub.contact()).encode()).await?;
        Ok(Greeted { stream, contact })
    })
    .await
}

/// A side that connects and sends nothing must not keep the connection for ever.
async fn patiently(
    hub: &Hub,
    greeting: impl Future<Output = Result<Greeted, HandshakeError>>,
) -> Result<Greeted, HandshakeError> {
    tokio::select! {
        greeted = greeting => greeted,
        () = hub.patience() => Err(HandshakeError::Silent),
    }
}
