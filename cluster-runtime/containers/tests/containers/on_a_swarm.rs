//! Nodes on several hosts, which are engines of a swarm.

#[path = "../../../../tests/tests/places/cuts.rs"]
mod cuts;
#[path = "../../../../tests/tests/places/declared.rs"]
mod declared;
#[path = "../../../../tests/tests/places/lives.rs"]
mod lives;

use std::path::PathBuf;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cluster_containers::Containers;
use cluster_runtime::process::{ProcessContext, Source};
use cluster_runtime::{DefaultLevel, Error, Level, Node, Process, Ready, Result, cluster};
use cluster_tests::{is_installed, script, sleeper, until_empty};
use serde_json::json;

use super::engines::Engine;
use super::nobody_left::{SOON, at_engine, kill_at_random_moments};
use super::programs::built_here;
use super::swarms::{self, HOSTS, Swarm};
use super::with_faults::At;

/// Makes each of these functions a test with the swarm.
macro_rules! on_the_swarm {
    ($($name:ident)*) => { $(
        mod $name {
            #[tokio::test]
            async fn of_a_swarm() -> cluster_runtime::Result {
                match $crate::swarms::shared() {
                    Some(swarm) => super::$name(swarm.into()).await,
                    None => Ok(()),
                }
            }
        }
    )* };
}
use on_the_swarm as at_all_places;

at_all_places! {
    nodes_are_spread_over_all_hosts
    nodes_are_where_they_are_placed_by_name
    hosts_are_packed
    a_partition_between_hosts_lets_nothing_across
    a_node_is_killed_and_runs_again_where_it_was
    a_node_has_one_address_alone
    a_program_has_its_files_on_its_host
    a_program_that_was_built_here_is_copied
    a_client_ends_what_it_sends_before_it_reads
    a_unix_socket_is_reached
    an_engine_that_dies_loses_its_nodes_alone
    a_cluster_that_is_dropped_leaves_nothing
    a_test_that_is_killed_leaves_nothing
    what_cannot_be_a_place_is_refused
}

/// How long an engine may attach a container to the network of a swarm, which it does to the end though nobody waits for it any more: with
/// both cores busy it was 3 s.
const ATTACHED: Duration = Duration::from_secs(5);

/// Says the name of its container.
fn named() -> Process {
    script("cat /proc/sys/kernel/hostname; exec sleep 1000")
}

impl Swarm {
    /// The host of a node that has said the name of its container.
    async fn host_of(&self, node: &Node<Process>) -> Result<&'static str> {
        let is_name = |name: &&str| name.len() == 12 && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        let name = node.wait_for("output", |value| value.as_str().filter(is_name).map(str::to_owned)).await?;
        let has_it = |socket: &PathBuf| {
            let mut curl = Command::new("curl");
            curl.args(["--silent", "--fail", "--unix-socket"]).arg(socket);
            let holder = curl.arg(format!("http://engine/containers/{name}/json")).output().expect("curl can be run");
            holder.status.success()
        };
        let number = self.sockets().iter().position(has_it).expect("one of the hosts has it");
        Ok(HOSTS[number])
    }

    async fn hosts_of(&self, nodes: &[Node<Process>]) -> Result<Vec<&'static str>> {
        let mut hosts = Vec::new();
        for node in nodes {
            hosts.push(self.host_of(node).await?);
        }
        Ok(hosts)
    }
}

async fn nodes_are_spread_over_all_hosts(swarm: Arc<Swarm>) -> Result {
    let net = cluster! { use named(); n[4] };
    let net = net.start().on(swarm.place()).event_level(DefaultLevel::Debug).public(true).await?;
    assert_eq!(swarm.hosts_of(&net.n).await?, ["h1", "h2", "h3", "h1"]);
    let late = Node::new(&named(), "late");
    net.add(&late).await?;
    assert_eq!(swarm.host_of(&late).await?, "h2");
    net.stop().await
}

