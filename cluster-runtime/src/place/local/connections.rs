//! The TCP connections of this machine, as Linux lists them. Elsewhere there are none.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

/// One end of a connection.
struct Connection {
    local: SocketAddr,
    remote: SocketAddr,
    /// As `/proc/PID/fd` shows it.
    socket: String,
}

/// The state of a connection, as the system writes it.
const ESTABLISHED: &str = "01";
/// A dial that is not answered yet.
const SYN_SENT: &str = "02";

/// An established connection of a process of this group to one of these addresses, as in "127.0.0.2:4000 to 127.0.0.3:5000".
pub(super) fn established_by(group: u32, to: &[SocketAddr]) -> Option<String> {
    let connections = in_state(ESTABLISHED, to);
    if connections.is_empty() {
        return None;
    }
    let sockets = sockets_of(group);
    let known = connections.iter().find(|connection| sockets.contains(&connection.socket))?;
    Some(format!("{} to {}", known.local, known.remote))
}

/// Where connections to these addresses come from.
pub(super) fn sources(to: &[SocketAddr]) -> Vec<SocketAddr> {
    in_state(ESTABLISHED, to).into_iter().map(|connection| connection.local).collect()
}

/// How many dials of these addresses are not answered yet.
pub(super) fn unanswered(to: &[SocketAddr]) -> usize {
    in_state(SYN_SENT, to).len()
}

fn in_state(state: &str, to: &[SocketAddr]) -> Vec<Connection> {
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    let connection = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [_, local, remote, of_line, _, _, _, _, _, inode, ..] = fields[..] else { return None };
        let (local, remote) = (address(local)?, address(remote)?);
        (of_line == state && to.contains(&remote)).then(|| Connection {
            local,
            remote,
            socket: format!("socket:[{inode}]"),
        })
    };
    table.lines().filter_map(connection).collect()
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
        assert_eq!(established_by(own, &[addr]), None);
        let stream = TcpStream::connect(addr).expect("it listens");
        let local = stream.local_addr().expect("it is bound");
        assert_eq!(established_by(own, &[addr]), Some(format!("{local} to {addr}")));
        assert_eq!(established_by(0, &[addr]), None, "that is the group of the kernel's threads");
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
        assert_eq!(unanswered(&[addr]), dials.len() - answered);
        assert!(answered < dials.len(), "a queue of length 0 takes them all");
    }
}
