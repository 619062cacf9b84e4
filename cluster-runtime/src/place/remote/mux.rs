//! Sessions over a connection that an `ssh` of this machine holds open. They are asked for at its socket, by the protocol of `PROTOCOL.mux` in
//! OpenSSH, in place of by another `ssh` for each, which takes longer than all else of a session.

use std::io::{self, IoSlice};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::ExitStatus;

use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use tokio::io::{AsyncReadExt, AsyncWriteExt, Interest};
use tokio::net::UnixStream;

const VERSION: u32 = 4;
const HELLO: u32 = 1;
const NEW_SESSION: u32 = 0x1000_0002;
const PERMISSION_DENIED: u32 = 0x8000_0002;
const FAILURE: u32 = 0x8000_0003;
const EXIT_MESSAGE: u32 = 0x8000_0004;
const SESSION_OPENED: u32 = 0x8000_0006;
/// No character is one that escapes.
const NONE: u32 = u32::MAX;

/// A session. It is closed when this is dropped.
#[derive(Debug)]
pub(super) struct MuxSession {
    socket: UnixStream,
    /// What was read and is not a whole message yet.
    read: Vec<u8>,
}

impl MuxSession {
    /// Runs a line for the shell on the host, with these standard streams.
    pub(super) async fn open(socket: &Path, line: &str, streams: [OwnedFd; 3]) -> io::Result<Self> {
        let mut session = Self { socket: UnixStream::connect(socket).await?, read: Vec::new() };
        let new = Message::new(NEW_SESSION).number(0).text("");
        // Neither a terminal, nor X11, nor an agent, nor a subsystem.
        let new = (0..4).fold(new, |new, _| new.number(0)).number(NONE).text("").text(line);
        let hello = Message::new(HELLO).number(VERSION);
        session.socket.write_all(&[hello.packet(), new.packet()].concat()).await?;
        for stream in streams {
            session.pass(&stream).await?;
        }
        let opened = async {
            loop {
                match session.next().await? {
                    (SESSION_OPENED, _) => return Ok(()),
                    (PERMISSION_DENIED | FAILURE, body) => {
                        // The number of the request and the length of the text stand in front of it.
                        let why = String::from_utf8_lossy(body.get(8..).unwrap_or_default()).into_owned();
                        return Err(io::Error::other(why));
                    }
                    _ => {}
                }
            }
        };
        opened.await?;
        Ok(session)
    }

    /// Resolves when it has ended. If the future is dropped, it can be waited for again.
    ///
    /// # Errors
    /// When nobody says how.
    pub(super) async fn ended(&mut self) -> io::Result<ExitStatus> {
        loop {
            let (kind, body) = self.next().await?;
            if let (EXIT_MESSAGE, Some(status)) = (kind, body.get(4..).and_then(number)) {
                // As a system packs it.
                return Ok(ExitStatus::from_raw((status as i32) << 8));
            }
        }
    }

    /// The next message: its kind, and what follows.
    async fn next(&mut self) -> io::Result<(u32, Vec<u8>)> {
        loop {
            let length = number(&self.read).map_or(usize::MAX, |length| length as usize);
            if let Some(message) = length.checked_add(4).and_then(|end| self.read.get(4..end)) {
                let (kind, body) = (number(message), message.get(4..).unwrap_or_default().to_vec());
                self.read.drain(..4 + length);
                return Ok((kind.ok_or(io::ErrorKind::InvalidData)?, body));
            }
            if self.socket.read_buf(&mut self.read).await? == 0 {
                return Err(io::Error::other("the connection was closed"));
            }
        }
    }

    /// Passes a descriptor, with a byte of its own.
    async fn pass(&self, descriptor: &OwnedFd) -> io::Result<()> {
        let descriptors = [descriptor.as_fd()];
        let send = || {
            let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
            let mut rights = SendAncillaryBuffer::new(&mut space);
            rights.push(SendAncillaryMessage::ScmRights(&descriptors));
            Ok(sendmsg(&self.socket, &[IoSlice::new(&[0])], &mut rights, SendFlags::empty())?)
        };
        self.socket.async_io(Interest::WRITABLE, send).await.map(drop)
    }
}

/// A message that is written.
struct Message(Vec<u8>);

impl Message {
    fn new(kind: u32) -> Self {
        Self(Vec::new()).number(kind)
    }

    fn number(mut self, number: u32) -> Self {
        self.0.extend(number.to_be_bytes());
        self
    }

    fn text(self, text: &str) -> Self {
        let mut message = self.number(text.len() as u32);
        message.0.extend(text.as_bytes());
        message
    }

    /// It with its length in front.
    fn packet(self) -> Vec<u8> {
        [&(self.0.len() as u32).to_be_bytes(), &*self.0].concat()
    }
}

/// The number that this begins with.
fn number(bytes: &[u8]) -> Option<u32> {
    Some(u32::from_be_bytes(*bytes.first_chunk()?))
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write, pipe};
    use std::os::unix::net::UnixListener;

    use super::*;

    /// A session with a stand-in for `ssh` that says this, a byte at a time, when it has got what a client sends.
    async fn session_with(said: Vec<u8>) -> io::Result<MuxSession> {
        let directory = std::env::temp_dir().join(format!("cluster-mux-{}-{}", std::process::id(), said.len()));
        std::fs::create_dir(&directory)?;
        let socket = directory.join("s");
        let listener = UnixListener::bind(&socket)?;
        // Not one of tokio's, which does not expect the gaps that descriptors make.
        let answer = tokio::task::spawn_blocking(move || {
            let (mut client, _) = listener.accept()?;
            // Those of three descriptors come last.
            let mut asked = [0; 12 + 4 + 4 * 10 + "line".len() + 3];
            client.read_exact(&mut asked)?;
            said.iter().try_for_each(|byte| client.write_all(&[*byte]))
        });
        let ((input, _), (_, output), (_, errors)) = (pipe()?, pipe()?, pipe()?);
        let streams = [OwnedFd::from(input), output.into(), errors.into()];
        let (opened, answered) = tokio::join!(MuxSession::open(&socket, "line", streams), answer);
        std::fs::remove_dir_all(&directory)?;
        answered??;
        opened
    }

    #[tokio::test]
    async fn a_session_says_its_status_whatever_comes_before() -> io::Result<()> {
        let said = [
            Message::new(HELLO).number(VERSION),
            Message::new(SESSION_OPENED).number(0).number(7),
            Message::new(0x8000_0008).number(7),
            Message::new(EXIT_MESSAGE).number(7).number(3),
        ];
        let mut session = session_with(said.into_iter().flat_map(Message::packet).collect()).await?;
        assert_eq!(session.ended().await?.code(), Some(3));
        let lost = session.ended().await.expect_err("nothing follows").to_string();
        assert_eq!(lost, "the connection was closed");
        Ok(())
    }

    #[tokio::test]
    async fn a_session_that_is_refused_says_why() {
        let refused = Message::new(FAILURE).number(0).text("Session open refused by peer").packet();
        let error = session_with(refused).await.expect_err("it is refused").to_string();
        assert_eq!(error, "Session open refused by peer");
    }
}