async fn nodes_are_where_they_are_placed_by_name(swarm: Arc<Swarm>) -> Result {
    let place = swarm.place().host("leader", "h3").host("n", "h2").host("n.2", "h3");
    let net = cluster! { use named(); leader; n[3] };
    let net = net.start().on(place).event_level(DefaultLevel::Debug).public(true).await?;
    assert_eq!(swarm.host_of(&net.leader).await?, "h3");
    assert_eq!(swarm.hosts_of(&net.n).await?, ["h2", "h3", "h2"]);
    net.stop().await
}

async fn hosts_are_packed(swarm: Arc<Swarm>) -> Result {
    let net = cluster! { use named(); n[3] };
    let net = net.start().on(swarm.place().pack(2)).event_level(DefaultLevel::Debug).public(true).await?;
    assert_eq!(swarm.hosts_of(&net.n).await?, ["h1", "h1", "h2"]);
    net.stop().await?;
    let error = cluster! { use named(); n[4] }.start().on(swarm.place().pack(1)).public(true).await;
    let error = error.expect_err("three hosts have room for three").to_string();
    assert!(error.contains("the hosts are full: node `n.4` has no room"), "{error}");
    Ok(())
}

async fn a_partition_between_hosts_lets_nothing_across(swarm: Arc<Swarm>) -> Result {
    if !is_installed("nats-server", "nats-server") {
        return Ok(());
    }
    let place = swarm.place().with_faults().host("one", "h1").host("two", "h2");
    let net = cluster! { use cluster_daemons::nats(); one[2]: line; two[2]: line; connect(one, two) };
    let net = net.start().on(place).public(true).wait_connections(true).await?;
    let links = async || -> Result<usize> { Ok(net.observed().await?.links().len()) };
    cluster_tests::until_answered("all servers know each other", async || Ok(links().await? == 6)).await?;
    let partition = net.partition((&net.one, &net.two)).refuse().await?;
    cluster_tests::until_answered("each host knows itself only", async || Ok(links().await? == 2)).await?;
    partition.wait_bitten().await?;
    partition.heal().await?;
    let evidence = partition.evidence();
    assert!(evidence.has_bitten() && evidence.packets > 0 && evidence.crossed == 0, "{evidence:?}");
    cluster_tests::until_answered("all servers know each other again", async || Ok(links().await? == 6)).await?;
    net.stop().await
}

async fn a_node_is_killed_and_runs_again_where_it_was(swarm: Arc<Swarm>) -> Result {
    let net = cluster! { use named(); a; b };
    let net = net.start().on(swarm.place()).event_level(DefaultLevel::Debug).public(true).await?;
    let addr = net.b.addr();
    let mark = net.mark();
    net.b.pause().await?;
    net.b.kill().await?;
    net.b.restart().await?;
    net.b.wait_for("output", |value| value.as_str().map(drop)).since(mark).await?;
    assert_eq!((swarm.host_of(&net.b).await?, net.b.addr()), ("h2", addr));
    net.stop().await
}

/// Otherwise those of a host would have ways around faults.
async fn a_node_has_one_address_alone(swarm: Arc<Swarm>) -> Result {
    let kind = script("set -- $(hostname -I); echo addresses: \"$@\"; exec sleep 1000");
    let node = Node::new(&kind, "n");
    let net = cluster_runtime::start(&node).on(swarm.place()).event_level(DefaultLevel::Debug).public(true).await?;
    let said = |value: &serde_json::Value| value.as_str()?.strip_prefix("addresses: ").map(str::to_owned);
    assert_eq!(node.wait_for("output", said).await?, node.addr().ip().to_string());
    net.stop().await
}

