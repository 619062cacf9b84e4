//! However a test ends, nothing of its containers lives on.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use cluster_containers::Containers;
use cluster_runtime::{Result, cluster};
use cluster_tests::{Victim, alone, script, sleeper, until_empty};

use super::engines::Engine;
use super::swarms;
use super::{At, at_all_places};

at_all_places! {
    a_cluster_that_is_dropped_leaves_nothing
    what_an_earlier_run_has_left_is_swept
    an_engine_that_dies_loses_its_nodes
}

/// The sockets for the other test, those of a swarm if they are several.
const SOCKETS: &str = "CLUSTER_CONTAINERS_LEAK";

/// How long after its end something of a test may be left.
pub const SOON: Duration = Duration::from_secs(5);

/// Starts programs, breaks their links, and stops them, again and again. It is a process for other tests, and no test itself.
#[tokio::test]
#[ignore = "a process of its own for other tests"]
async fn victim() -> Result {
    let Some(sockets) = std::env::var_os(SOCKETS) else { return Ok(()) };
    let sockets: Vec<_> = std::env::split_paths(&sockets).collect();
    println!("\nbegun");
    let family = script("sleep 1000 & setsid sh -c 'sleep 1000' & wait");
    loop {
        let place = if let [socket] = &sockets[..] { Containers::at(socket) } else { swarms::place(&sockets) };
        let place = place.with_faults();
        let net = cluster! { use family.clone(); n[3]: ring }.start().public(true).on(place).await?;
        let cut = net.isolate(&net.n[0]).may_be_idle().await?;
        net.pause(&net.n[1]).await?;
        cut.heal().may_be_idle().await?;
        net.n[2].kill().await?;
        net.n[2].restart().await?;
        net.stop().await?;
    }
}

/// What a process has at these engines, and the directories of its nodes that are left.
fn left(victim: &Victim, sockets: &[PathBuf]) -> Vec<String> {
    let prefix = format!("cluster-{}-", victim.id());
    let left = sockets.iter().flat_map(|socket| at_engine(socket, &prefix));
    left.chain(victim.directories()).collect()
}

/// The names of containers, networks and volumes at an engine that begin so. While it removes one, podman may answer with an error, which is
/// returned in their place.
pub fn at_engine(socket: &Path, prefix: &str) -> Vec<String> {
    let ask = |what: &str| {
        let mut curl = Command::new("curl");
        curl.args(["--silent", "--unix-socket"]).arg(socket).arg(format!("http://engine/{what}"));
        String::from_utf8_lossy(&curl.output().expect("curl can be run").stdout).into_owned()
    };
    let answers = ["containers/json?all=1", "networks", "volumes"].map(ask);
    if let Some(error) = answers.iter().find(|answer| !answer.starts_with('[') && !answer.starts_with("{\"Vol")) {
        return vec![error.clone()];
    }
    let answers = answers.concat();
    let names = answers.split('"').map(|text| text.trim_start_matches('/')).filter(|text| text.starts_with(prefix));
    names.map(str::to_owned).collect()
}

pub async fn kill_at_random_moments(sockets: &[PathBuf], times: usize, within: Duration) {
    let mut draw = cluster_runtime::topology::Rng::new(u64::from(std::process::id()));
    let mut longest = Duration::ZERO;
    for _ in 0..times {
        let sockets_of_victim = std::env::join_paths(sockets).expect("they have no colons");
        let mut command = alone("nobody_left::victim");
        let mut victim = Victim::new(command.env(SOCKETS, sockets_of_victim).env("CLUSTER_REPORT", "never"));
        victim.line("begun");
        let moment = Duration::from_millis(u64::from(draw.below(4000)));
        tokio::time::sleep(moment).await;
        victim.kill();
        let killed = Instant::now();
        let left = until_empty(within, || left(&victim, sockets)).await;
        assert!(left.is_ok(), "{within:?} after SIGKILL at {moment:?} there are: {left:?}");
        longest = longest.max(killed.elapsed());
    }
    println!("nothing was left of {times} tests after {longest:.1?}");
}

mod a_test_that_is_killed_leaves_nothing {
    #[tokio::test]
    async fn of_docker() {
        if let Some(engine) = crate::engines::shared("docker") {
            super::kill_at_random_moments(&[engine.socket().to_owned()], 3, super::SOON).await;
        }
    }

    #[tokio::test]
    async fn of_podman() {
        if let Some(engine) = crate::engines::shared("podman") {
            super::kill_at_random_moments(&[engine.socket().to_owned()], 3, super::SOON).await;
        }
    }
}

mod a_test_that_is_killed_two_hundred_times_leaves_nothing {
    #[tokio::test]
    #[ignore = "takes many minutes"]
    async fn of_docker() {
        if let Some(engine) = crate::engines::shared("docker") {
            super::kill_at_random_moments(&[engine.socket().to_owned()], 200, super::SOON).await;
        }
    }

    #[tokio::test]
    #[ignore = "takes many minutes"]
    async fn of_podman() {
        if let Some(engine) = crate::engines::shared("podman") {
            super::kill_at_random_moments(&[engine.socket().to_owned()], 200, super::SOON).await;
        }
    }
}

async fn a_cluster_that_is_dropped_leaves_nothing(at: At) -> Result {
    let net = cluster! { use sleeper(); n[3] }.start().on(at.place()).public(true).await?;
    let node = format!("cluster-{}-", std::process::id());
    let name = at_engine(at.0.socket(), &node).into_iter().find(|name| name.ends_with("n.1")).expect("it runs");
    let run = name.split('-').take(3).collect::<Vec<_>>().join("-");
    drop(net);
    let left = until_empty(SOON, || at_engine(at.0.socket(), &run)).await;
    assert!(left.is_ok(), "{left:?}");
    Ok(())
}

/// A network with the label of a run that has no keeper.
async fn what_an_earlier_run_has_left_is_swept(at: At) -> Result {
    let request = r#"{"Name":"cluster-earlier","Labels":{"cluster.run":"earlier"}}"#;
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--header", "content-type: application/json", "--data", request, "--unix-socket"]);
    let made = curl.arg(at.0.socket()).arg("http://engine/networks/create").output().expect("curl can be run");
    assert!(made.stdout.starts_with(b"{\"Id\""), "{}", String::from_utf8_lossy(&made.stdout));
    let net = cluster! { n = sleeper() }.start().on(at.place()).public(true).await?;
    assert_eq!(at_engine(at.0.socket(), "cluster-earlier"), [""; 0]);
    net.stop().await
}

async fn an_engine_that_dies_loses_its_nodes(at: At) -> Result {
    let engine = Engine::start(at.0.kind()).expect("there is another one");
    let net = cluster! { n = sleeper() }.start().on(engine.place()).public(true).await?;
    engine.kill();
    let end = net.n.wait_ended().await?;
    assert!(end.to_string().contains("was lost: the engine at "), "{end}");
    drop(net);
    Ok(())
}
