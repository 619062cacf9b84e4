use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use super::conn::{Conn, WeakConn};
use super::path::Traffic;
use super::paths::Paths;
use super::socket::Socket;
use super::stream::Stream;
use crate::driver::Background;
use crate::lock::lock;

/// What two nodes send each other crosses it: both paths, and the streams that were dialled along them.
#[derive(Clone, Debug)]
pub(crate) struct Wire {
    paths: Paths,
    streams: Arc<Mutex<Vec<WeakConn>>>,
}

impl Wire {
    pub(crate) fn new() -> Self {
        Self { paths: Paths::new(), streams: Arc::default() }
    }

    /// The paths, as the first of the two nodes sees them.
    pub(crate) fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Dials along these paths, by `connect`.
    ///
    /// # Errors
    /// Those of `connect`, and when a fault refuses or resets it.
    pub(crate) async fn dial(
        &self,
        paths: Paths,
        traffic: Traffic,
        background: Background,
        connect: impl Future<Output = io::Result<Socket>>,
    ) -> io::Result<Stream> {
        paths.admit(traffic).await?;
        let conn = Conn::along(connect.await?, paths, traffic, background);
        self.add(&conn);
        // A fault that has come since did not find it.
        conn.rules_changed();
        Ok(Stream::of(conn))
    }

    /// The rules of its paths have changed.
    pub(crate) fn wake(&self) {
        for stream in self.streams() {
            stream.rules_changed();
        }
    }

    /// The rules of its paths have changed. Resolves when all that crosses it has seen them.
    pub(crate) async fn rules_changed(&self) {
        self.wake();
        self.paths.out().until_seen().await;
        self.paths.back().until_seen().await;
    }

    /// Where the streams come from that were dialled along its paths.
    pub(crate) fn sources(&self) -> Vec<SocketAddr> {
        self.streams().iter().filter_map(WeakConn::source).collect()
    }

    fn add(&self, conn: &Conn) {
        let mut streams = lock(&self.streams);
        streams.retain(WeakConn::is_open);
        // Seldom more than one, and a network has many wires.
        streams.reserve_exact(1);
        streams.push(conn.downgrade());
    }

    fn streams(&self) -> Vec<WeakConn> {
        lock(&self.streams).clone()
    }
}
