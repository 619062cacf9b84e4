//! Network namespaces of this machine.

mod handed;
mod holder;
mod network;
mod programs;
mod rules;
mod session;
mod sockets;
mod spot;
mod thread;

use std::io;

use tokio::runtime::Handle;

use self::session::NamespacesSession;
use super::{Ability, BoxFuture, Local, Place, Session};

/// Network namespaces of this machine, on Linux: each node has one, with an address of its own (198.18.x.y) that other nodes really see.
/// Between them the kernel forwards packets, and holds them for faults: whatever addresses nodes tell each other, nothing has a
/// way around it. So programs that gossip their addresses can be partitioned.
///
/// It needs the programs `unshare`, `nsenter`, `ip`, `ss`, `tc` and `nft`, which most systems have (Debian: `util-linux`, `iproute2`,
/// `nftables`), and no privileges; where the test is not root, it also needs `bash`. Programs of a test that is not root see
/// themselves as root. Nodes of the test's process, such as services, have their sockets outside, and are refused.
///
/// A cut is proved by a packet that each node sends to each from which it is cut, and by the kernel's counters; a loss, also a declared
/// one, by as many as it takes to lose one. Rates and losses are of packets, those of streams too; a rate is set, and no probe proves
/// it. Nothing can be delayed.
///
/// The addresses are reached from within only. What a description asks of its node gets there, and so do its commands; clients in the
/// test reach a port by [`reach`](crate::AnyNode::reach).
///
/// # Examples
/// ```no_run
/// use cluster_runtime::place::Namespaces;
/// use cluster_runtime::{Process, Ready, Result, cluster};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result {
/// let server = Process::new("redis-server", |node, command| {
///     command.args(["--bind", &node.addr().ip().to_string(), "--port", &node.port("").to_string()]);
/// })
/// .ready(Ready::port(""));
/// let net = cluster! { use server; k[3]: clique }.start().public(true).on(Namespaces::new()).await?;
/// let cut = net.cut(&net.k[0], &net.k[1..]).await?;
/// cut.heal().may_be_idle().await?;
/// net.stop().await
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct Namespaces(());

impl Namespaces {
    /// Namespaces that are made for one cluster.
    pub fn new() -> Self {
        Self::default()
    }
}

impl Place for Namespaces {
    fn name(&self) -> &'static str {
        "in network namespaces"
    }

    fn can(&self, ability: Ability) -> bool {
        use Ability::{Drop, Loss, Pause, Rate, Refuse, Reset};
        matches!(ability, Pause | Drop | Refuse | Reset | Rate | Loss)
    }

    fn check(&self) -> BoxFuture<'_, io::Result<()>> {
        Box::pin(async {
            // It runs programs, the first time.
            let maker = match Handle::try_current() {
                Ok(runtime) => runtime.spawn_blocking(programs::maker).await.map_err(io::Error::other)?,
                Err(_) => programs::maker(),
            };
            maker.map(drop)
        })
    }

    fn check_program(&self, program: &str) -> io::Result<()> {
        // They have the files of this machine.
        Local.check_program(program)
    }

    fn open(&self) -> BoxFuture<'_, io::Result<Box<dyn Session>>> {
        Box::pin(async { Ok(Box::new(NamespacesSession::open().await?) as Box<dyn Session>) })
    }
}
