//! Services, each a process in miniature, against bare tokio tasks that do the same: their start, what is done to them while they
//! run, and a round trip through `call`.
//!
//! Everything is timed in turn with its baseline in one run, and the medians are compared. Nothing here passes or fails on time.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use cluster_runtime::kinds::{Provide, ServiceProtocol};
use cluster_runtime::{Cluster, Error, Node, NodeContext, Result, Service, cluster, create, start};
use tokio::net::{TcpListener, TcpSocket};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinSet;

/// How often each act is timed.
const ROUNDS: usize = 15;
/// How often a round trip is made.
const ROUND_TRIPS: usize = 10_000;

fn main() -> Result {
    starts()?;
    lives()?;
    in_runtime(round_trips())
}

/// Each measurement has a runtime of its own, so that none inherits the tasks of another.
fn in_runtime<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(work)
}

/// Listens until it is stopped.
fn listening() -> Service {
    Service::new(async |node: NodeContext| {
        let listener = node.listener()?;
        node.ready();
        tokio::select! {
            accepted = listener.accept() => accepted.map(drop)?,
            () = node.stopped() => {}
        }
        Ok::<_, Error>(())
    })
}

/// Starts services, to ready, and stops them.
fn starts() -> Result {
    println!("| services | by | start | ratio | stop | ratio |");
    println!("|--:|---|--:|--:|--:|--:|");
    for count in [10, 100, 1000] {
        let (mut bare, mut own, mut shared) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            bare.push(in_runtime(bare_start_and_stop(count))?);
            own.push(in_runtime(start_and_stop(listening(), count))?);
            shared.push(in_runtime(start_and_stop(listening().shared(), count))?);
        }
        let base = medians(&bare);
        for (name, times) in [("bare tokio tasks", bare), ("services", own), ("services, shared", shared)] {
            let (start, stop) = medians(&times);
            let (start_ratio, stop_ratio) = (ratio(start, base.0), ratio(stop, base.1));
            println!("| {count} | {name} | {start:.1?} | {start_ratio:.2} | {stop:.1?} | {stop_ratio:.2} |");
        }
    }
    Ok(())
}

async fn start_and_stop(kind: Service, count: usize) -> Result<(Duration, Duration)> {
    let began = Instant::now();
    let net = start(create(&kind, "n", count)).await?;
    let started = began.elapsed();
    net.stop().await?;
    Ok((started, began.elapsed() - started))
}

async fn bare_start_and_stop(count: usize) -> Result<(Duration, Duration)> {
    let began = Instant::now();
    let mut tasks = Tasks::start(count).await?;
    let started = began.elapsed();
    tasks.end().await;
    Ok((started, began.elapsed() - started))
}

/// Tasks that listen.
struct Tasks(JoinSet<()>);

impl Tasks {
    /// Starts them, and waits until all are ready.
    async fn start(count: usize) -> Result<Self> {
        let (ready, mut readiness) = mpsc::unbounded_channel();
        let mut tasks = JoinSet::new();
        for _ in 0..count {
            let listener = bind()?;
            let ready = ready.clone();
            tasks.spawn(async move {
                let _ = ready.send(());
                let _ = listener.accept().await;
            });
        }
        for _ in 0..count {
            readiness.recv().await.expect("the tasks live on");
        }
        Ok(Self(tasks))
    }

    async fn end(&mut self) {
        self.0.shutdown().await;
    }
}

fn bind() -> Result<TcpListener> {
    let socket = TcpSocket::new_v4()?;
    socket.bind(([127, 0, 0, 1], 0).into())?;
    Ok(socket.listen(1024)?)
}

/// The durations of what is done to nodes.
#[derive(Default)]
struct Lives {
    kill: Vec<Duration>,
    run_again: Vec<Duration>,
    restart: Vec<Duration>,
    pause: Vec<Duration>,
    resume: Vec<Duration>,
}

