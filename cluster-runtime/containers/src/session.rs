//! The containers of a cluster, while it has them.

use std::collections::hash_map::RandomState;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cluster_runtime::place::{
    BoxFuture, LocalFiles, Pair, Passage, Placement, Rule, ScriptedFiles, Session, Spot, Wanted,
};
use tokio::task::JoinSet;

use crate::bodies::{self, Network};
use crate::directory::Directory;
use crate::engine::Engine;
use crate::faults::Faults;
use crate::host::Host;
use crate::network::{self, Span, Subnet};
use crate::rules::Member;
use crate::run::{self, Reach, Run};
use crate::spot::{ContainerSpot, Networked};
use crate::volume::{self, InVolume};

#[derive(Debug)]
pub(crate) struct ContainersSession {
    run: Arc<Run>,
    subnet: Subnet,
    placement: Mutex<Placement>,
    /// How many nodes have got an address.
    admitted: AtomicU32,
    /// Nothing where none were asked for.
    faults: Option<Faults>,
}

impl ContainersSession {
    pub(crate) async fn open(
        span: Span,
        engines: Vec<(String, Engine)>,
        placement: Placement,
        image: Option<String>,
        has_faults: bool,
    ) -> io::Result<Self> {
        let belonging = match span {
            Span::Engine => run::belonging(&engines[0].1).await?,
            // The files there are nobody's here.
            Span::Swarm => (None, Reach::ByEngine),
        };
        let id = format!("{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish());
        let hosts = open_hosts(&id, span, engines, has_faults).await?;
        let subnet = network::create(&hosts[0].engine, &id, &run::network_of(&id), span).await?;
        let faults = has_faults.then(|| Faults::new(hosts.iter().map(|host| host.keeper.clone()).collect()));
        let run = Arc::new(Run::new(id, span, hosts, image, belonging));
        Ok(Self { run, subnet, placement: Mutex::new(placement), admitted: AtomicU32::new(0), faults })
    }

    async fn admit_all(&self, nodes: Vec<Wanted>) -> io::Result<Vec<Box<dyn Spot>>> {
        let members = self.members(&nodes)?;
        let mut holders: Vec<_> = nodes.iter().map(|_| None).collect();
        if self.faults.is_some() || self.run.span == Span::Swarm {
            let held = self.hold(&nodes, &members).await?;
            if let Some(faults) = &self.faults {
                let named = nodes.iter().zip(&members).zip(&held);
                let named: Vec<_> =
                    named.map(|((node, member), (_, process))| (node.name.clone(), *member, *process)).collect();
                faults.admit(&named).await?;
            }
            holders = held.into_iter().map(|(name, process)| Some(Networked::new(name, Some(process)))).collect();
        }
        let spot = |((node, member), holder): ((&Wanted, &Member), Option<Arc<Networked>>)| {
            let directory = match &holder {
                Some(holder) if self.run.span == Span::Swarm => there(&self.run, node, *member, holder.name()),
                _ => Directory::Here(LocalFiles::new(node.name.clone())),
            };
            let spot = ContainerSpot::new(self.run.clone(), node, *member, directory, holder)?;
            Ok(Box::new(spot) as Box<dyn Spot>)
        };
        nodes.iter().zip(&members).zip(holders).map(spot).collect()
    }

    /// Gives each of these nodes a host and an address.
    fn members(&self, nodes: &[Wanted]) -> io::Result<Vec<Member>> {
        let names: Vec<_> = nodes.iter().map(|node| node.name.clone()).collect();
        let hosts = self.placement.lock().unwrap_or_else(PoisonError::into_inner).place(&names)?;
        let (count, most) = (nodes.len() as u32, self.run.span.most());
        let first = self.admitted.fetch_add(count, Ordering::Relaxed);
        if first + count > most {
            return Err(io::Error::other(format!("a cluster has at most {most} nodes in containers")));
        }
        let member = |(number, host)| Member { number, addr: self.subnet.addr(number), host };
        Ok((first..first + count).zip(hosts).map(member).collect())
    }

    /// Holds the networks of these nodes, each by a container with this process.
    async fn hold(&self, nodes: &[Wanted], members: &[Member]) -> io::Result<Vec<(String, i64)>> {
        let mut tasks = JoinSet::new();
        for (number, (node, member)) in nodes.iter().zip(members).enumerate() {
            let (run, node, member) = (self.run.clone(), node.clone(), *member);
            tasks.spawn(async move { (number, hold(&run, &node, member).await) });
        }
        in_order(tasks).await
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

/// Opens all hosts at the same time. The first of them has the network.
async fn open_hosts(run: &str, span: Span, engines: Vec<(String, Engine)>, has_faults: bool) -> io::Result<Vec<Host>> {
    let mut tasks = JoinSet::new();
    for (number, (name, engine)) in engines.into_iter().enumerate() {
        let run = run.to_owned();
        tasks.spawn(async move {
            let network = (number == 0).then(|| format!("networks/{}", run::network_of(&run)));
            let volume = (span == Span::Swarm).then(|| format!("volumes/{}", run::network_of(&run)));
            let resources: Vec<_> = network.into_iter().chain(volume).collect();
            let host = Host::open(name, engine, &run, &resources, has_faults).await;
            if let (Ok(host), Span::Swarm) = (&host, span)
                && let Err(error) = host.check(has_faults).await
            {
                return (number, Err(error));
            }
            (number, host)
        });
    }
    in_order(tasks).await
}

async fn in_order<T: Send + 'static>(tasks: JoinSet<(usize, io::Result<T>)>) -> io::Result<Vec<T>> {
    let mut done = tasks.join_all().await;
    done.sort_by_key(|(number, _)| *number);
    done.into_iter().map(|(_, done)| done).collect()
}

/// The directory of a node on its host, which the container has that holds its network.
fn there(run: &Run, node: &Wanted, member: Member, holder: &str) -> Directory {
    let (engine, container) = (run.hosts[member.host].engine.clone(), holder.to_owned());
    let files = ScriptedFiles::new(InVolume { engine, container }, directory_of(node, member));
    Directory::There(files, Box::new(volume::mount(&run.id, &run.network())))
}

fn directory_of(node: &Wanted, member: Member) -> String {
    volume::directory_of(&format!("{}-{}", member.number + 1, run::safe(&node.name)))
}

async fn hold(run: &Run, node: &Wanted, member: Member) -> io::Result<(String, i64)> {
    let name = run.name(&format!("{}-network", node.name));
    let network = Network::Own(run.network(), member.addr);
    let path = directory_of(node, member);
    let directory = match run.span {
        Span::Engine => None,
        Span::Swarm => Some((&*path, volume::mount(&run.id, &run.network()))),
    };
    let engine = &run.hosts[member.host].engine;
    let _turn = engine.turn().await?;
    engine.create(&name, bodies::holder(&run.id, &network, directory)).await?;
    engine.start(&name).await?;
    let process = engine.process(&name).await?;
    Ok((name, process))
}