async fn a_program_has_its_files_on_its_host(swarm: Arc<Swarm>) -> Result {
    async fn ask(node: &ProcessContext) -> Result {
        node.write("sub/file", "as 'it' is\n").await?;
        assert_eq!(node.read("sub/file").await?, "as 'it' is\n");
        assert!(node.exists("sub/file").await && !node.exists("other").await);
        let output = node.command_of("sh").args(["-c", "pwd; cat sub/file"]).run().await?;
        assert_eq!(output, format!("{}\nas 'it' is\n", node.dir()));
        node.remove("sub/file").await?;
        let error = node.read("sub/file").await.expect_err("it is gone").to_string();
        assert!(error.contains("No such file"), "{error}");
        Ok::<_, Error>(())
    }
    let kind =
        script("trap 'echo bye >sink; exit 0' TERM; echo 1 >sink; echo kept >kept; while :; do sleep 0.02; done")
            .config(async |node: ProcessContext| ask(&node).await)
            .events(Source::pipe("sink"), |node, line| {
                node.event(Level::Info, "sink", "line", json!(line));
                true
            });
    let net = cluster! { use kind; n[2] }.start().on(swarm.place()).public(true).await?;
    for node in &net.n {
        node.wait_for("line", |value| (value == "1").then_some(())).await?;
        assert!(!node.dir()?.exists(), "it is not on this machine: {:?}", node.dir());
    }
    net.stop().await?;
    for node in &net.n {
        node.wait_for("line", |value| (value == "bye").then_some(())).await?;
    }
    Ok(())
}

async fn a_program_that_was_built_here_is_copied(swarm: Arc<Swarm>) -> Result {
    let net = cluster! { use built_here()?; n[3] };
    let net = net.start().on(swarm.place().pack(2)).event_level(DefaultLevel::Debug).public(true).await?;
    for node in &net.n {
        node.wait_for("output", |value| (value == "it was built here").then_some(())).await?;
    }
    net.stop().await
}

/// A server that answers with the length of what it has read to its end.
const COUNTER: &str = r#"
    use strict; use Socket;
    my ($ip, $port) = @ARGV;
    socket(my $listener, PF_INET, SOCK_STREAM, 0) or die;
    setsockopt($listener, SOL_SOCKET, SO_REUSEADDR, 1);
    bind($listener, pack_sockaddr_in($port, inet_aton($ip))) && listen($listener, 5) or die $!;
    while (accept(my $client, $listener)) {
        my $count = 0;
        while (my $read = sysread($client, my $bytes, 65536)) { $count += $read }
        syswrite($client, "$count bytes");
        close $client;
    }
"#;

async fn a_client_ends_what_it_sends_before_it_reads(swarm: Arc<Swarm>) -> Result {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let kind = Process::new("perl", |node, command| {
        command.args(["-e", COUNTER, &node.addr().ip().to_string(), &node.addr().port().to_string()]);
    })
    .ready(Ready::port(""));
    let net = cluster! { use kind; n[2] }.start().on(swarm.place()).public(true).await?;
    for node in &net.n {
        let mut client = tokio::net::TcpStream::connect(node.reach("")?).await?;
        client.write_all(&vec![7; 300_000]).await?;
        client.shutdown().await?;
        let mut answer = String::new();
        client.read_to_string(&mut answer).await?;
        assert_eq!(answer, "300000 bytes");
    }
    net.stop().await
}

const LISTENER: &str = r#"
    use Socket;
    my $listener;
    socket($listener, PF_UNIX, SOCK_STREAM, 0) && bind($listener, pack_sockaddr_un("own.sock")) && listen($listener, 5) or die;
    sleep 1000;
"#;

async fn a_unix_socket_is_reached(swarm: Arc<Swarm>) -> Result {
    let kind = Process::new("perl", |_, command| {
        command.args(["-e", LISTENER]);
    })
    .ready(Ready::unix_socket("own.sock"));
    cluster! { use kind; n[2] }.start().on(swarm.place()).public(true).await?.stop().await
}

/// In a swarm of its own, as others need their hosts.
async fn an_engine_that_dies_loses_its_nodes_alone(_: Arc<Swarm>) -> Result {
    let engines = [(); 2].map(|()| Engine::start("docker").expect("there are others"));
    swarms::join(&engines).expect("there is another one");
    let sockets: Vec<_> = engines.iter().map(Engine::socket).collect();
    let net = cluster! { use sleeper(); a; b }.start().on(swarms::place(&sockets)).public(true).await?;
    engines[1].kill();
    let end = net.b.wait_ended().await?;
    assert!(end.to_string().contains("was lost: the engine at "), "{end}");
    let error = net.a.wait_ended().timeout(Duration::from_millis(200)).await.expect_err("it sleeps").to_string();
    assert!(error.contains("200ms"), "{error}");
    net.a.restart().await?;
    let error = net.b.restart().await.expect_err("its engine is gone").to_string();
    assert!(error.contains("`b`") && error.contains(&engines[1].socket().display().to_string()), "{error}");
    drop(net);
    Ok(())
}

