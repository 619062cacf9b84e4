//! Many test processes at once, each with clusters of its own: `cargo test -p cluster-tests --test scale -- --ignored scale`.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cluster_daemons::nats;
use cluster_runtime::{NodeContext, Process, Ready, Result, Service, cluster};
use cluster_tests::{alone, processes_with};

/// How many processes run at the same time.
const PROCESSES: usize = 100;
/// A variable that all of them inherit, and their programs.
const MARK: &str = "CLUSTER_SCALE_TEST";
/// How long what was killed may take to be gone.
const GONE: Duration = Duration::from_secs(20);

async fn serve(node: NodeContext) -> Result {
    let _listener = node.listen()?;
    node.ready();
    node.stopped().await;
    Ok(())
}

fn redis() -> Process {
    Process::new("redis-server", |node, command| {
        command.arg("--bind").arg(node.addr().ip()).arg("--port").arg(node.addr().port());
        command.args(["--save", "", "--appendonly", "no"]);
    })
    .ready(Ready::port(""))
}

fn etcd() -> Process {
    Process::new("etcd", |node, command| {
        let (client, peer) = (format!("http://{}", node.addr_of("client")), format!("http://{}", node.addr()));
        command.args(["--name", node.name(), "--data-dir", "data"]);
        command.args(["--listen-client-urls", &client, "--advertise-client-urls", &client]);
        command.args(["--listen-peer-urls", &peer, "--initial-advertise-peer-urls", &peer]);
        command.args(["--initial-cluster", &format!("{}={peer}", node.name())]);
    })
    .port("client")
    .ready(Ready::http("client", "/health"))
}

/// The test of one process, and no test itself. Its daemons are never stopped where its number is odd.
#[test]
#[ignore = "a process of its own for another test"]
fn one_of_many() -> Result {
    let number: usize = std::env::var(MARK).ok().and_then(|mark| mark.rsplit('-').next()?.parse().ok()).unwrap_or(0);
    let timeout = Duration::from_secs(120);
    let net = cluster! { hub; leaves[4]: star(hub); own[2] = Service::new(serve).shared(); }
        .start()
        .wait_connections(true)
        .timeout(timeout)
        .blocking()?;
    net.hub.publish("hello").blocking()?;
    net.wait_for_all(&net.leaves, "message", |_| Some(())).timeout(timeout).blocking()?;
    match number % 3 {
        0 if cluster_tests::is_installed("redis-server", "redis-server") => {
            let net = cluster! { use redis(); k[2] }.start().public(true).timeout(timeout).blocking()?;
            leave(&net, number, timeout)?;
        }
        1 if cluster_tests::is_installed("nats-server", "nats-server") => {
            let net = cluster! { use nats(); k[3]: clique };
            let net = net.start().public(true).wait_connections(true).timeout(timeout).blocking()?;
            leave(&net, number, timeout)?;
        }
        2 if cluster_tests::is_installed("etcd", "etcd-server") => {
            let net = cluster! { use etcd(); db }.start().public(true).timeout(timeout).blocking()?;
            leave(&net, number, timeout)?;
        }
        _ => {}
    }
    net.stop().timeout(timeout).blocking()
}

fn leave(net: &cluster_runtime::Cluster, number: usize, timeout: Duration) -> Result {
    match number % 2 {
        0 => net.stop().timeout(timeout).blocking(),
        // It ends with the process.
        _ => std::process::exit(0),
    }
}

#[test]
#[ignore = "it takes the machine for a minute"]
fn scale_of_a_suite_of_a_hundred_processes_at_once() {
    let began = Instant::now();
    let mark = std::process::id();
    let processes: Vec<_> = (0..PROCESSES)
        .map(|number| {
            let mut command = alone("one_of_many");
            command.arg("--nocapture").env(MARK, format!("{mark}-{number}"));
            command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a test can be run")
        })
        .collect();
    let mut directories = Vec::new();
    let mut failures = Vec::new();
    for (number, process) in processes.into_iter().enumerate() {
        directories.push(format!("cluster-{}", process.id()));
        let output = process.wait_with_output().expect("it ends");
        if !output.status.success() {
            let text = [output.stdout, output.stderr].concat();
            failures.push(format!("process {number}: {}\n{}", output.status, String::from_utf8_lossy(&text)));
        }
    }
    println!("{PROCESSES} processes in {:?}, {} failures", began.elapsed(), failures.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    let ended = Instant::now();
    let tmp = Path::new(env!("CARGO_TARGET_TMPDIR"));
    loop {
        let left = (
            processes_with(&format!("{MARK}={mark}-")),
            directories.iter().filter(|name| has_files(&tmp.join(name))).collect::<Vec<_>>(),
        );
        if left.0.is_empty() && left.1.is_empty() {
            break;
        }
        assert!(ended.elapsed() < GONE, "left after {GONE:?}: {left:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("nothing left {:?} after the last has ended", ended.elapsed());
}

fn has_files(directory: &Path) -> bool {
    std::fs::read_dir(directory).is_ok_and(|mut entries| entries.next().is_some())
}
