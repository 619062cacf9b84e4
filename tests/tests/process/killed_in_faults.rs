//! A test that is killed while it breaks its network leaves nothing: no program, stopped or not, no relay, and no socket.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use cluster_runtime::fault::{Act, Plan};
use cluster_runtime::{Feature, Process, Ready, Result, cluster};
use cluster_tests::{Victim, alone, processes_with, until};

/// A variable that the programs of the other process inherit.
const MARK: &str = "CLUSTER_KILLED_IN_FAULTS";
/// The line after which faults come and go.
const BREAKS: &str = "it breaks";
/// How long a test breaks its network at most before it is killed.
const MOST: u64 = 600_000;

/// Programs that write to each other all the time.
fn chatting() -> Process {
    Process::new(env!("CARGO_BIN_EXE_daemon"), |node, command| {
        command.arg("chat").arg(node.addr().to_string());
        command.args(node.peers().into_iter().map(|peer| peer.addr().to_string()));
    })
    .supports(Feature::Private)
    .ready(Ready::port(""))
}

/// Breaks its network until it is killed. A process for the tests below, and no test itself.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a part of other tests"]
async fn victim() -> Result {
    let net = cluster! { use chatting(); k[4]: clique }.start().link_control(true).await?;
    println!("\nin {}", net.k[0].dir()?.display());
    println!("on {}", net.k.each_ref().map(|node| node.addr().ip().to_string()).join(" "));
    let acts = [
        Act::kill_minority(),
        Act::pause_one(),
        Act::pause_one(),
        Act::isolate_one(),
        Act::halves().refuse(),
        Act::bridge(),
        Act::majorities_ring().reset(),
        Act::cut_link(),
        Act::cut_one_way(),
        Act::slow_link(),
    ];
    let every = Duration::from_millis(30);
    let plan = Plan::seeded(random()).any_of(acts).every(every).during(every * 1000);
    net.run(plan, async |faults| {
        println!("{BREAKS}");
        while faults.active() {
            tokio::time::sleep(every).await;
        }
        Ok(())
    })
    .await?;
    net.stop().await
}

fn random() -> u64 {
    RandomState::new().hash_one(())
}

/// The sockets on these hosts that belong to a process: those of programs, and those of relays.
fn sockets_on(hosts: &[Ipv4Addr]) -> Vec<String> {
    let tables = ["/proc/net/tcp", "/proc/net/udp"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
    let is_on_host = |line: &&str| {
        let fields: Vec<_> = line.split_whitespace().collect();
        let [_, local, _, _, _, _, _, _, _, inode, ..] = fields[..] else { return false };
        let host = local.split_once(':').and_then(|(host, _)| u32::from_str_radix(host, 16).ok());
        inode != "0" && host.is_some_and(|host| hosts.contains(&Ipv4Addr::from(host.to_ne_bytes())))
    };
    tables.iter().flat_map(|table| table.lines()).filter(is_on_host).map(str::to_owned).collect()
}

/// Kills a test that breaks its network.
async fn kill(number: usize) {
    let mark = format!("{}-{number}", std::process::id());
    let begun = tokio::task::spawn_blocking({
        let mark = mark.clone();
        move || {
            let victim = Victim::new(alone("killed_in_faults::victim").env(MARK, mark).stderr(Stdio::null()));
            let (directory, hosts) = (PathBuf::from(victim.line("in ")), victim.line("on "));
            let hosts: Vec<Ipv4Addr> = hosts.split(' ').filter_map(|host| host.parse().ok()).collect();
            victim.line(BREAKS);
            (victim, directory, hosts)
        }
    });
    let (mut victim, directory, hosts) = begun.await.expect("it breaks its network");
    assert_eq!(hosts.len(), 4, "{hosts:?}");
    let moment = Duration::from_micros(random() % MOST);
    tokio::time::sleep(moment).await;
    let mark = format!("{MARK}={mark}\0");
    // It carries the mark itself.
    assert!(processes_with(&mark).len() > 1, "none of its programs carries the mark");
    assert!(!sockets_on(&hosts).is_empty(), "no socket is on its hosts");
    victim.kill();
    until("no program is left", || processes_with(&mark).is_empty()).await;
    until("no socket is left", || sockets_on(&hosts).is_empty()).await;
    until("its directories are gone", || !directory.parent().is_some_and(Path::exists)).await;
}

/// Kills so many tests, `together` at a time.
async fn kills(count: usize, together: usize) {
    let mut killing = tokio::task::JoinSet::new();
    for number in 0..count {
        killing.spawn(kill(number));
        if killing.len() == together {
            killing.join_next().await.expect("one was spawned").expect("it leaves nothing");
        }
    }
    killing.join_all().await;
}

#[tokio::test]
async fn a_test_that_is_killed_while_it_breaks_its_network_leaves_nothing() {
    kills(10, 5).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn two_hundred_tests_that_are_killed_while_they_break_their_networks_leave_nothing() {
    kills(200, 4).await;
}
