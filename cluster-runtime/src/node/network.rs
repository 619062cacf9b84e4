//! A node's sockets and its directory.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use serde_json::json;

use super::context::NodeContext;
use super::link::{Dial, LinkEnd};
use super::peer::Peer;
use crate::driver::Driver;
use crate::error::{Error, Result};
use crate::event::Level;
use crate::net::simulated::{Inbox, Listening};
use crate::net::{Datagram, DatagramSocket, Listener, Socket, Stream, Traffic};

/// The first pause between two attempts to reach a peer; each further one is twice as long.
const FIRST_PAUSE: Duration = Duration::from_millis(2);
/// The longest pause between two attempts to reach a peer.
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

impl NodeContext {
    /// Listens on the node's address. When the listener is dropped, the node may listen again.
    ///
    /// # Errors
    /// When the address is listened on already, or no file descriptor is left.
    ///
    /// # Examples
    /// ```
    /// use cluster_runtime::{NodeContext, Result, Service, cluster};
    /// use tokio::io::{AsyncReadExt, AsyncWriteExt};
    ///
    /// async fn serve(node: NodeContext) -> Result {
    ///     let listener = node.listen()?;
    ///     for peer in node.peers().iter().filter(|peer| peer.dial()) {
    ///         let mut stream = node.connect(peer).await?;
    ///         stream.write_u8(42).await?;
    ///         node.connected(peer.name());
    ///     }
    ///     node.ready();
    ///     let (mut stream, _) = tokio::select! {
    ///         accepted = listener.accept() => accepted?,
    ///         () = node.stopped() => return Ok(()),
    ///     };
    ///     assert_eq!(stream.read_u8().await?, 42);
    ///     node.stopped().await;
    ///     Ok(())
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result {
    /// let net = cluster! { use Service::new(serve); hub; leaf: connect(hub) }.start().await?;
    /// net.stop().await
    /// # }
    /// ```
    pub fn listen(&self) -> Result<Listener> {
        self.bind().map_err(|error| self.unable("listen on", error))
    }

    /// Connects to a peer. Retries until the peer listens, as all nodes start at the same time. The pause between two attempts
    /// doubles from 2 ms to 250 ms. Calls [`dialled`](Self::dialled) or [`dial_failed`](Self::dial_failed), and reports the
    /// error of an attempt as an event `dial_failed` in the section `p2p.dial`.
    ///
    /// # Errors
    /// [`Error::Stopped`] when the test stops the node; a service that returns it has ended gracefully.
    pub async fn connect(&self, peer: &Peer) -> Result<Stream> {
        tokio::select! {
            biased;
            // Large, and gone for most of the life of the task that waits for it.
            stream = Box::pin(self.dial_until_reached(peer)) => Ok(stream),
            () = self.stopped() => {
                // A task that dials again after each error would block the thread of its node.
                tokio::task::yield_now().await;
                Err(Error::Stopped { node: self.state().name().clone() })
            }
        }
    }

    async fn dial_until_reached(&self, peer: &Peer) -> Stream {
        let mut pause = FIRST_PAUSE;
        let mut last_error = String::new();
        loop {
            match self.dial_peer(peer.link()).await {
                Ok(stream) => {
                    peer.link().note_dial(Dial::Dialled);
                    return stream;
                }
                Err(error) => {
                    let error = error.to_string();
                    peer.link().note_dial(Dial::Failed(error.clone()));
                    if error != last_error {
                        let value = json!({ "peer": peer.name(), "error": error });
                        self.event(Level::Debug, "p2p.dial", "dial_failed", value);
                        last_error = error;
                    }
                }
            }
            self.state().spot().sleep(pause).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    /// Connects to any address, such as one that was learned from a peer. Makes one attempt, and reports nothing.
    ///
    /// # Errors
    /// When the connection is refused or fails.
    pub async fn dial(&self, addr: SocketAddr) -> io::Result<Stream> {
        match self.link_at(addr) {
            Some(link) => self.dial_along(&link, addr).await,
            None => Ok(Stream::new(self.socket_to(addr).await?)),
        }
    }

    async fn dial_peer(&self, link: &LinkEnd) -> io::Result<Stream> {
        // A node that is added later has its address by then.
        if self.state().is_simulated() && !link.other().is_simulated() {
            return Err(io::Error::new(io::ErrorKind::NotConnected, "it has no address yet"));
        }
        match link.relays() {
            Some(_) => Ok(Stream::new(self.socket_to(link.route()).await?)),
            None => self.dial_along(link, link.route()).await,
        }
    }

    async fn dial_along(&self, link: &LinkEnd, addr: SocketAddr) -> io::Result<Stream> {
        let background = self.driver().map_err(io::Error::other)?.background();
        link.wire().dial(link.paths(), Traffic::OfNodes, background, self.socket_to(addr)).await
    }

    fn bind(&self) -> io::Result<Listener> {
        match self.state().network() {
            Some(network) => Ok(Listener::simulated(Listening::bind(network, self.addr())?)),
            None => self.state().spot().listen(),
        }
    }

    async fn socket_to(&self, addr: SocketAddr) -> io::Result<Socket> {
        match self.state().network() {
            Some(network) => Ok(Socket::Simulated(network.connect(self.addr().ip(), addr)?)),
            None => Ok(Socket::Tcp(self.state().spot().connect(addr).await?)),
        }
    }

    fn datagram_socket(&self) -> io::Result<DatagramSocket> {
        match self.state().network() {
            Some(network) => Ok(DatagramSocket::Simulated(Inbox::bind(network, self.addr())?)),
            None => Ok(DatagramSocket::Udp(self.state().spot().datagram()?)),
        }
    }

    /// The link to the node of its cluster at this address.
    fn link_at(&self, addr: SocketAddr) -> Option<LinkEnd> {
        self.link_with(&self.home()?.at(addr)?)
    }

    /// Binds a UDP socket to the node's address: its port has the number of the TCP port.
    ///
    /// # Errors
    /// When the node has such a socket already, or no file descriptor is left.
    pub fn datagram(&self) -> Result<Datagram> {
        let socket = self.datagram_socket().map_err(|error| self.unable("take datagrams at", error))?;
        let node = self.clone();
        let paths_to = move |addr| Some(node.link_at(addr)?.paths());
        Ok(Datagram::new(socket, self.driver()?.background(), paths_to))
    }

    /// Returns the node's directory, for its files. It is created at the first call, and kept over all runs of the node. When the
    /// last handle to the node is dropped it is removed, unless a report has named it or the test panics.
    ///
    /// # Errors
    /// When it cannot be created.
    pub fn dir(&self) -> Result<&Path> {
        Ok(self.state().spot().files().dir()?)
    }

    /// The driver of its cluster, once it was started.
    pub(crate) fn driver(&self) -> Result<&Driver> {
        let driver = self.home().and_then(|home| home.driver());
        driver.ok_or_else(|| Error::other(format!("node `{}` was never started", self.name())))
    }

    pub(super) fn unable(&self, wanted: &str, error: io::Error) -> Error {
        Error::other(format!("node `{}` cannot {wanted} {}: {error}", self.name(), self.addr()))
    }
}
