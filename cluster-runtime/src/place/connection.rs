use std::collections::HashSet;
use std::net::SocketAddr;

/// One end of a TCP connection of a place.
#[derive(Clone, Debug)]
pub(crate) struct Connection {
    pub(crate) local: SocketAddr,
    pub(crate) remote: SocketAddr,
    pub(crate) is_established: bool,
    /// By which a process that has it is found.
    pub(crate) socket: String,
}

/// The connections of a place at one moment, with the dials that are not answered yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connections(pub(super) Vec<Connection>);

impl Connections {
    /// Those to one of these addresses.
    pub(crate) fn to(&self, addrs: &[SocketAddr]) -> impl Iterator<Item = &Connection> {
        self.0.iter().filter(|connection| connection.is_established && addrs.contains(&connection.remote))
    }

    /// The dials of these addresses that are not answered yet.
    pub(crate) fn unanswered(&self, addrs: &HashSet<SocketAddr>) -> impl Iterator<Item = &Connection> {
        self.0.iter().filter(|dial| !dial.is_established && addrs.contains(&dial.remote))
    }
}
