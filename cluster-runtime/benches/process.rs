//! Starting programs as nodes, against bare `tokio::process` spawns of the same commands with the same check for readiness.
//!
//! Both are timed in turn in one run, and the medians are compared. Nothing here passes or fails on time.
//!
//! A node has a directory and a log; a bare spawn of a trivial daemon has none.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

use cluster_runtime::process::Signal;
use cluster_runtime::{Error, Feature, Node, Process, Ready, Result, create};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::net::UnixStream;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;

/// How often each start is timed.
const ROUNDS: usize = 7;
/// A daemon that prints that it is ready, and does nothing.
const SCRIPT: &str = "echo ready; exec sleep 1000";

fn main() -> Result {
    let arguments: Vec<_> = std::env::args().collect();
    if let [_, flag, count] = &*arguments
        && flag == "--memory"
    {
        return print_memory(count.parse().map_err(Error::other)?);
    }
    println!("| start, to ready | cluster | bare tokio | ratio | stop, cluster | stop, bare tokio |");
    println!("|---|---|---|---|---|---|");
    for count in [50, 200] {
        compare(&format!("{count} trivial daemons"), count, &trivial(), bare_trivial)?;
    }
    if is_installed("yggdrasil") {
        for count in [50, 200] {
            compare(&format!("{count} of yggdrasil"), count, &yggdrasil(), bare_yggdrasil)?;
        }
    } else {
        println!("skipped: yggdrasil is not installed (`apt-get install yggdrasil`)");
    }
    println!();
    println!("memory per running node in the test's process: {} B", memory_per_node()?);
    println!("a death is noticed after {:.2?} (median of 50)", in_runtime(notice())?);
    Ok(())
}

fn compare<F>(name: &str, count: usize, kind: &Process, bare: impl Fn(usize, PathBuf) -> F) -> Result
where
    F: Future<Output = Result<Child>> + Send + 'static,
{
    let (mut ours, mut theirs, mut our_stops, mut their_stops) = (vec![], vec![], vec![], vec![]);
    for _ in 0..ROUNDS {
        let (start, stop) = in_runtime(bare_cluster(count, &bare))?;
        theirs.push(start);
        their_stops.push(stop);
        let (start, stop) = in_runtime(cluster(count, kind))?;
        ours.push(start);
        our_stops.push(stop);
    }
    let (ours, theirs) = (median(ours), median(theirs));
    println!(
        "| {name} | {ours:.1?} | {theirs:.1?} | {:.2} | {:.1?} | {:.1?} |",
        ours.as_secs_f64() / theirs.as_secs_f64(),
        median(our_stops),
        median(their_stops)
    );
    Ok(())
}

/// Each start has a runtime of its own, so that none inherits the tasks of another.
fn in_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

async fn cluster(count: usize, kind: &Process) -> Result<(Duration, Duration)> {
    let started = Instant::now();
    let nodes = create(kind, "n", count);
    let cluster = cluster_runtime::start(&nodes).await?;
    let start = started.elapsed();
    let stopped = Instant::now();
    cluster.stop().await?;
    Ok((start, stopped.elapsed()))
}

async fn bare_cluster<F>(count: usize, bare: impl Fn(usize, PathBuf) -> F) -> Result<(Duration, Duration)>
where
    F: Future<Output = Result<Child>> + Send + 'static,
{
    let directory = std::env::temp_dir().join(format!("cluster-bench-{}", std::process::id()));
    std::fs::create_dir(&directory)?;
    let started = Instant::now();
    let tasks: JoinSet<_> = (0..count).map(|number| bare(number, directory.clone())).collect();
    let children: Vec<_> = tasks.join_all().await.into_iter().collect::<Result<_>>()?;
    let start = started.elapsed();
    let stopped = Instant::now();
    let stops: JoinSet<_> = children.into_iter().map(bare_stop).collect();
    stops.join_all().await.into_iter().collect::<Result<Vec<_>>>()?;
    let stop = stopped.elapsed();
    std::fs::remove_dir_all(&directory)?;
    Ok((start, stop))
}

async fn bare_stop(mut child: Child) -> Result {
    let process = child.id().and_then(|id| rustix::process::Pid::from_raw(id.cast_signed()));
    let process = process.ok_or_else(|| Error::other("it has ended"))?;
    rustix::process::kill_process(process, rustix::process::Signal::TERM).map_err(Error::other)?;
    child.wait().await?;
    Ok(())
}

