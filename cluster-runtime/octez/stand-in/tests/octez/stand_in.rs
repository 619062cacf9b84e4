//! The stand-in itself, by behaviour, without the runtime's kind.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use rustix::fs::{CWD, FileType, Mode, mknodat};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::net::TcpSocket;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::rpc;

const PROGRAM: &str = env!("CARGO_BIN_EXE_octez-node");
const VARIABLE: &str = "TEZOS_EVENTS_CONFIG";
const PATIENCE: Duration = Duration::from_secs(20);

/// A data directory, a pipe, and three addresses that nobody else is given.
struct Fixture {
    dir: PathBuf,
    reserved: Vec<TcpSocket>,
}

impl Fixture {
    fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("stand-in-{}-{number}", std::process::id()));
        fs::create_dir_all(&dir).expect("a directory for the test");
        let fixture = Self { dir, reserved: (0..3).map(|_| reserved()).collect() };
        fixture.make_pipe(0o640);
        fixture
    }

    fn data_dir(&self) -> String {
        self.dir.join("data").display().to_string()
    }

    fn pipe(&self) -> PathBuf {
        self.dir.join("events")
    }

    fn make_pipe(&self, mode: u32) {
        let _ = fs::remove_file(self.pipe());
        mknodat(CWD, self.pipe(), FileType::Fifo, Mode::from_raw_mode(mode), 0).expect("a pipe");
    }

    fn net(&self) -> SocketAddr {
        self.addr(0)
    }

    fn rpc(&self) -> SocketAddr {
        self.addr(2)
    }

    fn addr(&self, index: usize) -> SocketAddr {
        self.reserved[index].local_addr().expect("it is bound")
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command.args(words).env_remove(VARIABLE);
        command
    }

    fn output(&self, words: &[&str]) -> Output {
        self.command(words).output().expect("the stand-in is there")
    }

    /// Runs a command that is expected to be refused, and gives the reason.
    fn refused(&self, words: &[&str]) -> String {
        let output = self.output(words);
        assert_eq!(output.status.code(), Some(1), "{words:?} was not refused: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    fn accepted(&self, words: &[&str]) {
        let output = self.output(words);
        assert!(output.status.success(), "{words:?} was refused: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Makes identity and configuration, and gives the identity.
    fn prepare(&self, arguments: &[&str], peers: &[String]) -> String {
        let data_dir = self.data_dir();
        self.accepted(&["identity", "generate", "--data-dir", &data_dir, "0"]);
        let mut words = vec!["config", "init", "--data-dir", &data_dir];
        words.extend(arguments);
        words.extend(["--network", "sandbox", "--expected-pow", "0"]);
        words.extend(peers.iter().flat_map(|peer| ["--peer", peer]));
        self.accepted(&words);
        let identity = fs::read(self.dir.join("data/identity.json")).expect("it was generated");
        let identity: Value = serde_json::from_slice(&identity).expect("it is JSON");
        identity["peer_id"].as_str().expect("it has an identity").to_owned()
    }

    fn run(&self) -> Command {
        let [net, metrics, rpc] = [0, 1, 2].map(|index| self.addr(index).to_string());
        let data_dir = self.data_dir();
        let mut command =
            self.command(&["run", "--data-dir", &data_dir, "--net-addr", &net, "--metrics-addr", &metrics]);
        command.args(["--rpc-addr", &rpc, "--max-active-rpc-connections", "500", "--allow-all-rpc", &rpc]);
        command.env(VARIABLE, format!("file-descriptor-path://{}?section-prefix=:debug", self.pipe().display()));
        command
    }

    /// Runs a node, and waits until it says that it is ready.
    async fn running(&self, words: &[&str]) -> StandIn {
        let (events, receiver) = unbounded_channel();
        // Open at both ends, so that it has a reader before the node is there, and no end.
        let pipe = fs::OpenOptions::new().read(true).write(true).open(self.pipe()).expect("the pipe");
        std::thread::spawn(move || {
            for line in BufReader::new(pipe).lines().map_while(Result::ok) {
                let line: Value = serde_json::from_str(&line).expect("a line of JSON");
                if events.send(line["fd-sink-item.v0"]["event"].clone()).is_err() {
                    return;
                }
            }
        });
        let child = self.run().args(words).stdout(Stdio::null()).spawn().expect("the stand-in is there");
        let mut node = StandIn { child, events: receiver, rpc: self.rpc() };
        node.wait_for("node_is_ready.v0").await;
        node
    }

    /// Runs a node that is expected to refuse, with a reader at its pipe or without.
    fn run_refused(&self, command: &mut Command, is_read: bool) -> String {
        let _reader = is_read.then(|| fs::OpenOptions::new().read(true).write(true).open(self.pipe()));
        let output = command.output().expect("the stand-in is there");
        assert_eq!(output.status.code(), Some(1), "{command:?} was not refused: {output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }
}

/// All are on 127.0.0.1, from where all calls come: a private node knows its callers by their addresses.
fn reserved() -> TcpSocket {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.set_reuseaddr(true).expect("an option that every system has");
    socket.bind((Ipv4Addr::LOCALHOST, 0).into()).expect("a port is free");
    socket
}

impl Drop for Fixture {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.dir);
    }
}

struct StandIn {
    child: Child,
    events: UnboundedReceiver<Value>,
    rpc: SocketAddr,
}

impl StandIn {
    async fn wait_for(&mut self, name: &str) -> Value {
        let search = async {
            loop {
                let event = self.events.recv().await.expect("the pipe is open");
                if let Some(value) = event.get(name) {
                    return value.clone();
                }
            }
        };
        tokio::time::timeout(PATIENCE, search).await.unwrap_or_else(|_| panic!("event {name} did not come"))
    }

    async fn neighbours(&self) -> Vec<String> {
        let connections = rpc::get(self.rpc, "/network/connections").await;
        let ids = connections
            .as_array()
            .expect("a list")
            .iter()
            .map(|one| one["peer_id"].as_str().expect("an id").to_owned());
        ids.collect()
    }

    fn terminate(&mut self) -> ExitStatus {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).expect("it runs");
        let deadline = Instant::now() + PATIENCE;
        loop {
            match self.child.try_wait().expect("it is a child") {
                Some(status) => return status,
                None if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(5)),
                None => panic!("it does not stop"),
            }
        }
    }
}

