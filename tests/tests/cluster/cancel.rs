//! Whatever ends a cluster, nothing of it stays: no task, no port, no node.

use std::future::IntoFuture;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cluster_runtime::{
    Cluster, Error, Kind, Loopback, Node, NodeContext, Profile, Result, Service, Speaks, clique, cluster, connect,
    create, start,
};
use tokio::runtime::Handle;

cluster_tests::on_both_runtimes! {
    a_dropped_cluster_leaves_nothing
    a_cluster_that_is_dropped_in_a_panic_leaves_nothing
    a_start_that_is_dropped_leaves_nothing
    a_start_that_times_out_leaves_nothing
    a_start_that_fails_leaves_nothing
    a_stop_that_is_dropped_is_made_good_by_the_cluster
    a_dropped_cluster_frees_its_nodes
    a_start_that_is_never_awaited_frees_its_nodes
}

/// A clique and a set of services, which listen.
fn nodes() -> (Vec<Node<Loopback>>, Vec<Node<Service>>) {
    let loopbacks = create(&Loopback::new(), "k", 6);
    clique(&loopbacks);
    let serve = |node: NodeContext| async move {
        let _listener = node.listener()?;
        node.ready();
        node.stopped().await;
        Ok::<_, Error>(())
    };
    (loopbacks, create(&Service::new(serve), "s", 3))
}

/// Waits until no task is alive but those that existed before, and checks that no address is listened on.
async fn nothing_is_left<'a>(before: usize, addrs: impl IntoIterator<Item = &'a std::net::SocketAddr>) {
    let started = Instant::now();
    while alive() > before {
        assert!(started.elapsed() < Duration::from_secs(20), "{} tasks are still alive", alive() - before);
        tokio::task::yield_now().await;
    }
    for addr in addrs {
        TcpStream::connect(addr).expect_err("nobody listens any more");
    }
}

async fn all_have_ended(nodes: &(Vec<Node<Loopback>>, Vec<Node<Service>>)) -> Result {
    for node in nodes.0.iter().map(Node::any).chain(nodes.1.iter().map(Node::any)) {
        node.wait_stopped().await?;
    }
    Ok(())
}

fn alive() -> usize {
    Handle::current().metrics().num_alive_tasks()
}

fn addrs(nodes: &(Vec<Node<Loopback>>, Vec<Node<Service>>)) -> Vec<std::net::SocketAddr> {
    nodes.0.iter().map(|node| node.addr()).chain(nodes.1.iter().map(|node| node.addr())).collect()
}

async fn a_dropped_cluster_leaves_nothing() -> Result {
    let before = alive();
    let nodes = nodes();
    let net = start((&nodes.0, &nodes.1)).wait_connections(true).await?;
    drop(net);
    all_have_ended(&nodes).await?;
    nothing_is_left(before, &addrs(&nodes)).await;
    Ok(())
}

async fn a_cluster_that_is_dropped_in_a_panic_leaves_nothing() -> Result {
    let before = alive();
    let nodes = nodes();
    // Handles that outlive the panic keep the addresses from being given to others.
    let started = nodes.clone();
    let test = tokio::spawn(async move {
        let _net = start((&started.0, &started.1)).await.expect("it starts");
        panic!("an assertion of the test failed");
    });
    assert!(test.await.is_err_and(|error| error.is_panic()));
    all_have_ended(&nodes).await?;
    nothing_is_left(before, &addrs(&nodes)).await;
    Ok(())
}

async fn a_start_that_is_dropped_leaves_nothing() -> Result {
    let before = alive();
    // After so many steps of the start it is dropped.
    for steps in (0..12).chain([20, 50, 100, 200]) {
        let nodes = nodes();
        let addrs = addrs(&nodes);
        let start = start((&nodes.0, &nodes.1)).wait_connections(true).into_future();
        tokio::select! {
            biased;
            started = start => drop(started),
            () = yield_often(steps) => {}
        }
        all_have_ended(&nodes).await?;
        nothing_is_left(before, &addrs).await;
    }
    Ok(())
}

async fn yield_often(times: usize) {
    for _ in 0..times {
        tokio::task::yield_now().await;
    }
}

fn never_ready() -> Service {
    Service::new(|node: NodeContext| async move {
        let _listener = node.listener()?;
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    })
}

