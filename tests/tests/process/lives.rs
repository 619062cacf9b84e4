//! Programs that are killed, restarted and paused.

use std::future::IntoFuture;
use std::net::TcpStream;
use std::time::Duration;

use cluster_daemons::yggdrasil;
use cluster_runtime::error::End;
use cluster_runtime::process::Signal;
use cluster_runtime::{Error, Feature, Identity, Node, Process, Ready, Result, cluster, create, start};
use cluster_tests::{exists, remove_files, script, sleeper, until};

use super::numbers_in;

/// A program with a child in its group and one that has left it; each counts in a file of its own.
fn family() -> Process {
    let text = "count() { n=0; while :; do n=$((n+1)); echo $n >$1.new; mv $1.new $1; sleep 0.01; done; }; \
                count inside & echo $! >inside.pid; \
                setsid sh -c 'echo $$ >outside.pid; n=0; while :; do n=$((n+1)); echo $n >outside.new; \
                mv outside.new outside; sleep 0.01; done' & \
                count own";
    script(text).ready(Ready::file("outside"))
}

const COUNTS: [&str; 3] = ["own", "inside", "outside"];

/// Whether there is such a process. Those that have left their parent become zombies until the system reaps them.
fn runs(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(") ").next().is_some_and(|state| !state.is_empty() && !state.starts_with(['Z', 'X']))
}

#[tokio::test]
async fn a_kill_resolves_when_no_descendant_is_left() -> Result {
    let nodes = create(&family(), "n", 3);
    let net = start(&nodes).await?;
    let mut processes = Vec::new();
    for node in &nodes {
        processes.extend(numbers_in(&node.dir()?, ["inside.pid", "outside.pid"]).await);
        processes.extend(node.process_id());
    }
    assert_eq!(processes.len(), 9);
    net.kill(&nodes).await?;
    for process in processes {
        assert!(!runs(process), "process {process} is left of a node that was killed");
    }
    assert!(matches!(nodes[0].wait_ended().await?, End::Killed));
    assert!(format!("{:?}", nodes[1]).ends_with("was killed)"), "{:?}", nodes[1]);
    net.stop().await
}

#[tokio::test]
async fn a_program_can_be_killed_before_it_runs() -> Result {
    let hangs = sleeper().config(async |_| std::future::pending::<Result<(), Error>>().await);
    let node = Node::new(&hangs, "n");
    let starting = tokio::spawn(start(&node).into_future());
    until("it is in the phase config", || format!("{node:?}").contains("phase `config`")).await;
    node.kill().await?;
    let error = starting.await.expect("no panic").expect_err("it was killed").to_string();
    assert!(error.starts_with("node `n` failed in phase `config`: it was killed"), "{error}");
    remove_files(&node);
    Ok(())
}

/// Writes the runs that it finds in its directory, and adds its own.
fn hoarder(version: u32) -> Process {
    script(format!("echo {version} >>runs; touch ready; exec sleep 1000")).ready(Ready::file("ready")).identity(
        async |node: cluster_runtime::process::ProcessContext| {
            Ok::<_, Error>(Identity::new(format!("id of {}", node.name())))
        },
    )
}

fn runs_of(node: &Node<Process>) -> Result<String> {
    Ok(std::fs::read_to_string(node.dir()?.join("runs"))?.replace('\n', " "))
}

#[tokio::test]
async fn a_restarted_program_keeps_what_it_had_unless_it_is_wiped() -> Result {
    let net = cluster! { n = hoarder(1) }.start().await?;
    let had = (net.n.addr(), net.n.identity(), net.n.dir()?);
    net.n.kill().await?;
    net.n.restart().await?;
    assert_eq!(runs_of(&net.n)?, "1 1 ");
    assert_eq!((net.n.addr(), net.n.identity(), net.n.dir()?), had);
    net.n.restart().with(hoarder(2)).await?;
    assert_eq!(runs_of(&net.n)?, "1 1 2 ");
    net.n.restart().wiped().await?;
    assert_eq!(runs_of(&net.n)?, "2 ");
    assert_eq!((net.n.addr(), net.n.identity(), net.n.dir()?), had);
    net.stop().await
}

#[tokio::test]
async fn a_restart_with_a_program_that_is_not_there_says_so() -> Result {
    let net = cluster! { n = sleeper() }.start().await?;
    let missing = Process::new("no-such-program", |_, _| {}).supports(Feature::Private);
    let error = net.n.restart().with(missing).await.expect_err("it is not installed").to_string();
    assert!(error.contains("no-such-program"), "{error}");
    net.n.restart().with(sleeper()).await?;
    net.stop().await
}

#[tokio::test]
async fn a_dead_program_is_restarted() -> Result {
    let net = cluster! { n = sleeper(); other = sleeper() }.start().await?;
    net.n.signal(Signal::Kill)?;
    net.other.wait_stopped().await.expect_err("a node has died");
    net.n.restart().await?;
    net.other.wait_for("rain", |_| Some(())).timeout(Duration::from_millis(50)).await.expect_err("none");
    net.stop().await?;
    remove_files(&net.n);
    remove_files(&net.other);
    Ok(())
}

