//! A service is a process in miniature: what ends with it, what delays nobody else, and what is said of it.

use std::future::IntoFuture;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use cluster_runtime::error::{BoxError, End};
use cluster_runtime::kinds::{Provide, ServiceProtocol};
use cluster_runtime::{Error, Level, Node, NodeContext, Result, Service, cluster, start};
use cluster_tests::report;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

cluster_tests::on_both_runtimes! {
    nothing_that_a_killed_service_has_spawned_serves_on
    nothing_that_a_stopped_service_has_spawned_serves_on
    nothing_that_a_dropped_service_has_spawned_serves_on
    a_restart_listens_on_the_same_port_at_once
    a_killed_service_ends_the_connections_of_its_clients
    a_service_that_sleeps_in_its_thread_delays_no_wait
    a_service_that_computes_delays_no_wait
    a_service_that_blocks_its_thread_delays_no_other_node
    a_panic_in_a_task_is_the_death_of_its_node
    a_paused_service_is_silent_until_it_is_resumed
    a_call_waits_for_the_handle_and_returns
    a_call_ends_with_the_kill_of_its_node
}

const SHORT: Duration = Duration::from_millis(200);
/// More than any of these waits takes, and less than a wait without a timeout.
const SOON: Duration = Duration::from_secs(10);

/// Serves HTTP in a task, and never looks back at it.
async fn serve_http(node: NodeContext) -> Result<(), BoxError> {
    let listener = TcpListener::bind(node.addr()).await?;
    let router = Router::new().route("/", get(|| async { "here" }));
    tokio::spawn(async move { axum::serve(listener, router).await });
    node.ready();
    node.stopped().await;
    Ok(())
}

/// A client of a node, with an open connection.
struct Client(TcpStream);

impl Client {
    async fn of(node: &Node<Service>) -> Result<Self> {
        let mut client = Self(TcpStream::connect(node.addr()).await?);
        assert!(client.is_answered().await, "`{}` does not answer", node.name());
        Ok(client)
    }

    async fn is_answered(&mut self) -> bool {
        self.0.write_all(b"GET / HTTP/1.1\r\nhost: node\r\n\r\n").await.is_ok() && self.has_read("here").await
    }

    async fn has_read(&mut self, text: &str) -> bool {
        let mut read = Vec::new();
        while !read.ends_with(text.as_bytes()) {
            match self.0.read_u8().await {
                Ok(byte) => read.push(byte),
                Err(_) => return false,
            }
        }
        true
    }

    async fn has_ended(mut self) -> bool {
        let read = tokio::time::timeout(SOON, self.0.read(&mut [0])).await;
        match read.expect("the end of a connection is seen") {
            Ok(read) => read == 0,
            Err(error) => error.kind() == ErrorKind::ConnectionReset,
        }
    }
}

async fn assert_serves_no_longer(node: &Node<Service>, client: Client) {
    let error = TcpStream::connect(node.addr()).await.expect_err("nobody listens any more");
    assert_eq!(error.kind(), ErrorKind::ConnectionRefused);
    assert!(client.has_ended().await, "a connection serves on");
}

async fn nothing_that_a_killed_service_has_spawned_serves_on() -> Result {
    let net = cluster! { n = Service::new(serve_http) }.start().await?;
    let client = Client::of(&net.n).await?;
    net.n.kill().await?;
    assert_serves_no_longer(&net.n, client).await;
    net.stop().await
}

async fn nothing_that_a_stopped_service_has_spawned_serves_on() -> Result {
    let net = cluster! { n = Service::new(serve_http) }.start().await?;
    let client = Client::of(&net.n).await?;
    net.stop().await?;
    assert_serves_no_longer(&net.n, client).await;
    Ok(())
}

async fn nothing_that_a_dropped_service_has_spawned_serves_on() -> Result {
    let node = Node::new(&Service::new(serve_http), "n");
    let net = start(&node).await?;
    let client = Client::of(&node).await?;
    drop(net);
    assert!(matches!(node.wait_ended().await?, End::Killed));
    assert_serves_no_longer(&node, client).await;
    Ok(())
}

async fn a_restart_listens_on_the_same_port_at_once() -> Result {
    let net = cluster! { n = Service::new(serve_http) }.start().await?;
    for _ in 0..10 {
        let (addr, client) = (net.n.addr(), Client::of(&net.n).await?);
        net.n.kill().await?;
        net.n.restart().await?;
        assert_eq!(net.n.addr(), addr);
        let second = Client::of(&net.n).await?;
        net.n.restart().await?;
        assert!(client.has_ended().await && second.has_ended().await, "a connection outlives a restart");
    }
    net.stop().await
}

