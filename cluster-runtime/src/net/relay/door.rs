use std::collections::HashSet;
use std::future::pending;
use std::io;
use std::net::{Shutdown, SocketAddr};

use socket2::{Domain, Socket, Type};
use tokio::net::{TcpListener, TcpStream};

use super::OWN_HOST;
use crate::net::path::Block;

/// How many connections may wait to be accepted.
const BACKLOG: i32 = 128;
/// How many connections fill a queue of length 0 at most.
const FILLERS: usize = 8;

/// A listener that can stop to answer, or refuse.
pub(super) struct Door {
    addr: SocketAddr,
    state: State,
    /// Where connections come from that have only filled the queue.
    fillers: HashSet<SocketAddr>,
}

enum State {
    Open(TcpListener),
    /// Its queue is full, so that the system answers no dial. These connections fill it.
    Full(Socket, #[allow(dead_code, reason = "they fill the queue")] Vec<Socket>),
    /// It does not listen: the system refuses dials.
    Shut(Socket),
    /// Only for a moment, and after an error.
    Broken,
}

impl Door {
    pub(super) fn open(socket: Socket, addr: SocketAddr) -> io::Result<Self> {
        socket.listen(BACKLOG)?;
        Ok(Self { addr, state: State::Open(TcpListener::from_std(socket.into())?), fillers: HashSet::new() })
    }

    /// Waits for the next connection, as long as it is open.
    pub(super) async fn accept(&self) -> io::Result<(TcpStream, SocketAddr)> {
        match &self.state {
            State::Open(listener) => listener.accept().await,
            _ => pending().await,
        }
    }

    /// Whether a connection from there has only filled the queue.
    pub(super) fn is_filler(&mut self, from: SocketAddr) -> bool {
        self.fillers.remove(&from)
    }

    /// Opens or closes it as this block asks.
    ///
    /// # Errors
    /// When the system does not listen again.
    pub(super) fn obey(&mut self, block: Option<Block>) -> io::Result<()> {
        let is_so = matches!(
            (&self.state, block),
            (State::Open(_), None | Some(Block::Reset))
                | (State::Full(..), Some(Block::BlackHole))
                | (State::Shut(_), Some(Block::Refuse))
        );
        if is_so {
            return Ok(());
        }
        let socket = match std::mem::replace(&mut self.state, State::Broken) {
            State::Open(listener) => Socket::from(listener.into_std()?),
            State::Full(socket, _) | State::Shut(socket) => socket,
            State::Broken => return Err(io::ErrorKind::NotConnected.into()),
        };
        self.state = match block {
            None | Some(Block::Reset) => {
                socket.listen(BACKLOG)?;
                State::Open(TcpListener::from_std(socket.into())?)
            }
            Some(Block::Refuse) => {
                // On Linux a listener that is shut down keeps its port, and may listen again.
                let _ = socket.shutdown(Shutdown::Both);
                State::Shut(socket)
            }
            Some(Block::BlackHole) => {
                socket.listen(0)?;
                let fillers = self.fill()?;
                State::Full(socket, fillers)
            }
        };
        Ok(())
    }

    /// Dials it until the system does not answer.
    fn fill(&mut self) -> io::Result<Vec<Socket>> {
        let mut fillers = Vec::new();
        for _ in 0..FILLERS {
            let filler = Socket::new(Domain::for_address(self.addr), Type::STREAM, None)?;
            filler.set_nonblocking(true)?;
            filler.bind(&SocketAddr::from((OWN_HOST, 0)).into())?;
            // Its progress is seen by what follows.
            let _ = filler.connect(&self.addr.into());
            if let Some(from) = filler.local_addr()?.as_socket() {
                self.fillers.insert(from);
            }
            // On loopback a dial is answered within the call.
            let is_answered = filler.peer_addr().is_ok();
            if !is_answered {
                break;
            }
            fillers.push(filler);
        }
        Ok(fillers)
    }
}
