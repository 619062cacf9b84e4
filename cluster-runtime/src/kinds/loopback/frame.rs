//! The wire format: four bytes of length (big endian), one of kind, and the body. A text in it has two bytes of length before it.

use std::net::SocketAddr;

use tokio::io::{AsyncRead, AsyncReadExt};

use crate::node::Identity;

/// The largest message, in bytes.
pub(super) const MOST_PAYLOAD: usize = 1 << 20;
/// The largest frame, in bytes: a message and its header.
const MOST_FRAME: usize = MOST_PAYLOAD + (64 << 10);
/// What the first frame of a connection begins with.
const PROTOCOL: &str = "cluster-loopback/2";

const HELLO: u8 = 1;
const REFUSED: u8 = 2;
const ADDRESSES: u8 = 3;
const MESSAGE: u8 = 4;

/// What is sent over a connection.
#[derive(Debug, PartialEq)]
pub(super) enum Frame {
    /// The sender's identity; the first frame of either side.
    Hello(Contact),
    /// Why the sender refuses the connection; instead of its hello.
    Refused(String),
    /// Other public nodes.
    Addresses(Vec<Contact>),
    /// A message that floods the network.
    Message(Message),
}

/// A node as others know it.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Contact {
    pub(super) identity: Identity,
    pub(super) name: String,
    pub(super) addr: SocketAddr,
    pub(super) private: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Message {
    pub(super) id: u128,
    /// The number of links that it was sent over.
    pub(super) hops: u32,
    /// The name of its first sender.
    pub(super) from: String,
    pub(super) payload: Vec<u8>,
}

/// Why no frame could be read.
#[derive(Debug, thiserror::Error)]
pub(super) enum FrameError {
    #[error("the connection is closed")]
    Closed,
    #[error("the connection broke: {0}")]
    Broken(std::io::Error),
    #[error("expected a frame of 1 to {MOST_FRAME} bytes, found one of {0}")]
    Size(usize),
    #[error("expected a frame of this protocol, found {0}")]
    Garbage(String),
    #[error("the other side does not read what it is sent")]
    Unread,
}

impl Frame {
    /// The bytes of the frame.
    pub(super) fn encode(&self) -> Vec<u8> {
        let (kind, body) = match self {
            Frame::Hello(contact) => {
                let mut body = Vec::new();
                put(&mut body, PROTOCOL);
                contact.put(&mut body);
                (HELLO, body)
            }
            Frame::Refused(reason) => (REFUSED, reason.clone().into_bytes()),
            Frame::Addresses(contacts) => {
                let mut body = Vec::new();
                contacts.iter().for_each(|contact| contact.put(&mut body));
                (ADDRESSES, body)
            }
            Frame::Message(message) => (MESSAGE, message.encode()),
        };
        let length = u32::try_from(body.len() + 1).expect("a frame is made of one message, or of a few contacts");
        let mut bytes = Vec::with_capacity(body.len() + 5);
        bytes.extend(length.to_be_bytes());
        bytes.push(kind);
        bytes.extend(body);
        bytes
    }

    fn decode(kind: u8, mut body: &[u8]) -> Option<Frame> {
        match kind {
            HELLO => {
                let is_known = take(&mut body)? == PROTOCOL;
                is_known.then(|| Contact::take(&mut body).map(Frame::Hello))?
            }
            REFUSED => Some(Frame::Refused(String::from_utf8(body.to_vec()).ok()?)),
            ADDRESSES => {
                let mut contacts = Vec::new();
                while !body.is_empty() {
                    contacts.push(Contact::take(&mut body)?);
                }
                Some(Frame::Addresses(contacts))
            }
            MESSAGE => Message::decode(body).map(Frame::Message),
            _ => None,
        }
    }

