//! The containers of a cluster, while it has them.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::Ipv4Addr;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use cluster_runtime::place::{BoxFuture, Pair, Passage, Rule, Session, Spot, Wanted};
use tokio::task::JoinSet;

use crate::bodies::{self, Network};
use crate::engine::Engine;
use crate::faults::Faults;
use crate::image;
use crate::keeper::Keeper;
use crate::network::{self, MOST, Subnet};
use crate::rules::Member;
use crate::run::{self, Run};
use crate::spot::{ContainerSpot, Networked};
use crate::sweep::sweep;

#[derive(Debug)]
pub(crate) struct ContainersSession {
    run: Arc<Run>,
    subnet: Subnet,
    /// How many nodes have got an address.
    admitted: AtomicU32,
    /// Nothing where none were asked for.
    faults: Option<Faults>,
}

impl ContainersSession {
    pub(crate) async fn open(socket: &Path, image: Option<String>, has_faults: bool) -> io::Result<Self> {
        let engine = Engine::at(socket).await?;
        let (user, provided) = tokio::join!(run::user(&engine), image::provide(&engine));
        provided?;
        let id = format!("{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish());
        let network = format!("cluster-{id}");
        let (keeper, ()) = tokio::join!(Keeper::start(&engine, &id, has_faults), sweep(&engine));
        let keeper = keeper?;
        let subnet = network::create(&engine, &id, &network).await?;
        let faults = has_faults.then(|| Faults::new(keeper.clone()));
        let run = Run::new(id, engine, image, user?, network, keeper);
        Ok(Self { run: Arc::new(run), subnet, admitted: AtomicU32::new(0), faults })
    }

    async fn admit_all(&self, nodes: Vec<Wanted>) -> io::Result<Vec<Box<dyn Spot>>> {
        let count = nodes.len() as u32;
        let first = self.admitted.fetch_add(count, Ordering::Relaxed);
        if first + count > MOST {
            return Err(io::Error::other(format!("a cluster has at most {MOST} nodes in containers")));
        }
        let members: Vec<_> =
            (first..first + count).map(|number| Member { number, addr: self.subnet.addr(number) }).collect();
        let mut holders: Vec<_> = nodes.iter().map(|_| None).collect();
        if let Some(faults) = &self.faults {
            let held = self.hold(&nodes, &members).await?;
            let named = nodes.iter().zip(&members).zip(&held);
            let named: Vec<_> =
                named.map(|((node, member), (_, process))| (node.name.clone(), *member, *process)).collect();
            faults.admit(&named).await?;
            holders = held.into_iter().map(|(name, process)| Some(Networked::new(name, Some(process)))).collect();
        }
        let spot = |((node, member), holder): ((&Wanted, &Member), _)| -> io::Result<Box<dyn Spot>> {
            Ok(Box::new(ContainerSpot::new(self.run.clone(), node, member.addr, holder)?))
        };
        nodes.iter().zip(&members).zip(holders).map(spot).collect()
    }

    /// Holds the networks of these nodes, each by a container with this process.
    async fn hold(&self, nodes: &[Wanted], members: &[Member]) -> io::Result<Vec<(String, i64)>> {
        let mut tasks = JoinSet::new();
        for (number, (node, member)) in nodes.iter().zip(members).enumerate() {
            let (run, node, addr) = (self.run.clone(), node.name.clone(), member.addr);
            tasks.spawn(async move { (number, hold(&run, &node, addr).await) });
        }
        let mut held = tasks.join_all().await;
        held.sort_by_key(|(number, _)| *number);
        held.into_iter().map(|(_, held)| held).collect()
    }

    fn faults(&self) -> io::Result<&Faults> {
        self.faults.as_ref().ok_or_else(|| io::ErrorKind::Unsupported.into())
    }
}

impl Session for ContainersSession {
    fn admit(&self, nodes: Vec<Wanted>) -> BoxFuture<'_, io::Result<Vec<Box<dyn Spot>>>> {
        Box::pin(self.admit_all(nodes))
    }

    fn set_rules<'a>(&'a self, rules: &'a [Rule]) -> BoxFuture<'a, io::Result<()>> {
        Box::pin(async { self.faults()?.set(rules).await })
    }

    fn probe<'a>(&'a self, pairs: &'a [Pair], packets: u32) -> BoxFuture<'a, io::Result<Vec<Passage>>> {
        Box::pin(async move { self.faults()?.probe(pairs, packets).await })
    }

    fn passages<'a>(&'a self, pairs: &'a [Pair]) -> BoxFuture<'a, io::Result<Vec<Passage>>> {
        Box::pin(async { self.faults()?.passages(pairs).await })
    }
}

async fn hold(run: &Run, node: &str, addr: Ipv4Addr) -> io::Result<(String, i64)> {
    let name = run.name(&format!("{node}-network"));
    let network = Network::Own(run.network.clone(), addr);
    let _turn = run.engine.turn().await?;
    run.engine.create(&name, bodies::holder(&run.id, &network)).await?;
    run.engine.start(&name).await?;
    let process = run.engine.process(&name).await?;
    Ok((name, process))
}
