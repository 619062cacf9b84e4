//! A test that is killed while it breaks its network leaves nothing: no program, stopped or not, no relay, and no socket.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::io::{BufRead, BufReader};
use std::net::Ipv4Addr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use cluster_runtime::fault::{Act, Plan};
use cluster_runtime::{Feature, Process, Ready, Result, cluster};

use super::until;

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
    println!("\n{}", net.k[0].dir()?.display());
    net.k.iter().for_each(|node| println!("{}", node.addr().ip()));
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

/// A test that breaks its network.
struct Victim {
    process: Child,
    mark: String,
    directory: PathBuf,
    hosts: Vec<Ipv4Addr>,
}

impl Victim {
    fn new(number: usize) -> Self {
        let mark = format!("{}-{number}", std::process::id());
        let mut process = Command::new(std::env::current_exe().expect("this is a program"))
            .args(["--exact", "killed_in_faults::victim", "--ignored", "--nocapture"])
            .env(MARK, &mark)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("a test can be run");
        let output = BufReader::new(process.stdout.take().expect("it is a pipe"));
        let mut lines = output.lines().map_while(Result::ok);
        let directory = lines.find(|line| line.starts_with('/')).expect("it starts its programs").into();
        let hosts = lines.by_ref().take_while(|line| line != BREAKS).filter_map(|line| line.parse().ok()).collect();
        // Nobody may wait for this pipe's other end.
        std::thread::spawn(move || lines.for_each(drop));
        Self { process, mark, directory, hosts }
    }

    async fn is_killed(&mut self) {
        let moment = Duration::from_micros(random() % MOST);
        tokio::time::sleep(moment).await;
        assert!(self.programs() > 0, "none of its programs carries the mark");
        assert!(!self.sockets().is_empty(), "no socket is on its hosts");
        self.process.kill().expect("it runs");
        let status = self.process.wait().expect("it is a child of this process");
        assert_eq!(status.code(), None, "it had ended before it was killed, after {moment:?}");
        until("no program is left", || self.programs() == 0).await;
        until("no socket is left", || self.sockets().is_empty()).await;
        until("its directories are gone", || !self.directory.parent().is_some_and(Path::exists)).await;
    }

    /// How many programs carry the mark.
    fn programs(&self) -> usize {
        let variable = format!("{MARK}={}", self.mark);
        let processes = std::fs::read_dir("/proc").expect("this system shows its processes");
        let others = processes.filter_map(|entry| Some(entry.ok()?.path()));
        let others = others.filter(|path| !path.ends_with(self.process.id().to_string()));
        let environments = others.filter_map(|path| std::fs::read(path.join("environ")).ok());
        environments.filter(|all| all.split(|byte| *byte == 0).any(|set| set == variable.as_bytes())).count()
    }

    /// The sockets on its hosts that belong to a process: those of its programs, and those of its relays.
    fn sockets(&self) -> Vec<String> {
        let tables = ["/proc/net/tcp", "/proc/net/udp"].map(|table| std::fs::read_to_string(table).unwrap_or_default());
        let is_on_host = |line: &&str| {
            let fields: Vec<_> = line.split_whitespace().collect();
            let [_, local, _, _, _, _, _, _, _, inode, ..] = fields[..] else { return false };
            let host = local.split_once(':').and_then(|(host, _)| u32::from_str_radix(host, 16).ok());
            inode != "0" && host.is_some_and(|host| self.hosts.contains(&Ipv4Addr::from(host.to_ne_bytes())))
        };
        tables.iter().flat_map(|table| table.lines()).filter(is_on_host).map(str::to_owned).collect()
    }
}

async fn kill(number: usize) {
    let mut victim = tokio::task::spawn_blocking(move || Victim::new(number)).await.expect("it breaks its network");
    assert_eq!(victim.hosts.len(), 4, "{:?}", victim.hosts);
    victim.is_killed().await;
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