impl Drop for StandIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn the_commands_have_an_order() {
    let fixture = Fixture::new();
    let data_dir = fixture.data_dir();
    let config = ["config", "init", "--data-dir", &data_dir, "--network", "sandbox", "--expected-pow", "0"];
    assert!(fixture.run_refused(&mut fixture.run(), true).contains("No such file"));
    fs::create_dir(&data_dir).expect("a directory");
    assert!(fixture.refused(&config).contains("there is no identity.json"));
    fixture.accepted(&["identity", "generate", "--data-dir", &data_dir, "0"]);
    assert!(
        fixture
            .refused(&["identity", "generate", "--data-dir", &data_dir, "0"])
            .contains("unexpected file identity.json")
    );
    assert!(fixture.run_refused(&mut fixture.run(), true).contains("there is no config.json"));
    fixture.accepted(&config);
    assert!(fixture.refused(&config).contains("unexpected file config.json"));
}

#[test]
fn a_file_of_somebody_else_is_refused() {
    let fixture = Fixture::new();
    fixture.prepare(&[], &[]);
    fs::write(fixture.dir.join("data/log.txt"), "").expect("a file");
    assert!(fixture.run_refused(&mut fixture.run(), true).contains("unexpected file log.txt"));
}

#[test]
fn the_environment_is_checked() {
    let fixture = Fixture::new();
    fixture.prepare(&[], &[]);
    assert!(fixture.run_refused(fixture.run().env_remove(VARIABLE), true).contains(VARIABLE));
    assert!(fixture.run_refused(fixture.run().env("MAVRYK_EVENTS_CONFIG", "x"), true).contains("MAVRYK_EVENTS_CONFIG"));
    assert!(fixture.run_refused(fixture.run().env(VARIABLE, "x"), true).contains("file-descriptor-path"));
}

#[test]
fn the_pipe_is_checked() {
    let fixture = Fixture::new();
    fixture.prepare(&[], &[]);
    assert!(fixture.run_refused(&mut fixture.run(), false).contains("nobody reads it"));
    fixture.make_pipe(0o600);
    assert!(fixture.run_refused(&mut fixture.run(), true).contains("its mode is 600"));
    fs::remove_file(fixture.pipe()).expect("it is there");
    fs::write(fixture.pipe(), "").expect("a file");
    assert!(fixture.run_refused(&mut fixture.run(), true).contains("it is no pipe"));
}

#[test]
fn mavkit_node_has_a_variable_of_its_own() {
    let fixture = Fixture::new();
    fixture.prepare(&[], &[]);
    let mut command = Command::new(env!("CARGO_BIN_EXE_mavkit-node"));
    command.args(fixture.run().get_args()).env(VARIABLE, "x");
    assert!(fixture.run_refused(&mut command, true).contains("unexpected variable `TEZOS_EVENTS_CONFIG`"));
}

#[tokio::test]
async fn a_second_node_in_the_same_directory_is_refused() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    fixture.prepare(&[], &[]);
    let _node = fixture.running(&[]).await;
    let mut command = fixture.run();
    command.env(VARIABLE, format!("file-descriptor-path://{}?section-prefix=:info", other.pipe().display()));
    assert!(other.run_refused(&mut command, true).contains("another node runs"));
}

#[tokio::test]
async fn sigterm_ends_it_in_good_order() {
    let fixture = Fixture::new();
    let id = fixture.prepare(&[], &[]);
    let mut node = fixture.running(&[]).await;
    assert_eq!(rpc::get(node.rpc, "/network/self").await, json!(id));
    assert_eq!(rpc::get(node.rpc, "/health/ready").await, json!({ "ready": true }));
    assert_eq!(node.terminate().code(), Some(0));
}