/// Kills, restarts and pauses services in a cluster of a hundred.
fn lives() -> Result {
    println!("\n| of 100 services | one | all | one, bare task | all, bare tasks |");
    println!("|---|--:|--:|--:|--:|");
    let (mut one, mut all) = (Lives::default(), Lives::default());
    let (mut bare_one, mut bare_all) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        in_runtime(async {
            let nodes = create(&listening(), "n", 100);
            let net = start(&nodes).await?;
            live(&net, &nodes[..1], &mut one).await?;
            live(&net, &nodes, &mut all).await?;
            net.stop().await
        })?;
        in_runtime(async {
            bare_one.push(bare_end_and_start(1).await?);
            bare_all.push(bare_end_and_start(100).await?);
            Ok(())
        })?;
    }
    let ((bare_kill, bare_run), (bare_kill_all, bare_run_all)) = (medians(&bare_one), medians(&bare_all));
    println!("| kill | {:.1?} | {:.1?} | {bare_kill:.1?} | {bare_kill_all:.1?} |", median(one.kill), median(all.kill));
    println!(
        "| run again after a kill | {:.1?} | {:.1?} | {bare_run:.1?} | {bare_run_all:.1?} |",
        median(one.run_again),
        median(all.run_again)
    );
    let without_baseline =
        [("restart", one.restart, all.restart), ("pause", one.pause, all.pause), ("resume", one.resume, all.resume)];
    for (act, one, all) in without_baseline {
        println!("| {act} | {:.1?} | {:.1?} | | |", median(one), median(all));
    }
    Ok(())
}

async fn live(net: &Cluster, nodes: &[Node<Service>], times: &mut Lives) -> Result {
    times.kill.push(timed(net.kill(nodes)).await?);
    times.run_again.push(timed(net.restart(nodes)).await?);
    times.restart.push(timed(net.restart(nodes)).await?);
    times.pause.push(timed(net.pause(nodes)).await?);
    times.resume.push(timed(net.resume(nodes)).await?);
    Ok(())
}

/// Ends tasks, and starts as many again.
async fn bare_end_and_start(count: usize) -> Result<(Duration, Duration)> {
    let mut tasks = Tasks::start(count).await?;
    let began = Instant::now();
    tasks.end().await;
    let ended = began.elapsed();
    let _again = Tasks::start(count).await?;
    Ok((ended, began.elapsed() - ended))
}

async fn timed(act: impl IntoFuture<Output = Result>) -> Result<Duration> {
    let began = Instant::now();
    act.await?;
    Ok(began.elapsed())
}

type Question = oneshot::Sender<u64>;

/// Answers each question.
async fn answer(mut questions: mpsc::UnboundedReceiver<Question>) {
    while let Some(question) = questions.recv().await {
        let _ = question.send(42);
    }
}

async fn ask(questions: &mpsc::UnboundedSender<Question>) -> Result<u64> {
    let (question, reply) = oneshot::channel();
    questions.send(question).map_err(|_| Error::other("nobody answers"))?;
    reply.await.map_err(Error::other)
}

type Answering = Service<ServiceProtocol, mpsc::UnboundedSender<Question>>;

fn answering() -> Answering {
    Service::providing(async |node: NodeContext, handle: Provide<_>| {
        let (ask, questions) = mpsc::unbounded_channel();
        handle.set(ask);
        node.ready();
        tokio::select! {
            () = answer(questions) => {}
            () = node.stopped() => {}
        }
        Ok::<_, Error>(())
    })
}

/// Asks a task, and services by `call`.
async fn round_trips() -> Result {
    println!("\n| a round trip | median | ratio |");
    println!("|---|--:|--:|");
    let net = cluster! { own = answering(); shared = answering().shared() }.start().await?;
    let (bare_ask, questions) = mpsc::unbounded_channel();
    let task = tokio::spawn(answer(questions));
    let (mut bare, mut own, mut shared) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUND_TRIPS {
        bare.push(timed(async { ask(&bare_ask).await.map(drop) }).await?);
        own.push(timed(call(&net.own)).await?);
        shared.push(timed(call(&net.shared)).await?);
    }
    task.abort();
    let base = median(bare.clone());
    for (name, times) in [("to a bare task", bare), ("`call` of a service", own), ("`call`, shared", shared)] {
        let time = median(times);
        println!("| {name} | {time:.1?} | {:.2} |", ratio(time, base));
    }
    net.stop().await
}

async fn call(node: &Node<Answering>) -> Result {
    node.call(|questions: Arc<_>| async move { ask(&questions).await }).await.map(drop)
}

fn ratio(time: Duration, base: Duration) -> f64 {
    time.as_secs_f64() / base.as_secs_f64()
}

fn medians(times: &[(Duration, Duration)]) -> (Duration, Duration) {
    let (first, second) = times.iter().copied().unzip();
    (median(first), median(second))
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}
