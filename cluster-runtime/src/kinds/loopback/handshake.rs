//! How two nodes learn who the other one is.

use std::time::Duration;

use tokio::io::{AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::frame::{Contact, Frame, FrameError};
use super::hub::Hub;
use crate::deadline::Deadline;
use crate::kind::{Dial, Identity, Peer};

/// How long the other side has to say who it is: one that only connects must not hold a place for ever.
const PATIENCE: Duration = Duration::from_secs(5);
/// Bytes that are read ahead on a connection.
const READ_AHEAD: usize = 1024;

/// A connection whose two sides know each other.
pub(super) struct Greeted {
    pub(super) reader: BufReader<OwnedReadHalf>,
    pub(super) writer: OwnedWriteHalf,
    pub(super) contact: Contact,
}

/// Why two nodes did not come together.
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
    #[error("it has not said who it is within {0:?}")]
    Silent(Duration),
}

/// The dialling side, towards a declared peer or a node that it learned of.
pub(super) async fn dial(hub: &Hub, target: &Target) -> Result<Greeted, HandshakeError> {
    let stream = TcpStream::connect(target.addr()).await?;
    patiently(async {
        let (mut reader, mut writer) = halves(stream)?;
        writer.write_all(&Frame::Hello(hub.contact()).encode()).await?;
        target.note_dialled(hub);
        let contact = match Frame::read(&mut reader).await? {
            Frame::Hello(contact) => contact,
            Frame::Refused(reason) => return Err(HandshakeError::RefusedByOther(reason)),
            _ => return Err(HandshakeError::NoHello),
        };
        match target.identity() {
            Some(expected) if expected.as_str() == contact.identity => Ok(Greeted { reader, writer, contact }),
            Some(expected) => Err(HandshakeError::WrongIdentity { expected, found: contact.identity }),
            None => Err(HandshakeError::Refused(format!("`{}` has no identity yet", contact.name))),
        }
    })
    .await
}

/// The accepting side.
pub(super) async fn accept(hub: &Hub, stream: TcpStream) -> Result<Greeted, HandshakeError> {
    patiently(async {
        let (mut reader, mut writer) = halves(stream)?;
        let Frame::Hello(contact) = Frame::read(&mut reader).await? else { return Err(HandshakeError::NoHello) };
        if let Err(reason) = hub.admit(&contact) {
            writer.write_all(&Frame::Refused(reason.clone()).encode()).await?;
            return Err(HandshakeError::Refused(reason));
        }
        writer.write_all(&Frame::Hello(hub.contact()).encode()).await?;
        Ok(Greeted { reader, writer, contact })
    })
    .await
}

/// Whom a node dials.
pub(super) enum Target {
    Declared(Peer),
    Learned(Contact),
}

impl Target {
    fn addr(&self) -> std::net::SocketAddr {
        match self {
            Target::Declared(peer) => peer.addr(),
            Target::Learned(contact) => contact.addr,
        }
    }

    fn identity(&self) -> Option<Identity> {
        match self {
            Target::Declared(peer) => peer.identity(),
            Target::Learned(contact) => Some(Identity::new(&contact.identity)),
        }
    }

    fn note_dialled(&self, hub: &Hub) {
        if let Target::Declared(peer) = self {
            hub.context().note_dial(peer.state().name(), Dial::Dialled);
        }
    }
}

fn halves(stream: TcpStream) -> std::io::Result<(BufReader<OwnedReadHalf>, OwnedWriteHalf)> {
    stream.set_nodelay(true)?;
    let (reader, writer) = stream.into_split();
    Ok((BufReader::with_capacity(READ_AHEAD, reader), writer))
}

async fn patiently(greeting: impl Future<Output = Result<Greeted, HandshakeError>>) -> Result<Greeted, HandshakeError> {
    let deadline = Deadline::after(PATIENCE);
    deadline.bound(greeting).await.unwrap_or_else(|| Err(HandshakeError::Silent(deadline.total())))
}
