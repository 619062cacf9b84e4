//! The TCP connections of this machine, as Linux lists them. Elsewhere there are none.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::ops::Range;
use std::path::Path;

use crate::place::{Connection, Connections};

/// Where the state of a connection is in its line: behind two addresses of fixed length.
const STATE: Range<usize> = 28..30;
/// The state of a connection, as the system writes it.
const ESTABLISHED: &str = "01";
/// A dial that is not answered yet.
const SYN_SENT: &str = "02";

/// Those of this moment.
pub(crate) fn connections() -> Connections {
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    Connections(table.lines().filter_map(connection).collect())
}

/// Whether a process of this group has it.
pub(crate) fn has_group(connection: &Connection, group: u32) -> bool {
    sockets_of(group).contains(&connection.socket)
}

/// Most lines are of connections that have ended, of which there may be tens of thousands: they are told by their state alone.
fn connection(line: &str) -> Option<Connection> {
    let (_, fields) = line.split_once(": ")?;
    let state = fields.get(STATE)?;
    if state != ESTABLISHED && state != SYN_SENT {
        return None;
    }
    let fields: Vec<_> = fields.split_whitespace().collect();
    let [local, remote, _, _, _, _, _, _, inode, ..] = fields[..] else { return None };
    let (local, remote, socket) = (address(local)?, address(remote)?, format!("socket:[{inode}]"));
    Some(Connection { local, remote, is_established: state == ESTABLISHED, socket })
}

/// The system writes an address as a number in the machine's byte order.
fn address(text: &str) -> Option<SocketAddr> {
    let (host, port) = text.split_once(':')?;
    let host = Ipv4Addr::from(u32::from_str_radix(host, 16).ok()?.to_ne_bytes());
    Some((host, u16::from_str_radix(port, 16).ok()?).into())
}

/// The sockets of all processes of a group.
fn sockets_of(group: u32) -> Vec<String> {
    let processes = fs::read_dir("/proc").into_iter().flatten().filter_map(Result::ok).map(|process| process.path());
    let members = processes.filter(|process| group_of(process) == Some(group));
    let descriptors = members.flat_map(|process| fs::read_dir(process.join("fd")).into_iter().flatten());
    let targets = descriptors.filter_map(|descriptor| fs::read_link(descriptor.ok()?.path()).ok());
    targets.filter_map(|target| target.into_os_string().into_string().ok()).collect()
}

/// The group of a process: the third field after its name, which is in parentheses.
fn group_of(process: &Path) -> Option<u32> {
    let stat = fs::read_to_string(process.join("stat")).ok()?;
    stat.rsplit_once(')')?.1.split_whitespace().nth(2)?.parse().ok()
}

#[cfg(test)]
#[cfg(target_os = "linux")]
mod tests {
    use std::net::{TcpListener, TcpStream};

    use super::*;

    #[test]
    fn a_connection_is_found_by_the_group_of_its_process() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let addr = listener.local_addr().expect("it is bound");
        let own = group_of(Path::new("/proc/self")).expect("it has a group");
        assert_eq!(connections().to(&[addr]).count(), 0);
        let stream = TcpStream::connect(addr).expect("it listens");
        let local = stream.local_addr().expect("it is bound");
        let connections = connections();
        let found: Vec<_> = connections.to(&[addr]).collect();
        assert_eq!(found.iter().map(|found| found.local).collect::<Vec<_>>(), [local]);
        assert!(has_group(found[0], own), "{found:?}");
        assert!(!has_group(found[0], 0), "that is the group of the kernel's threads");
    }

    #[test]
    fn connections_that_have_ended_are_none() {
        let line = |number: u32, state: &str| {
            format!(
                "{number:4}: 0100007F:AD5D 0200007F:0016 {state} 00000000:00000000 00:00000000 00000000     0        0 113 1 \
                 0000000035b121d8 100 0 0 10 0"
            )
        };
        assert!(connection(&line(0, "06")).is_none(), "it waits for its time to be over");
        let found = connection(&line(12345, ESTABLISHED)).expect("it is one");
        assert_eq!((found.local, found.remote), (([127, 0, 0, 1], 44381).into(), ([127, 0, 0, 2], 22).into()));
        assert_eq!(found.socket, "socket:[113]");
        assert!(found.is_established && connection(&line(1, SYN_SENT)).is_some_and(|dial| !dial.is_established));
    }

    #[test]
    fn dials_that_are_not_answered_are_counted() {
        // Its queue is full after the first.
        let listener = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
        listener.bind(&SocketAddr::from(([127, 0, 0, 1], 0)).into()).expect("a port is free");
        listener.listen(0).expect("it is bound");
        let addr = listener.local_addr().expect("it is bound").as_socket().expect("it is an address");
        let dials: Vec<_> = (0..4)
            .map(|_| {
                let dial = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).expect("a socket");
                dial.set_nonblocking(true).expect("it is a socket");
                let _ = dial.connect(&addr.into());
                dial
            })
            .collect();
        let answered = dials.iter().filter(|dial| dial.peer_addr().is_ok()).count();
        assert_eq!(connections().unanswered(&[addr].into()).count(), dials.len() - answered);
        assert!(answered < dials.len(), "a queue of length 0 takes them all");
    }
}
