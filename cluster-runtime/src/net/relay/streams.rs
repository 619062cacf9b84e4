use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::io::copy_bidirectional_with_sizes;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{mpsc, oneshot};

use super::Probes;
use super::door::Door;
use crate::clock;
use crate::driver::Background;
use crate::net::bites::Bites;
use crate::net::path::{Block, Traffic};
use crate::net::paths::Paths;
use crate::net::{Socket, Stream, Wire};

/// The pause after an accept that failed, as when no file descriptor is left.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// How many bytes are copied at a time, each way.
const COPIED: usize = 128 << 10;

/// Where the streams of one relay go on.
#[derive(Clone)]
pub(super) struct Route {
    pub(super) to: SocketAddr,
    /// The host of the node that dials, so that the other sees it.
    pub(super) from: IpAddr,
    pub(super) wire: Wire,
    pub(super) paths: Paths,
    pub(super) background: Background,
    pub(super) probes: Arc<Probes>,
}

/// Carries the streams that are dialled, until it is dropped.
pub(super) async fn serve(mut door: Door, route: Route, mut changes: mpsc::UnboundedReceiver<oneshot::Sender<()>>) {
    loop {
        tokio::select! {
            biased;
            Some(seen) = changes.recv() => {
                if door.obey(route.paths.block()).is_err() {
                    return;
                }
                // Nobody may wait for it.
                let _ = seen.send(());
            }
            accepted = door.accept() => match accepted {
                Ok((stream, from)) if !door.is_filler(from) => {
                    route.background.spawn(carry(stream, from, route.clone()));
                }
                Ok(_) => {}
                Err(_) => clock::pause(ACCEPT_PAUSE).await,
            },
        }
    }
}

/// Carries one stream to its end. What breaks at one side is reset at the other.
async fn carry(mut near: TcpStream, from: SocketAddr, route: Route) {
    let _ = near.set_nodelay(true);
    if carry_along(&mut near, from, &route).await.is_err() {
        let _ = near.set_zero_linger();
    }
}

async fn carry_along(near: &mut TcpStream, from: SocketAddr, route: &Route) -> io::Result<()> {
    let (to, traffic) = match route.probes.take(from) {
        Some(to) => (to, Traffic::OfProbe),
        None => (route.to, Traffic::OfNodes),
    };
    if let Some(Block::Refuse | Block::Reset) = route.paths.block() {
        if traffic == Traffic::OfNodes {
            route.paths.count(Bites::dial);
        }
        return Err(io::ErrorKind::ConnectionReset.into());
    }
    let dial = connect(route.from, to);
    let mut far: Stream = route.wire.dial(route.paths.clone(), traffic, route.background.clone(), dial).await?;
    let carried = copy_bidirectional_with_sizes(near, &mut far, COPIED, COPIED).await;
    if carried.is_err() {
        let _ = far.set_zero_linger();
    }
    carried.map(drop)
}

async fn connect(from: IpAddr, to: SocketAddr) -> io::Result<Socket> {
    let socket = if to.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
    socket.bind((from, 0).into())?;
    Ok(Socket::Tcp(socket.connect(to).await?))
}