    /// Reads the next frame. Not cancel-safe: a frame that is read in part is lost.
    pub(super) async fn read(reader: &mut (impl AsyncRead + Unpin)) -> Result<Frame, FrameError> {
        let length = match reader.read_u32().await {
            Ok(length) => length as usize,
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Err(FrameError::Closed),
            Err(error) => return Err(FrameError::Broken(error)),
        };
        if !(1..=MOST_FRAME).contains(&length) {
            return Err(FrameError::Size(length));
        }
        let mut bytes = vec![0; length];
        reader.read_exact(&mut bytes).await.map_err(FrameError::Broken)?;
        let garbage = || FrameError::Garbage(format!("{:?}", String::from_utf8_lossy(&bytes[..length.min(32)])));
        Frame::decode(bytes[0], &bytes[1..]).ok_or_else(garbage)
    }
}

impl Contact {
    fn put(&self, bytes: &mut Vec<u8>) {
        put(bytes, self.identity.as_str());
        put(bytes, &self.name);
        put(bytes, &self.addr.to_string());
        bytes.push(u8::from(self.private));
    }

    fn take(bytes: &mut &[u8]) -> Option<Self> {
        let (identity, name) = (Identity::new(take(bytes)?), take(bytes)?.to_owned());
        let addr = take(bytes)?.parse().ok()?;
        let private = bytes.split_off_first()? == &1;
        Some(Self { identity, name, addr, private })
    }
}

impl Message {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(22 + self.from.len() + self.payload.len());
        bytes.extend(self.id.to_be_bytes());
        bytes.extend(self.hops.to_be_bytes());
        put(&mut bytes, &self.from);
        bytes.extend(&self.payload);
        bytes
    }

    fn decode(body: &[u8]) -> Option<Self> {
        let (id, rest) = body.split_first_chunk()?;
        let (hops, mut rest) = rest.split_first_chunk()?;
        let from = take(&mut rest)?.to_owned();
        Some(Self { id: u128::from_be_bytes(*id), hops: u32::from_be_bytes(*hops), from, payload: rest.to_vec() })
    }
}

/// Appends a text. Of one that is too long for its length, the beginning.
fn put(bytes: &mut Vec<u8>, text: &str) {
    let text = &text[..text.floor_char_boundary(usize::from(u16::MAX))];
    bytes.extend((text.len() as u16).to_be_bytes());
    bytes.extend(text.as_bytes());
}

/// The text at the beginning, which is taken away.
fn take<'a>(bytes: &mut &'a [u8]) -> Option<&'a str> {
    let (length, rest) = bytes.split_first_chunk()?;
    let (text, rest) = rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
    *bytes = rest;
    std::str::from_utf8(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact() -> Contact {
        let (identity, name) = (Identity::new("1f"), "a".to_owned());
        Contact { identity, name, addr: ([127, 0, 0, 1], 9000).into(), private: true }
    }

    #[tokio::test]
    async fn what_is_encoded_is_read_back() {
        let message = Message { id: 7, hops: 2, from: "a".to_owned(), payload: vec![0, 255] };
        for frame in [
            Frame::Hello(contact()),
            Frame::Refused("no".to_owned()),
            Frame::Addresses(vec![contact(), contact()]),
            Frame::Message(message),
        ] {
            let bytes = frame.encode();
            assert_eq!(Frame::read(&mut &bytes[..]).await.expect("a whole frame"), frame);
        }
    }

    #[tokio::test]
    async fn an_oversized_frame_is_refused_before_it_is_read() {
        let error = Frame::read(&mut &b"GET / HTTP/1.1\r\n"[..]).await.expect_err("not a frame");
        assert!(matches!(error, FrameError::Size(0x4745_5420)), "{error}");
    }

    #[tokio::test]
    async fn garbage_is_told_from_frames() {
        for garbage in [&[0, 0, 0, 2, 9, 9][..], &[0, 0, 0, 2, HELLO, b'{'], &[0, 0, 0, 3, MESSAGE, 1, 2]] {
            let error = Frame::read(&mut &*garbage).await.expect_err("not a frame");
            assert!(matches!(error, FrameError::Garbage(_)), "{error}");
        }
    }
}