async fn a_killed_service_ends_the_connections_of_its_clients() -> Result {
    let net = cluster! { n = Service::new(serve_http) }.start().await?;
    let mut clients = Vec::new();
    for _ in 0..20 {
        clients.push(Client::of(&net.n).await?);
    }
    net.n.kill().await?;
    for client in clients {
        assert!(client.has_ended().await, "a connection serves on");
    }
    net.stop().await
}

#[tokio::test]
async fn a_killed_service_is_not_asked_to_stop() -> Result {
    let stopped = Arc::new(AtomicBool::new(false));
    let of_task = stopped.clone();
    let kind = Service::new(move |node: NodeContext| {
        let stopped = of_task.clone();
        async move {
            for _ in 0..100 {
                let (node, stopped) = (node.clone(), stopped.clone());
                tokio::spawn(async move {
                    node.stopped().await;
                    stopped.store(true, Ordering::SeqCst);
                });
            }
            node.ready();
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { k[20] = kind }.start().await?;
    for node in &net.k {
        node.kill().await?;
        let end = node.wait_ended().await?;
        assert!(matches!(end, End::Killed), "it was killed, and {end}");
    }
    assert!(!stopped.load(Ordering::SeqCst), "a killed node has stopped gracefully");
    net.stop().await
}

/// What holds back those that wait for it, until it is dropped or for as long as it takes.
#[derive(Clone)]
struct Block(Arc<Mutex<mpsc::Receiver<()>>>);

impl Block {
    fn new() -> (mpsc::Sender<()>, Self) {
        let (release, released) = mpsc::channel();
        (release, Self(Arc::new(Mutex::new(released))))
    }

    /// Blocks the calling thread.
    fn wait(&self) {
        let _ = self.0.lock().unwrap_or_else(PoisonError::into_inner).recv();
    }
}

/// A service that starts a thread, which waits, and that starts another one.
fn with_threads(block: &Block) -> Service {
    let block = block.clone();
    Service::new(move |node: NodeContext| {
        let block = block.clone();
        async move {
            let ready = node.clone();
            std::thread::spawn(move || {
                let of_it = block.clone();
                std::thread::spawn(move || of_it.wait());
                ready.ready();
                block.wait();
            });
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_kill_names_threads_that_the_service_has_started() -> Result {
    let (release, block) = Block::new();
    let (_other_release, other_block) = Block::new();
    // One of the same name, with threads of its own, runs on.
    let other = cluster! { n = with_threads(&other_block) }.start().await?;
    let net = cluster! { n = with_threads(&block) }.start().await?;
    let error = net.n.kill().timeout(SHORT).await.expect_err("threads run").to_string();
    assert_eq!(
        error,
        "node `n` was killed: its end (2 threads that it has started still run) did not come within 200ms"
    );
    drop(release);
    net.n.restart().await?;
    net.n.kill().await?;
    net.stop().await?;
    drop(other);
    Ok(())
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_kill_resolves_when_the_threads_of_the_service_have_ended() -> Result {
    let running = Arc::new(AtomicBool::new(false));
    let runs = running.clone();
    let kind = Service::new(move |node: NodeContext| {
        let runs = runs.clone();
        async move {
            let (open, closed) = mpsc::channel::<()>();
            runs.store(true, Ordering::SeqCst);
            std::thread::spawn(move || {
                let _ = closed.recv();
                std::thread::sleep(Duration::from_millis(20));
                runs.store(false, Ordering::SeqCst);
            });
            node.ready();
            node.stopped().await;
            drop(open);
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { n = kind }.start().await?;
    net.n.kill().await?;
    assert!(!running.load(Ordering::SeqCst), "a thread of it was running when the kill resolved");
    net.n.restart().await?;
    net.n.stop().await?;
    assert!(!running.load(Ordering::SeqCst), "a thread of it was running when the stop resolved");
    net.stop().await
}

#[test]
fn a_runtime_is_dropped_while_a_node_blocks_its_thread() -> Result {
    let (_release, block) = Block::new();
    let kind = Service::new(move |node: NodeContext| {
        let block = block.clone();
        async move {
            node.ready();
            block.wait();
            Ok::<_, Error>(())
        }
    });
    let (done, is_done) = mpsc::channel();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Runtime::new().map_err(Error::from);
        let dropped = runtime.and_then(|runtime| {
            let net = runtime.block_on(cluster! { n = kind }.start().into_future())?;
            drop(runtime);
            drop(net);
            Ok(())
        });
        let _ = done.send(dropped);
    });
    is_done.recv_timeout(Duration::from_secs(20)).expect("the drop of the runtime or of the cluster hangs")
}

#[tokio::test]
async fn a_kill_names_a_blocking_call_that_still_runs() -> Result {
    let (release, block) = Block::new();
    let kind = Service::new(move |node: NodeContext| {
        let block = block.clone();
        async move {
            tokio::task::spawn_blocking({
                let node = node.clone();
                move || {
                    node.ready();
                    block.wait();
                }
            });
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { n = kind }.start().await?;
    let error = net.n.kill().timeout(SHORT).await.expect_err("a call runs");
    let text = error.to_string();
    assert!(text.starts_with("node `n` was "), "{text}");
    assert!(text.ends_with(": its end (1 blocking call still runs) did not come within 200ms"), "{text}");
    drop(release);
    net.stop().await
}

#[tokio::test]
async fn a_kill_waits_for_a_blocking_call_that_returns_in_time() -> Result {
    let (release, block) = Block::new();
    let returned = Arc::new(AtomicBool::new(false));
    let of_call = returned.clone();
    let kind = Service::new(move |node: NodeContext| {
        let (block, returned) = (block.clone(), of_call.clone());
        async move {
            tokio::task::spawn_blocking({
                let node = node.clone();
                move || {
                    node.ready();
                    block.wait();
                    returned.store(true, Ordering::SeqCst);
                }
            });
            node.stopped().await;
            Ok::<_, Error>(())
        }
    });
    let net = cluster! { n = kind }.start().await?;
    let release_soon = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        drop(release);
        Ok(())
    };
    tokio::try_join!(async { net.n.kill().await }, release_soon)?;
    assert!(returned.load(Ordering::SeqCst), "the kill has not waited for the call");
    net.stop().await
}

/// A service that blocks its thread in a task, before or after it is ready.
fn blocking(before_it_is_ready: bool, block: impl Fn() + Clone + Send + Sync + 'static) -> Service {
    Service::new(move |node: NodeContext| {
        let block = block.clone();
        async move {
            if before_it_is_ready {
                block();
            }
            node.ready();
            node.is_ready().await;
            tokio::spawn(async move { block() });
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
}

async fn a_service_that_sleeps_in_its_thread_delays_no_wait() -> Result {
    let (release, block) = Block::new();
    assert_delays_no_wait(move || block.wait(), "it sleeps in a system call").await?;
    drop(release);
    Ok(())
}

async fn a_service_that_computes_delays_no_wait() -> Result {
    let enough = Arc::new(AtomicBool::new(false));
    let until = enough.clone();
    let compute = move || {
        while !until.load(Ordering::Relaxed) {
            std::hint::spin_loop();
        }
    };
    let assertion = assert_delays_no_wait(compute, "it is computing").await;
    enough.store(true, Ordering::Relaxed);
    assertion
}

async fn assert_delays_no_wait(block: impl Fn() + Clone + Send + Sync + 'static, activity: &str) -> Result {
    let assert_tells = |error: Error| {
        let text = report(&error);
        assert!(text.contains("its thread has not yielded for ") && text.contains(activity), "{text}");
    };
    let began = Instant::now();
    let never_ready = Node::new(&blocking(true, block.clone()), "never_ready");
    let timeout = Duration::from_millis(400);
    assert_tells(start(&never_ready).timeout(timeout).await.expect_err("it blocks its thread"));

    let net = cluster! { n = blocking(false, block) }.start().await?;
    assert_tells(net.n.wait_for("rain", |_| Some(())).timeout(timeout).await.expect_err("it never rains"));
    assert_tells(net.n.pause().timeout(timeout).await.expect_err("it blocks its thread"));
    assert_tells(net.n.wait_ended().timeout(timeout).await.expect_err("it blocks its thread"));
    assert_tells(net.n.stop().timeout(timeout).await.expect_err("it blocks its thread"));
    assert_tells(net.n.kill().timeout(timeout).await.expect_err("it blocks its thread"));
    drop(net);
    assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
    Ok(())
}

async fn a_service_that_blocks_its_thread_delays_no_other_node() -> Result {
    let (release, block) = Block::new();
    let net =
        cluster! { blocked = blocking(false, move || block.wait()); other = Service::new(serve_http) }.start().await?;
    let began = Instant::now();
    Client::of(&net.other).await?;
    net.other.restart().await?;
    Client::of(&net.other).await?;
    net.other.kill().await?;
    assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
    drop(release);
    net.stop().await
}

/// A service in which a task panics when it is told to. It joins that task.
fn panicking(panic: &Arc<Notify>) -> Service {
    let panic = panic.clone();
    Service::new(move |node: NodeContext| {
        let panic = panic.clone();
        async move {
            let task = tokio::spawn(async move {
                panic.notified().await;
                panic!("as this test wants");
            });
            node.ready();
            if task.await.is_err() {
                node.event(Level::Info, "test", "joined", json!(true));
            }
            node.stopped().await;
            Ok::<_, Error>(())
        }
    })
}

async fn a_panic_in_a_task_is_the_death_of_its_node() -> Result {
    let panic = Arc::new(Notify::new());
    let net = cluster! { n = panicking(&panic); other = Service::new(serve_http) }.start().await?;
    panic.notify_one();
    let error = net.other.wait_for("rain", |_| Some(())).await.expect_err("a node has died");
    assert_eq!(error.to_string(), "node `n` panicked: as this test wants");
    let End::Panicked(message) = net.n.wait_ended().await? else { panic!("it has panicked") };
    assert_eq!(message, "as this test wants");
    net.stop().await
}

#[tokio::test]
async fn a_panic_in_a_task_may_be_tolerated() -> Result {
    let panic = Arc::new(Notify::new());
    let net = cluster! { n = panicking(&panic).tolerate_panics() }.start().await?;
    panic.notify_one();
    net.n.wait_for("joined", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn a_panic_of_the_service_itself_is_not_tolerated() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        assert!(!node.private(), "it panics when it is stopped");
        Ok::<_, Error>(())
    });
    let net = cluster! { n = kind.tolerate_panics() }.start().await?;
    let error = net.stop().await.expect_err("it panics");
    assert_eq!(error.to_string(), "node `n` panicked: it panics when it is stopped");
    Ok(())
}

async fn a_paused_service_is_silent_until_it_is_resumed() -> Result {
    let net = cluster! { n = Service::new(serve_http) }.start().await?;
    let mut client = Client::of(&net.n).await?;
    net.n.pause().await?;
    assert!(tokio::time::timeout(SHORT, client.is_answered()).await.is_err(), "a paused node has answered");
    net.n.resume().await?;
    assert!(client.has_read("here").await, "what was asked during a pause is answered after it");
    assert!(client.is_answered().await, "its connections outlive a pause");
    net.stop().await
}

async fn provide_counter(node: NodeContext, counter: Provide<AtomicUsize>) -> Result {
    counter.set(AtomicUsize::new(0));
    node.ready();
    node.stopped().await;
    Ok(())
}

#[tokio::test]
async fn a_call_on_a_paused_service_waits_until_it_is_resumed() -> Result {
    let net = cluster! { n = Service::providing(provide_counter) }.start().await?;
    let count = || net.n.call(|counter| async move { Ok::<_, Error>(counter.fetch_add(1, Ordering::Relaxed)) });
    assert_eq!(count().await?, 0);
    net.n.pause().await?;
    let error = count().timeout(SHORT).await.expect_err("it is paused");
    let told = "node `n` is paused: the return of the call on its handle did not come within ";
    assert!(error.to_string().starts_with(told), "{error}");
    let (counted, resumed) = tokio::join!(count().into_future(), net.n.resume().into_future());
    resumed?;
    assert_eq!(counted?, 1, "the call that was given up has run");
    net.stop().await
}

#[tokio::test]
async fn a_paused_service_can_be_stopped_and_killed() -> Result {
    let net = cluster! { k[2] = Service::new(serve_http) }.start().await?;
    net.pause(&net.k).await?;
    net.k[0].kill().timeout(SOON).await?;
    net.k[1].stop().timeout(SOON).await?;
    let error = net.k[1].resume().await.expect_err("it does not run");
    assert_eq!(error.to_string(), "node `k.2` cannot be resumed: it has ended, and is not paused");
    net.stop().await
}

#[tokio::test]
async fn a_service_with_workers_may_block_in_place_and_cannot_be_paused() -> Result {
    let two = NonZeroUsize::new(2).expect("it is not 0");
    let kind = Service::new(|node: NodeContext| async move {
        let of_task = node.clone();
        tokio::spawn(async move { tokio::task::block_in_place(|| of_task.ready()) });
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { n = kind.worker_threads(two) }.start().await?;
    let error = net.n.pause().await.expect_err("it has workers");
    assert_eq!(
        error.to_string(),
        "node `n` cannot be paused: it has worker threads, which cannot be paused\nhelp: leave out `.worker_threads(..)`"
    );
    net.n.kill().await?;
    net.n.restart().await?;
    net.stop().await
}

#[tokio::test]
async fn a_service_that_shares_a_runtime_has_no_workers_of_its_own() {
    let two = NonZeroUsize::new(2).expect("it is not 0");
    let kind = Service::new(serve_http);
    for kind in [kind.clone().shared().worker_threads(two), kind.worker_threads(two).shared()] {
        let error = start(Node::new(&kind, "n")).await.expect_err("it cannot have both");
        let Error::Refused { refusals, .. } = error else { panic!("expected a refusal, found {error:?}") };
        assert_eq!(
            refusals[0].to_string(),
            "node `n` is of a kind that cannot run: it is to share the runtime of the test, and to have worker threads of its own\n\
             help: leave out `.shared()` or `.worker_threads(..)`"
        );
    }
}

type Shelf = tokio::sync::Mutex<Vec<u32>>;

/// Provides its handle when it is told to.
async fn serve_shelf(node: NodeContext, shelf: Provide<Shelf>) -> Result {
    node.ready();
    node.is_ready().await;
    tokio::task::yield_now().await;
    shelf.set(Shelf::default());
    node.stopped().await;
    Ok(())
}

async fn put(shelf: Arc<Shelf>, item: u32) -> Result<usize> {
    let mut shelf = shelf.lock().await;
    shelf.push(item);
    Ok(shelf.len())
}

async fn a_call_waits_for_the_handle_and_returns() -> Result {
    let net = cluster! { k[2] = Service::providing(serve_shelf) }.start().await?;
    assert_eq!(net.k[0].call(|shelf| put(shelf, 7)).await?, 1);
    assert_eq!(net.k[0].call(|shelf| put(shelf, 8)).await?, 2);
    assert_eq!(net.k[1].call(|shelf| put(shelf, 9)).await?, 1);
    net.stop().await
}

#[tokio::test]
async fn the_handle_of_a_restarted_service_is_a_new_one() -> Result {
    let net = cluster! { n = Service::providing(serve_shelf) }.start().await?;
    for _ in 0..10 {
        assert_eq!(net.n.call(|shelf| put(shelf, 7)).await?, 1, "a handle outlives its run");
        net.n.restart().await?;
    }
    net.n.kill().await?;
    let error = net.n.call(|shelf| put(shelf, 7)).await.expect_err("it does not run");
    assert!(matches!(error, Error::NotRunning { .. }), "{error:?}");
    net.stop().await
}

#[tokio::test]
async fn what_a_call_spawns_runs_in_its_node_and_ends_with_it() -> Result {
    let net = cluster! { n = Service::providing(serve_shelf) }.start().await?;
    let alive = Arc::new(());
    let (of_task, (tell, told)) = (alive.clone(), tokio::sync::oneshot::channel());
    let spawned = net.n.call(move |_| async move {
        tokio::spawn(async move {
            let _alive = of_task;
            let _ = tell.send(std::thread::current().name().map(str::to_owned));
            std::future::pending::<()>().await;
        });
        Ok::<_, Error>(())
    });
    spawned.await?;
    assert_eq!(told.await.expect("the task runs").as_deref(), Some("n"));
    net.n.kill().await?;
    assert_eq!(Arc::strong_count(&alive), 1, "a task outlives its node");
    net.stop().await
}

async fn a_call_ends_with_the_kill_of_its_node() -> Result {
    let net = cluster! { n = Service::providing(serve_shelf) }.start().await?;
    let pending = Notify::new();
    let call = net.n.call(|_| async {
        pending.notify_one();
        std::future::pending::<Result>().await
    });
    let kill = async {
        pending.notified().await;
        net.n.kill().await
    };
    let began = Instant::now();
    let (called, killed) = tokio::join!(async { call.await }, kill);
    killed?;
    let text = called.expect_err("its node was killed").to_string();
    assert!(text.starts_with("node `n` was ") && text.ends_with(" before the return of the call came"), "{text}");
    assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
    net.stop().await
}

#[tokio::test]
async fn a_call_tells_of_the_panic_that_has_ended_its_node() -> Result {
    let net = cluster! { n = Service::providing(serve_shelf) }.start().await?;
    let call = net.n.call(|_| async {
        tokio::spawn(async { panic!("in a task, as this test wants") });
        std::future::pending::<Result>().await
    });
    let text = call.await.expect_err("its node has died").to_string();
    assert!(text.starts_with("node `n` panicked: in a task, as this test wants"), "{text}");
    net.stop().await.expect_err("a node has died");
    Ok(())
}

#[tokio::test]
async fn a_call_ends_with_the_death_of_another_node() -> Result {
    let panic = Arc::new(Notify::new());
    let net = cluster! { other = panicking(&panic); n = Service::providing(serve_shelf) }.start().await?;
    let call = net.n.call(|_| async {
        panic.notify_one();
        std::future::pending::<Result>().await
    });
    let error = call.await.expect_err("another node has died");
    assert_eq!(error.to_string(), "node `other` panicked: as this test wants");
    Ok(())
}

#[tokio::test]
async fn a_call_returns_the_error_of_the_handle() -> Result {
    let net = cluster! { n = Service::providing(serve_shelf) }.start().await?;
    let error = net.n.call(|_| async { Err::<(), _>("the shelf is full") }).await.expect_err("it fails");
    assert_eq!(error.to_string(), "the call on node `n` failed: the shelf is full");
    net.stop().await
}

#[tokio::test]
async fn a_call_that_takes_too_long_says_what_it_waits_for() -> Result {
    let kind = Service::providing(|node: NodeContext, handle: Provide<u32>| async move {
        node.ready();
        node.stopped().await;
        drop(handle);
        Ok::<_, Error>(())
    });
    let net = cluster! { never = kind; n = Service::providing(serve_shelf) }.start().await?;
    let call = net.never.call(|number| async move { Ok::<_, Error>(*number) });
    let error = call.timeout(SHORT).await.expect_err("it provides nothing");
    let told =
        "node `never` is running: its handle (a service of `Service::providing` sets it) did not come within 200ms";
    assert_eq!(error.to_string(), told);
    let call = net.n.call(|_| std::future::pending::<Result>());
    let error = call.timeout(SHORT).await.expect_err("it does not return");
    assert_eq!(
        error.to_string(),
        "node `n` is running: the return of the call on its handle did not come within 200ms"
    );
    net.stop().await
}

/// A handle that needs its runtime and its node when it is dropped.
struct Farewell {
    node: NodeContext,
    panics: bool,
}

impl Drop for Farewell {
    fn drop(&mut self) {
        tokio::spawn(async {});
        self.node.event(Level::Info, "test", "farewell", json!(self.node.private()));
        assert!(!self.panics, "the handle panics, as this test wants");
    }
}

fn providing_farewell(panics: bool) -> Service<ServiceProtocol, Farewell> {
    Service::providing(move |node: NodeContext, handle: Provide<Farewell>| async move {
        handle.set(Farewell { node: node.clone(), panics });
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    })
}

#[tokio::test]
async fn a_handle_is_dropped_in_the_context_of_its_node() -> Result {
    let net = cluster! { k[2] = providing_farewell(false) }.start().await?;
    net.k[0].kill().await?;
    net.k[0].wait_for("farewell", |_| Some(())).await?;
    net.k[1].stop().await?;
    net.k[1].wait_for("farewell", |_| Some(())).await?;
    net.k[1].restart().await?;
    net.stop().await
}

#[tokio::test]
async fn a_handle_that_panics_when_it_is_dropped_holds_up_no_end() -> Result {
    let net = cluster! { k[2] = providing_farewell(true) }.start().await?;
    let began = Instant::now();
    net.k[0].kill().await?;
    let text = net.k[1].stop().await.expect_err("it has panicked").to_string();
    assert_eq!(text, "node `k.2` panicked: the handle panics, as this test wants");
    assert!(began.elapsed() < SOON, "it took {:?}", began.elapsed());
    Ok(())
}

#[tokio::test]
async fn a_call_that_waits_for_the_handle_ends_with_its_node() -> Result {
    let kind = Service::providing(|node: NodeContext, _: Provide<u32>| async move {
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let net = cluster! { n = kind }.start().await?;
    let call = net.n.call(|number| async move { Ok::<_, Error>(*number) });
    let (called, stopped) = tokio::join!(async { call.await }, async { net.n.stop().await });
    stopped?;
    assert_eq!(called.expect_err("it has ended").to_string(), "node `n` has ended before its handle came");
    Ok(())
}