#[tokio::test]
async fn two_that_dial_each_other_have_one_connection() {
    let (a, b) = (Fixture::new(), Fixture::new());
    let id_of_a = a.prepare(&[], &[b.net().to_string()]);
    let id_of_b = b.prepare(&[], &[a.net().to_string()]);
    let (mut a, mut b) = (a.running(&["--private-mode"]).await, b.running(&["--private-mode"]).await);
    assert_eq!(a.wait_for("connection.v0").await, json!(id_of_b));
    assert_eq!(b.wait_for("connection.v0").await, json!(id_of_a));
    assert_eq!((a.neighbours().await, b.neighbours().await), (vec![id_of_b.clone()], vec![id_of_a]));

    let path = format!("/network/connections/{id_of_b}");
    rpc::call(a.rpc, "DELETE", &path, b"").await.expect("an answer");
    a.wait_for("disconnection.v0").await;
    assert_eq!(a.wait_for("connection.v0").await, json!(id_of_b), "a dropped peer comes back");
}

#[tokio::test]
async fn a_private_node_lets_no_stranger_in() {
    let (private, stranger) = (Fixture::new(), Fixture::new());
    private.prepare(&[], &[]);
    stranger.prepare(&[], &[private.net().to_string()]);
    let node = private.running(&["--private-mode"]).await;
    let mut stranger = stranger.running(&[]).await;
    assert_eq!(stranger.wait_for("connection_error.v0").await["error"], json!("private mode"));
    assert!(node.neighbours().await.is_empty());
}

#[tokio::test]
async fn a_peer_with_another_identity_is_refused() {
    let (a, b) = (Fixture::new(), Fixture::new());
    let id_of_a = a.prepare(&[], &[]);
    b.prepare(&[], &[format!("{}#{id_of_a}", a.net())]);
    let (c, wrong) = (Fixture::new(), "idt".to_owned() + &"1".repeat(27));
    c.prepare(&[], &[format!("{}#{wrong}", a.net())]);
    let (_a, mut b, mut c) = (a.running(&[]).await, b.running(&[]).await, c.running(&[]).await);
    assert_eq!(b.wait_for("connection.v0").await, json!(id_of_a));
    assert_eq!(c.wait_for("connection_error.v0").await["error"], json!("unexpected peer id"));
}

#[tokio::test]
async fn public_nodes_tell_of_others_and_private_ones_do_not() {
    let (hub, a, b, hidden) = (Fixture::new(), Fixture::new(), Fixture::new(), Fixture::new());
    hub.prepare(&[], &[hidden.net().to_string()]);
    let id_of_a = a.prepare(&[], &[hub.net().to_string()]);
    b.prepare(&[], &[hub.net().to_string()]);
    let id_of_hidden = hidden.prepare(&[], &[hub.net().to_string()]);
    let hub_of_hidden = hub.running(&[]).await;
    let mut hidden = hidden.running(&["--private-mode"]).await;
    hidden.wait_for("connection.v0").await;
    let (_a, mut b) = (a.running(&[]).await, b.running(&[]).await);
    b.wait_for("connection.v0").await;
    b.wait_for("connection.v0").await;
    let neighbours = b.neighbours().await;
    assert!(neighbours.contains(&id_of_a) && !neighbours.contains(&id_of_hidden), "{neighbours:?}");
    assert_eq!(hidden.neighbours().await.len(), 1);
    assert_eq!(hub_of_hidden.neighbours().await.len(), 3);
}

#[tokio::test]
async fn a_block_goes_through_the_network() {
    let (a, b) = (Fixture::new(), Fixture::new());
    a.prepare(&[], &[]);
    b.prepare(&[], &[a.net().to_string()]);
    let (a, mut b) = (a.running(&[]).await, b.running(&[]).await);
    b.wait_for("connection.v0").await;
    assert_eq!(rpc::post(a.rpc, "/stand_in/bake", b"").await, json!(1));
    assert_eq!(b.wait_for("head_increment.v0").await, json!({ "level": 1 }));
}

#[tokio::test]
async fn a_point_is_dialled_when_an_rpc_asks() {
    let (a, b) = (Fixture::new(), Fixture::new());
    let id_of_a = a.prepare(&[], &[]);
    b.prepare(&[], &[]);
    let net = a.net();
    let (_a, mut b) = (a.running(&[]).await, b.running(&[]).await);
    let path = format!("/network/points/{net}");
    let (status, _) = rpc::call(b.rpc, "PUT", &path, b"{}").await.expect("an answer");
    assert_eq!(status, 200);
    assert_eq!(b.wait_for("connection.v0").await, json!(id_of_a));
    let points = rpc::get(b.rpc, "/network/points").await;
    assert_eq!(points[0][1]["state"], json!({ "event_kind": "running", "p2p_peer_id": id_of_a }));
}