async fn a_cluster_that_is_dropped_leaves_nothing(swarm: Arc<Swarm>) -> Result {
    let net = cluster! { use named(); n[3] };
    let net = net.start().on(swarm.place()).event_level(DefaultLevel::Debug).public(true).await?;
    let own = format!("cluster-{}-", std::process::id());
    let everything = || -> Vec<_> { swarm.sockets().iter().flat_map(|socket| at_engine(socket, &own)).collect() };
    let holder = everything().into_iter().find(|name| name.ends_with("n.3-network")).expect("it runs");
    let run = holder.split('-').take(3).collect::<Vec<_>>().join("-");
    let of_run = || -> Vec<_> { everything().into_iter().filter(|name| name.starts_with(&run)).collect() };
    assert!(of_run().contains(&run), "it has a network and volumes: {:?}", of_run());
    drop(net);
    let left = until_empty(ATTACHED + SOON, of_run).await;
    assert!(left.is_ok(), "{left:?}");
    Ok(())
}

async fn a_test_that_is_killed_leaves_nothing(swarm: Arc<Swarm>) -> Result {
    kill_at_random_moments(swarm.sockets(), 3, ATTACHED + SOON).await;
    Ok(())
}

mod a_test_that_is_killed_two_hundred_times_leaves_nothing {
    use super::{SOON, kill_at_random_moments};

    #[tokio::test]
    #[ignore = "takes many minutes"]
    async fn of_a_swarm() {
        if let Some(swarm) = crate::swarms::shared() {
            kill_at_random_moments(swarm.sockets(), 200, SOON).await;
        }
    }
}

async fn what_cannot_be_a_place_is_refused(swarm: Arc<Swarm>) -> Result {
    let sockets = swarm.sockets();
    let other = Engine::start("docker").expect("there are others");
    let refusal = async |place: Containers| {
        let start = cluster! { n = sleeper() }.start().on(place).public(true).await;
        start.expect_err("it is refused").to_string()
    };
    let error = refusal(swarm.place().with_faults().host("n", "h4")).await;
    assert!(error.contains("node `n` is to run on `h4`, which is none of its hosts\nhelp: they are `h1`"), "{error}");
    let error = refusal(Containers::swarm([("a", &sockets[1]), ("b", &sockets[0])])).await;
    assert!(error.contains("host `a`: it is the first host, and no manager of its swarm\nhelp: "), "{error}");
    let error = refusal(Containers::swarm([("a", &sockets[0]), ("b", &sockets[0])])).await;
    assert!(error.contains("host `b`: it is the same engine as that of `a`"), "{error}");
    let error = refusal(Containers::swarm([("a", &sockets[0]), ("a", &sockets[1])])).await;
    assert!(error.contains("two hosts have the name `a`\nhelp: "), "{error}");
    let with_other = || Containers::swarm([("a", &*sockets[0]), ("b", other.socket())]);
    let error = refusal(with_other()).await;
    assert!(error.contains("is in no swarm\nhelp: `docker swarm init`"), "{error}");
    swarms::join(std::slice::from_ref(&other)).expect("there is another one");
    let error = refusal(with_other()).await;
    assert!(error.contains("host `b`: it is in another swarm than `a`\nhelp: "), "{error}");
    let missing = Process::new("no-such-program", |_, _| {});
    let error = cluster! { n = missing }
        .start()
        .on(swarm.place().with_faults())
        .public(true)
        .await
        .expect_err("there is none")
        .to_string();
    assert!(error.contains("there is no program `no-such-program` on host `h1`\nhelp: "), "{error}");
    Ok(())
}
