//! The hosts of a cluster, while it has them.

use std::collections::HashMap;
use std::collections::hash_map::RandomState;
use std::future::Future;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::net::IpAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use tokio::task::JoinSet;

use super::faults::Faults;
use super::host::Host;
use super::spot::{RemoteSpot, SPARE};
use super::way::Way;
use crate::driver::Driver;
use crate::lock::lock;
use crate::place::local::as_file_name;
use crate::place::{BoxFuture, Pair, Passage, Placement, Rule, Session, Spot, Wanted};

const ADMIT: &str = include_str!("admit.sh");

#[derive(Debug)]
pub(super) struct Hosts {
    hosts: Vec<(Arc<Host>, IpAddr)>,
    placement: Mutex<Placement>,
    next: AtomicU64,
    /// Nothing where none were asked for.
    faults: Option<Faults>,
    driver: Driver,
}

impl Hosts {
    /// Opens all hosts at the same time. Some have an address that nodes use instead of the one by which they were reached.
    ///
    /// # Errors
    /// For each that cannot be had.
    pub(super) async fn open(
        way: &Way,
        hosts: &[String],
        addresses: &HashMap<String, IpAddr>,
        placement: Placement,
        faults: Option<Faults>,
    ) -> io::Result<Self> {
        let driver = Driver::start()?;
        let run = format!("{}-{:016x}", std::process::id(), RandomState::new().build_hasher().finish());
        // Two of them may be one machine.
        let run = |number| format!("{run}-{number}");
        let open =
            |(number, name): (usize, &String)| Host::open(name.clone(), way.clone(), run(number), driver.clone());
        let opened = all(&driver, hosts.iter().enumerate().map(open)).await;
        let with_address = |opened: io::Result<Arc<Host>>| {
            let host = opened?;
            let address = addresses.get(host.name()).copied().or_else(|| host.address());
            Ok((host.clone(), address.ok_or_else(|| no_address(&host))?))
        };
        let hosts = whole(opened.into_iter().map(with_address))?;
        check_addresses(&hosts)?;
        if faults.is_some() {
            let check = |(host, _): &(Arc<Host>, _)| {
                let host = host.clone();
                async move { Faults::check(&host).await }
            };
            whole(all(&driver, hosts.iter().map(check)).await.into_iter())?;
        }
        Ok(Self { hosts, placement: Mutex::new(placement), next: AtomicU64::new(1), faults, driver })
    }

    /// Gives each of these nodes a directory and ports on a host.
    async fn admit_all(&self, nodes: Vec<Wanted>) -> io::Result<Vec<Box<dyn Spot>>> {
        let names: Vec<_> = nodes.iter().map(|node| node.name.clone()).collect();
        let places = lock(&self.placement).place(&names)?;
        let nodes: Vec<_> = nodes.into_iter().map(|node| (self.directory_name(&node.name), node)).collect();
        let on = |number: usize| {
            let here = nodes.iter().zip(&places).filter(move |(_, place)| **place == number).map(|(node, _)| node);
            let count = here.clone().map(|(_, node)| count(node)).sum();
            take(self.hosts[number].0.clone(), here.map(|(directory, _)| directory.clone()).collect(), count)
        };
        let mut ports = whole(all(&self.driver, (0..self.hosts.len()).map(on)).await.into_iter())?;
        let spot = |((directory, node), place): (&(String, Wanted), &usize)| -> io::Result<Box<dyn Spot>> {
            let (host, ip) = &self.hosts[*place];
            let ports = ports[*place].drain(..count(node)).collect();
            if let Some(faults) = &self.faults {
                faults.admit(node.name.clone(), host.clone(), *ip);
            }
            let directory = format!("{}/{directory}", host.directory());
            Ok(Box::new(RemoteSpot::new(host.clone(), directory, *ip, node, ports)?))
        };
        nodes.iter().zip(&places).map(spot).collect()
    }

    fn faults(&self) -> io::Result<&Faults> {
        self.faults.as_ref().ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    fn directory_name(&self, node: &str) -> String {
        format!("{}-{}", self.next.fetch_add(1, Ordering::Relaxed), as_file_name(node))
    }
}

impl Session for Hosts {
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

/// How many ports a node takes.
fn count(node: &Wanted) -> usize {
    1 + node.ports.len() + SPARE
}

/// Makes directories on a host, and takes so many ports there.
async fn take(host: Arc<Host>, directories: Vec<String>, count: usize) -> io::Result<Vec<u16>> {
    if directories.is_empty() {
        return Ok(Vec::new());
    }
    host.expect(directories.len());
    let wanted = count.to_string();
    let first = [host.directory(), host.keeper(), &wanted];
    let arguments: Vec<_> = first.into_iter().chain(directories.iter().map(String::as_str)).collect();
    let ports = host.run(ADMIT, &arguments, Vec::new()).await?;
    let ports: Vec<u16> = String::from_utf8_lossy(&ports).lines().filter_map(|port| port.parse().ok()).collect();
    if ports.len() == count {
        return Ok(ports);
    }
    let text = format!(
        "host `{}`: {count} ports were wanted, and {} are free below those that its system assigns",
        host.name(),
        ports.len()
    );
    Err(io::Error::other(text))
}

fn no_address(host: &Host) -> io::Error {
    io::Error::other(format!(
        "host `{0}`: it does not say its address\nhelp: give it: `.address(\"{0}\", ..)`",
        host.name()
    ))
}

/// Nodes of one host must reach those of another.
fn check_addresses(hosts: &[(Arc<Host>, IpAddr)]) -> io::Result<()> {
    let local = hosts.iter().find(|(_, address)| address.is_loopback());
    let other = hosts.iter().find(|(_, address)| !address.is_loopback());
    match (local, other) {
        (Some((local, address)), Some((other, _))) => Err(io::Error::other(format!(
            "host `{0}` was reached at {address}, at which `{1}` cannot reach it\nhelp: give its address: `.address(\"{0}\", ..)`",
            local.name(),
            other.name()
        ))),
        _ => Ok(()),
    }
}

/// Runs futures at the same time, on the driver, and returns what they return in their order.
async fn all<T: Send + 'static>(
    driver: &Driver,
    futures: impl Iterator<Item = impl Future<Output = T> + Send + 'static>,
) -> Vec<T> {
    let mut tasks = JoinSet::new();
    {
        let _driver = driver.enter();
        for (number, future) in futures.enumerate() {
            tasks.spawn(async move { (number, future.await) });
        }
    }
    let mut outputs = tasks.join_all().await;
    outputs.sort_by_key(|(number, _)| *number);
    outputs.into_iter().map(|(_, output)| output).collect()
}

/// All of them, or all errors.
fn whole<T>(results: impl Iterator<Item = io::Result<T>>) -> io::Result<Vec<T>> {
    let (mut whole, mut errors) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(part) => whole.push(part),
            Err(error) => errors.push(error.to_string()),
        }
    }
    if errors.is_empty() { Ok(whole) } else { Err(io::Error::other(errors.join("\n"))) }
}
