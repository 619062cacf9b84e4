//! How long things take in containers: `cargo test -p cluster-containers figures -- --ignored --nocapture --test-threads=1`.

use std::path::PathBuf;
use std::process::Command;
use std::time::{Duration, Instant};

use cluster_runtime::{Result, cluster};
use cluster_tests::{sleeper, until_empty};

use cluster_containers::Containers;

use super::engines::shared;
use super::nobody_left::at_engine;
use super::swarms;

const BY_THE_ENGINE: &str = include_str!("figures.sh");
const AT_A_TIME: usize = 4;

#[tokio::test]
#[ignore = "a measurement"]
async fn of_docker() -> Result {
    measure("docker").await
}

#[tokio::test]
#[ignore = "a measurement"]
async fn of_podman() -> Result {
    measure("podman").await
}

#[tokio::test]
#[ignore = "a measurement"]
async fn of_a_swarm() -> Result {
    let Some(swarm) = swarms::shared() else { return Ok(()) };
    measure_at(swarm.sockets(), "a swarm of three hosts", swarm.place()).await
}

async fn measure(kind: &'static str) -> Result {
    let Some(engine) = shared(kind) else { return Ok(()) };
    measure_at(&[engine.socket().to_owned()], kind, engine.place()).await
}

async fn measure_at(sockets: &[PathBuf], kind: &str, place: Containers) -> Result {
    // The first one makes the image.
    cluster! { use sleeper(); n[dyn sockets.len()] }.start().public(true).on(place.clone()).await?.stop().await?;
    for _ in 0..2 {
        for count in [1, 10, 50] {
            until_nothing_is_left(sockets).await;
            by_the_engine(sockets, kind, count);
            let begun = Instant::now();
            let net = cluster! { use sleeper(); n[dyn count] };
            let net = net.start().public(true).on(place.clone()).timeout(Duration::from_secs(120)).await?;
            let started = begun.elapsed();
            let begun = Instant::now();
            net.stop().await?;
            println!("{count} of {}: started in {started:.2?}, stopped in {:.2?}", kind, begun.elapsed());
        }
    }
    Ok(())
}

#[tokio::test]
#[ignore = "a measurement"]
async fn cuts() -> Result {
    for kind in ["docker", "podman"] {
        if let Some(engine) = shared(kind) {
            measure_cuts(kind, engine.place()).await?;
        }
    }
    match swarms::shared() {
        Some(swarm) => measure_cuts("a swarm", swarm.place()).await,
        None => Ok(()),
    }
}

async fn measure_cuts(kind: &str, place: Containers) -> Result {
    let begun = Instant::now();
    let net = cluster! { use sleeper(); n[10] };
    let net = net.start().public(true).on(place.with_faults()).timeout(Duration::from_secs(120)).await?;
    println!("10 of {kind} with faults: started in {:.2?}", begun.elapsed());
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let cut = net.cut(&net.n[0], &net.n[1]).may_be_idle().await?;
        times.push(begun.elapsed());
        cut.heal().may_be_idle().await?;
        assert_eq!(cut.evidence().crossed, 0);
    }
    times.sort_unstable();
    println!("a cut of {kind}: median {:.1?}, worst {:.1?}", times[10], times[19]);
    net.stop().await
}

/// What a cluster has had is removed after its end.
async fn until_nothing_is_left(sockets: &[PathBuf]) {
    let own = format!("cluster-{}-", std::process::id());
    let left = || -> Vec<_> { sockets.iter().flat_map(|socket| at_engine(socket, &own)).collect() };
    until_empty(Duration::from_secs(60), left).await.expect("all of it is removed");
}

fn by_the_engine(sockets: &[PathBuf], kind: &str, count: usize) {
    let run = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "figures"]).arg(count.to_string()).arg(AT_A_TIME.to_string()).args(sockets);
        let said = shell.output().expect("a shell can be run").stdout;
        assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
    };
    let begun = Instant::now();
    run(BY_THE_ENGINE);
    println!("{count} by {kind} alone: started in {:.2?}", begun.elapsed());
    run(r#"
        count=$1 first=$3
        shift 2
        for socket in "$@"; do
            for n in $(seq "$count"); do
                curl -s -o /dev/null -X DELETE --unix-socket "$socket" "http://engine/containers/figure-$n?force=1"
            done
        done
        # A swarm gives it up a moment after its containers.
        until [ "$(curl -s -o /dev/null -w '%{http_code}' -X DELETE --unix-socket "$first" http://engine/networks/figures)" = 404 ]; do
            sleep 0.1
        done
    "#);
}
