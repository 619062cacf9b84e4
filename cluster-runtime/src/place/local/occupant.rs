//! The process that listens on a port.

use std::fs;
use std::net::SocketAddr;

use super::port::is_taken;

/// Describes what listens on a TCP port, if anything does: a process, where the system reports which one.
pub(super) fn occupant(addr: SocketAddr) -> Option<String> {
    if !is_taken(addr) {
        return None;
    }
    let sockets = [listening("/proc/net/tcp", addr), listening("/proc/net/tcp6", addr)].concat();
    Some(owner(&sockets).unwrap_or_else(|| "a process that the system does not name".to_owned()))
}

/// The sockets that listen on an address, or on all addresses, as `/proc/PID/fd` shows them.
fn listening(table: &str, addr: SocketAddr) -> Vec<String> {
    const LISTENS: &str = "0A";
    let SocketAddr::V4(addr) = addr else { return Vec::new() };
    // The system writes an address as a number in the machine's byte order.
    let hosts = [format!("{:08X}", u32::from_ne_bytes(addr.ip().octets())), "0".repeat(8), "0".repeat(32)];
    let locals = hosts.map(|host| format!("{host}:{:04X}", addr.port()));
    let table = fs::read_to_string(table).unwrap_or_default();
    let socket = |line: &str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let is_it = *fields.get(3)? == LISTENS && locals.iter().any(|local| local == fields[1]);
        is_it.then(|| fields.get(9).map(|inode| format!("socket:[{inode}]")))?
    };
    table.lines().filter_map(socket).collect()
}

/// The name and number of the process that has one of these sockets.
fn owner(sockets: &[String]) -> Option<String> {
    let processes = fs::read_dir("/proc").ok()?.filter_map(Result::ok);
    let mut processes =
        processes.filter(|process| process.file_name().to_str().is_some_and(|name| name.parse::<u32>().is_ok()));
    let process = processes.find(|process| {
        let Ok(descriptors) = fs::read_dir(process.path().join("fd")) else { return false };
        let mut targets = descriptors.filter_map(|descriptor| fs::read_link(descriptor.ok()?.path()).ok());
        targets.any(|target| sockets.iter().any(|socket| target.as_os_str() == socket.as_str()))
    })?;
    let number = process.file_name().into_string().ok()?;
    if number == std::process::id().to_string() {
        return Some("this test itself".to_owned());
    }
    let name = fs::read_to_string(process.path().join("comm")).unwrap_or_default();
    Some(format!("`{}` (process {number})", name.trim_end()))
}