#[tokio::test]
async fn a_restart_that_is_given_up_leaves_no_program() -> Result {
    let once = script("[ -e once ] && sleep 1000; touch once; exec sleep 1000").ready(Ready::file("once"));
    let net = cluster! { n = once }.start().await?;
    let never = script("exec sleep 1000").ready(Ready::file("never"));
    let mark = net.mark();
    let restarting = tokio::spawn(net.n.restart().with(never).into_future());
    let process = net.n.wait_for("spawned", |value| value["process"].as_u64()).since(mark).await?;
    restarting.abort();
    until("the program is gone", || !exists(process.try_into().expect("a number of a process"))).await;
    net.n.restart().with(sleeper()).await?;
    net.stop().await
}

#[tokio::test]
async fn a_paused_program_stands_still_with_all_its_descendants() -> Result {
    let node = Node::new(&family(), "n");
    let net = start(&node).await?;
    let directory = node.dir()?;
    numbers_in(&directory, COUNTS).await;
    node.pause().await?;
    let counts = numbers_in(&directory, COUNTS).await;
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert_eq!(numbers_in(&directory, COUNTS).await, counts, "some of it ran while it was paused");
    node.resume().await?;
    let go_on = |name: &str, then: u32| {
        let now = std::fs::read_to_string(directory.join(name)).ok();
        now.and_then(|text| text.trim().parse::<u32>().ok()).is_some_and(|now| now > then)
    };
    until("all of it goes on", || COUNTS.iter().zip(counts).all(|(name, then)| go_on(name, then))).await;
    net.stop().await
}

#[tokio::test]
async fn a_paused_program_can_be_ended() -> Result {
    let nodes = create(&family(), "n", 3);
    let net = start(&nodes).await?;
    net.pause(&nodes).await?;
    let outside = numbers_in(&nodes[1].dir()?, ["outside.pid"]).await[0];
    nodes[0].stop().await?;
    nodes[1].kill().await?;
    assert!(!runs(outside), "a descendant is left");
    nodes[2].restart().await?;
    net.stop().await
}

/// The real thing: a database that is killed has its port free for the next run, and keeps what it has written.
#[tokio::test]
async fn a_killed_redis_comes_back_with_its_data() -> Result {
    if !cluster_tests::is_installed("redis-server", "redis-server") {
        return Ok(());
    }
    let redis = Process::new("redis-server", |node, command| {
        command.args(["--port", &node.addr().port().to_string(), "--bind", &node.addr().ip().to_string()]);
        command.args(["--appendonly", "yes", "--appendfsync", "always", "--save", ""]);
    })
    .supports(Feature::Private)
    .ready(Ready::log_line("Ready to accept connections"));
    let node = Node::new(&redis, "db");
    let net = start(&node).await?;
    assert_eq!(ask(&node, "SET colour red").await?, "+OK");
    for _ in 0..5 {
        node.kill().await?;
        TcpStream::connect(node.addr()).expect_err("its port is free");
        node.restart().await?;
        assert_eq!(ask(&node, "GET colour").await?, "$3");
    }
    node.pause().await?;
    tokio::time::timeout(Duration::from_millis(50), ask(&node, "PING")).await.expect_err("it is paused");
    node.resume().await?;
    assert_eq!(ask(&node, "PING").await?, "+PONG");
    node.restart().wiped().await?;
    assert_eq!(ask(&node, "GET colour").await?, "$-1");
    net.stop().await
}

async fn ask(node: &Node<Process>, question: &str) -> Result<String> {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    let mut stream = BufReader::new(tokio::net::TcpStream::connect(node.addr()).await?);
    stream.write_all(format!("{question}\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_line(&mut answer).await?;
    Ok(answer.trim_end().to_owned())
}

#[tokio::test]
async fn a_restart_of_a_router_waits_for_both_ends() -> Result {
    if !cluster_tests::is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); hub; leaves[8]: star(hub) }.start().wait_connections(true).await?;
    net.hub.kill().await?;
    net.hub.restart().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.leaves[3].restart().wait_connections(true).await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_wait_for_connections_sees_a_router_come_back() -> Result {
    if !cluster_tests::is_installed("yggdrasil", "yggdrasil") {
        return Ok(());
    }
    let net = cluster! { use yggdrasil(); k[3]: clique; late: connect(k) }
        .start()
        .hold(|net| &net.late)
        // A private router would have to know the key of the late one.
        .public(true)
        .wait_connections(true)
        .await?;
    net.wait_connections().await?;
    net.k[1].kill().await?;
    let (connected, restarted) = tokio::join!(net.wait_connections().into_future(), net.k[1].restart().into_future());
    connected.and(restarted)?;
    net.add(&net.late).await?;
    net.wait_connections().await?;
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}
