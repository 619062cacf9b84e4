//! Servers of [memcached](https://memcached.org) (version 1.6.18, as Debian has it).

use cluster_runtime::{Feature, Process, Ready};

/// A cache at the node's address. Servers do not know each other: clients spread their keys over all of them. So
/// private mode is as public mode is. It writes no log, and has no events.
pub fn memcached() -> Process {
    Process::new("memcached", |node, command| {
        command.arg("--listen").arg(node.addr().ip()).arg("--port").arg(node.addr().port());
        // It refuses to run as root, unless it is told so.
        command.args(["--udp-port", "0", "--user", "root"]);
    })
    .if_missing("`apt-get install memcached`")
    .ready(Ready::port(""))
    .supports(Feature::Private)
}