fn trivial() -> Process {
    Process::new("sh", |_, command| {
        command.arg("-c").arg(SCRIPT);
    })
    .ready(Ready::log_line("ready"))
    .supports(Feature::Private)
}

async fn bare_trivial(_number: usize, _directory: PathBuf) -> Result<Child> {
    let mut child = bare_spawn(Command::new("sh").arg("-c").arg(SCRIPT))?;
    let stdout = child.stdout.take().ok_or_else(|| Error::other("no output"))?;
    let mut lines = BufReader::new(stdout).lines();
    while lines.next_line().await?.is_some_and(|line| !line.contains("ready")) {}
    Ok(child)
}

fn bare_spawn(command: &mut Command) -> Result<Child> {
    let command = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command.process_group(0).kill_on_drop(true).spawn()?)
}

fn yggdrasil() -> Process {
    Process::new("yggdrasil", |node, command| {
        command.args(["-useconffile", "node.json", "-logto", &node.path("node.log")]);
    })
    .config(async |node: cluster_runtime::process::ProcessContext| {
        let keys = node.command().args(["-genconf", "-json"]).run().await?;
        node.write("node.json", yggdrasil_conf(&keys, &node.path("admin.sock"))?).await
    })
    .ready(Ready::unix_socket("admin.sock"))
    .supports(Feature::Private)
}

async fn bare_yggdrasil(number: usize, directory: PathBuf) -> Result<Child> {
    let socket = directory.join(format!("{number}.sock"));
    let (conf, log) = (directory.join(format!("{number}.json")), directory.join(format!("{number}.log")));
    let keys = Command::new("yggdrasil").args(["-genconf", "-json"]).output().await?.stdout;
    let socket_path = socket.to_string_lossy();
    std::fs::write(&conf, yggdrasil_conf(&String::from_utf8_lossy(&keys), &socket_path)?)?;
    let child = bare_spawn(Command::new("yggdrasil").arg("-useconffile").arg(&conf).arg("-logto").arg(&log))?;
    let mut pause = Duration::from_millis(2);
    while UnixStream::connect(&socket).await.is_err() {
        tokio::time::sleep(pause).await;
        pause = pause.mul_f64(1.5).min(Duration::from_millis(100));
    }
    Ok(child)
}

/// A node that is alone.
fn yggdrasil_conf(keys: &str, socket: &str) -> Result<String> {
    let mut conf: serde_json::Value = serde_json::from_str(keys)?;
    conf["AdminListen"] = format!("unix://{socket}").into();
    conf["MulticastInterfaces"] = serde_json::json!([]);
    conf["IfName"] = "none".into();
    Ok(conf.to_string())
}

fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|directory: PathBuf| Path::new(&directory).join(program).exists())
}

/// How long it takes from a kill until a wait for the node returns.
async fn notice() -> Result<Duration> {
    let nodes = create(&trivial(), "n", 50);
    let _cluster = cluster_runtime::start(&nodes).await?;
    let mut times = Vec::new();
    for node in &nodes {
        let waiting = tokio::spawn(node.wait_stopped().into_future());
        tokio::task::yield_now().await;
        let killed = Instant::now();
        node.signal(Signal::Kill)?;
        waiting.await.map_err(Error::other)?.expect_err("it is dead");
        times.push(killed.elapsed());
        std::fs::remove_dir_all(node.dir()?)?;
    }
    Ok(median(times))
}

/// Bytes that a running node takes, in processes of their own.
fn memory_per_node() -> Result<usize> {
    let grown = |count: usize| -> Result<usize> {
        let bench = std::env::current_exe()?;
        let output = std::process::Command::new(bench).args(["--memory", &count.to_string()]).output()?;
        String::from_utf8_lossy(&output.stdout).trim().parse().map_err(Error::other)
    };
    Ok(grown(300)?.saturating_sub(grown(100)?) / 200)
}

/// Prints how many bytes the process grows by when so many programs are started.
fn print_memory(count: usize) -> Result {
    in_runtime(async {
        let before = resident();
        let nodes: Vec<Node<Process>> = create(&trivial(), "n", count);
        let cluster = cluster_runtime::start(&nodes).await?;
        println!("{}", resident().saturating_sub(before));
        cluster.stop().await
    })
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

/// Bytes of this process that lie in memory.
fn resident() -> usize {
    let status = std::fs::read_to_string("/proc/self/statm").unwrap_or_default();
    let pages = status.split_whitespace().nth(1).and_then(|pages| pages.parse::<usize>().ok()).unwrap_or(0);
    pages * 4096
}
