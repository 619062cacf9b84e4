//! What containers are made of.

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::path::Path;

use bollard::models::{
    ContainerCreateBody, EndpointIpamConfig, EndpointSettings, HostConfig, HostConfigLogConfig, Mount, NetworkingConfig,
};
use cluster_runtime::place::Launch;

use crate::found::Found;
use crate::image;

/// The label of all that belongs to a run, but for its keeper.
pub(crate) const RUN: &str = "cluster.run";
/// The label of what keeps a run.
pub(crate) const KEEPER: &str = "cluster.keeper";

/// The network of a container.
#[derive(Clone, Debug)]
pub(crate) enum Network {
    /// It has this address in the network of this name.
    Own(String, Ipv4Addr),
    /// It has that of another container.
    Of(String),
}

/// The user of what runs in containers, as numbers, unless the engine's is right.
pub(crate) type User = Option<String>;

pub(crate) fn labels(label: &str, run: &str) -> HashMap<String, String> {
    HashMap::from([(label.to_owned(), run.to_owned())])
}

/// A container that runs a shell script of ours with what this machine has, and ends with its input. The engine has its socket there.
/// With faults it may enter the networks of others.
pub(crate) fn keeper(
    run: &str,
    script: &str,
    resources: &[String],
    socket: &Path,
    has_faults: bool,
) -> ContainerCreateBody {
    let arguments = ["/bin/sh", "-c", script, "keeper", run].map(str::to_owned);
    let engine = Mount { target: Some("/engine.sock".to_owned()), ..image::shared(socket) };
    let mounts = image::mounts().into_iter().chain([engine]).collect();
    let host = HostConfig { auto_remove: Some(true), network_mode: Some("none".to_owned()), ..host(mounts) };
    let host = if has_faults { with_rights(host) } else { host };
    ContainerCreateBody {
        image: Some(image::NAME.to_owned()),
        entrypoint: Some(arguments.into_iter().chain(resources.iter().cloned()).collect()),
        labels: Some(labels(KEEPER, run)),
        attach_stdin: Some(true),
        open_stdin: Some(true),
        stdin_once: Some(true),
        host_config: Some(host),
        ..outputs()
    }
}

/// A container that holds the network of a node, whose programs come and go, and may have its directory.
pub(crate) fn holder(run: &str, network: &Network, directory: Option<(&str, Mount)>) -> ContainerCreateBody {
    let entrypoint = ["/bin/sleep", "infinity"].map(str::to_owned).to_vec();
    let (path, volume) = directory.unzip();
    let (host, networking) = networking(network, host(image::mounts().into_iter().chain(volume).collect()));
    ContainerCreateBody {
        image: Some(image::NAME.to_owned()),
        entrypoint: Some(entrypoint),
        // It is made by the start.
        working_dir: path.map(str::to_owned),
        labels: Some(labels(RUN, run)),
        host_config: Some(host),
        networking_config: networking,
        ..ContainerCreateBody::default()
    }
}

/// A container that runs a program in the directory of its node.
pub(crate) fn program(
    run: &str,
    launch: &Launch,
    found: &Found,
    directory: (&Path, Mount),
    network: &Network,
    user: &User,
) -> ContainerCreateBody {
    let environment = launch.environment.iter().map(|(name, value)| format!("{name}={value}"));
    let entrypoint = std::iter::once(found.program.clone()).chain(launch.arguments.iter().cloned());
    let mounts = found.mounts.iter().cloned().chain([directory.1]).collect();
    let (host, networking) = networking(network, HostConfig { init: Some(true), ..host(mounts) });
    ContainerCreateBody {
        image: Some(found.image.clone()),
        entrypoint: Some(entrypoint.collect()),
        env: Some(environment.collect()),
        working_dir: Some(directory.0.display().to_string()),
        user: user.clone(),
        labels: Some(labels(RUN, run)),
        host_config: Some(host),
        networking_config: networking,
        ..outputs()
    }
}

/// What it takes to enter the networks of others: to see their processes, and fewer rights than a privileged container has.
fn with_rights(host: HostConfig) -> HostConfig {
    let unconfined = ["apparmor=unconfined", "seccomp=unconfined"].map(str::to_owned);
    let security = host.security_opt.into_iter().flatten().chain(unconfined);
    HostConfig {
        cap_add: Some(["NET_ADMIN", "SYS_ADMIN", "SYS_PTRACE"].map(str::to_owned).to_vec()),
        pid_mode: Some("host".to_owned()),
        security_opt: Some(security.collect()),
        ..host
    }
}

/// Output is read as it is written, and kept nowhere else. What this machine has is mounted as it is labelled.
fn host(mounts: Vec<Mount>) -> HostConfig {
    HostConfig {
        log_config: Some(HostConfigLogConfig { typ: Some("none".to_owned()), config: None }),
        mounts: Some(mounts),
        security_opt: Some(vec!["label=disable".to_owned()]),
        ..HostConfig::default()
    }
}

fn outputs() -> ContainerCreateBody {
    ContainerCreateBody {
        cmd: Some(Vec::new()),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..ContainerCreateBody::default()
    }
}

fn networking(network: &Network, host: HostConfig) -> (HostConfig, Option<NetworkingConfig>) {
    match network {
        Network::Of(other) => (HostConfig { network_mode: Some(format!("container:{other}")), ..host }, None),
        Network::Own(name, addr) => {
            let address = EndpointIpamConfig { ipv4_address: Some(addr.to_string()), ..EndpointIpamConfig::default() };
            let mac_address = Some(mac_of(*addr));
            let endpoint = EndpointSettings { ipam_config: Some(address), mac_address, ..EndpointSettings::default() };
            let endpoints = HashMap::from([(name.clone(), endpoint)]);
            let networking = NetworkingConfig { endpoints_config: Some(endpoints) };
            (HostConfig { network_mode: Some(name.clone()), ..host }, Some(networking))
        }
    }
}

/// The next container at an address has the same: others remember it for a while.
fn mac_of(addr: Ipv4Addr) -> String {
    let [a, b, c, d] = addr.octets();
    format!("02:42:{a:02x}:{b:02x}:{c:02x}:{d:02x}")
}