async fn a_start_that_times_out_leaves_nothing() -> Result {
    let before = alive();
    let nodes = nodes();
    let hung = Node::new(&never_ready(), "hung");
    connect(&nodes.1, &hung);
    let start = start((&nodes.0, &nodes.1, &hung)).timeout(Duration::from_millis(100));
    let error = start.await.expect_err("one is never ready");
    assert!(matches!(error, Error::StartTimeout(_)), "{error:?}");
    nothing_is_left(before, addrs(&nodes).iter().chain([&hung.addr()])).await;
    Ok(())
}

async fn a_start_that_fails_leaves_nothing() -> Result {
    let before = alive();
    let nodes = nodes();
    let bad = Node::new(&Service::new(|_| async { Err("no") }), "bad");
    start((&nodes.0, &nodes.1, &bad)).wait_connections(true).await.expect_err("one fails");
    nothing_is_left(before, &addrs(&nodes)).await;
    Ok(())
}

async fn a_stop_that_is_dropped_is_made_good_by_the_cluster() -> Result {
    let before = alive();
    let stubborn = Service::new(|node: NodeContext| async move {
        let _listener = node.listener()?;
        node.ready();
        std::future::pending::<()>().await;
        Ok::<_, Error>(())
    });
    let node = Node::new(&stubborn, "n");
    let net = start(&node).await?;
    tokio::select! {
        biased;
        _ = net.stop().into_future() => panic!("it does not stop gracefully"),
        () = yield_often(10) => {}
    }
    drop(net);
    node.wait_stopped().await?;
    nothing_is_left(before, &[node.addr()]).await;
    Ok(())
}

struct Talk;
impl Speaks<Talk> for Talk {}

/// A kind that counts how many of it there are.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::SeqCst);
        Self(count.clone())
    }
}

impl Clone for Counted {
    fn clone(&self) -> Self {
        Self::new(&self.0)
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Kind for Counted {
    type Protocol = Talk;

    fn profile(&self) -> Profile {
        Profile::default().shared()
    }

    async fn run(&self, node: NodeContext) -> Result {
        // Its handles hold the running node, and the running node its handles' context.
        node.provide(Arc::new((node.clone(), Counted::new(&self.0))));
        for peer in node.peers() {
            node.connected(peer.name());
        }
        node.ready();
        node.stopped().await;
        Ok(())
    }
}

async fn all_are_freed(count: &AtomicUsize) {
    let started = Instant::now();
    while count.load(Ordering::SeqCst) > 0 {
        let left = count.load(Ordering::SeqCst);
        assert!(started.elapsed() < Duration::from_secs(20), "{left} kinds are still alive");
        tokio::task::yield_now().await;
    }
}

async fn a_dropped_cluster_frees_its_nodes() -> Result {
    let count = Arc::default();
    for stopped in [false, true] {
        let net = cluster! {
            use Counted::new(&count);
            hub;
            k[5]: clique + star(hub);
            hub -> k[0]
        };
        let net = net.start().wait_connections(true).await?;
        assert!(net.hub.provided::<(NodeContext, Counted)>().is_some());
        let mut events = net.hub.events();
        if stopped {
            net.stop().await?;
        }
        drop(net);
        all_are_freed(&count).await;
        while events.next().await?.is_some() {}
    }
    Ok(())
}

async fn a_start_that_is_never_awaited_frees_its_nodes() -> Result {
    let count = Arc::default();
    let nodes = create(&Counted::new(&count), "n", 10);
    clique(&nodes);
    drop(start(nodes));
    assert_eq!(count.load(Ordering::SeqCst), 0);
    Ok(())
}

#[test]
fn nodes_are_freed_with_the_runtime() {
    let count: Arc<AtomicUsize> = Arc::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let net: Cluster = runtime.block_on(async {
        let nodes = create(&Counted::new(&count), "n", 10);
        clique(&nodes);
        start(nodes).wait_connections(true).await.expect("it starts")
    });
    drop(runtime);
    // The runtime took the nodes' tasks with it; the cluster can still be asked, and dropped.
    assert!(net.nodes().iter().all(|node| format!("{node:?}").ends_with("its runtime is gone)")), "{net:?}");
    drop(net);
    assert_eq!(count.load(Ordering::SeqCst), 0);
}
