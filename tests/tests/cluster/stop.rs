//! A stop: gracefully, or by aborting after the grace time; and deaths are reported.

use std::future::IntoFuture;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cluster_runtime::{
    Error, Kind, Loopback, Node, NodeContext, Profile, Result, Service, Speaks, clique, cluster, create, start,
};
use cluster_tests::report;
use tokio::sync::Notify;

cluster_tests::on_both_runtimes! {
    nothing_listens_after_a_stop
    a_stop_can_be_repeated
    a_node_that_does_not_stop_in_time_is_stopped_hard
    a_stop_during_the_start_ends_it
    a_stop_at_any_point_of_a_start_is_no_deadlock
    one_node_is_stopped_and_the_others_go_on
}

async fn nothing_listens_after_a_stop() -> Result {
    let nodes = create(&Loopback::new(), "n", 10);
    clique(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    net.stop().await?;
    for node in &nodes {
        TcpStream::connect(node.addr()).expect_err("nobody listens any more");
        let error = node.connections().await.expect_err("it does not run");
        assert_eq!(error.to_string(), format!("node `{}` cannot return its connections: it has ended", node.name()));
    }
    assert_eq!(net.observed().await?.links().len(), 0);
    Ok(())
}

#[tokio::test]
async fn a_set_is_stopped_and_the_others_go_on() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.stop_nodes(&net.k[..2]).await?;
    for node in &net.k[..2] {
        TcpStream::connect(node.addr()).expect_err("nobody listens any more");
    }
    net.wait_until(|observed| observed.links().len() == 1).await?;
    assert_eq!(net.k[2].connections().await?.len(), 1);
    net.stop().await
}

async fn a_stop_can_be_repeated() -> Result {
    let node = Node::new(&Loopback::new(), "n");
    node.stop().await?;
    let net = start(&node).await?;
    let (first, second) = tokio::join!(node.stop().into_future(), net.stop().into_future());
    first.and(second)?;
    node.stop().await?;
    net.stop().await?;
    net.wait_stopped().await
}

struct Talk;
impl Speaks<Talk> for Talk {}

/// A kind whose nodes count what they hold, and that stops as `obeys` says.
#[derive(Clone)]
struct Stubborn {
    obeys: bool,
    grace: Duration,
    held: Arc<AtomicUsize>,
}

impl Stubborn {
    fn new(obeys: bool, grace: Duration) -> Self {
        Self { obeys, grace, held: Arc::default() }
    }
}

struct Held(Arc<AtomicUsize>);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Kind for Stubborn {
    type Protocol = Talk;

    async fn run(&self, node: NodeContext) -> Result {
        self.held.fetch_add(1, Ordering::SeqCst);
        let _held = Held(self.held.clone());
        let _listener = node.listener()?;
        node.ready();
        node.stopped().await;
        if !self.obeys {
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    fn profile(&self) -> Profile {
        Profile::default().grace(self.grace)
    }
}

async fn a_node_that_does_not_stop_in_time_is_stopped_hard() -> Result {
    let kind = Stubborn::new(false, Duration::from_millis(20));
    let nodes = create(&kind, "n", 3);
    let net = start(&nodes).await?;
    assert_eq!(kind.held.load(Ordering::SeqCst), 3);
    net.stop().await?;
    assert_eq!(kind.held.load(Ordering::SeqCst), 0, "a node says that it has ended, and still holds something");
    TcpStream::connect(nodes[0].addr()).expect_err("nobody listens any more");
    let grace = nodes[0].wait_for("stopped_hard", |value| value["after"].as_str().map(str::to_owned)).await?;
    assert_eq!(grace, "20ms");
    Ok(())
}

#[tokio::test]
async fn a_grace_time_that_the_timeout_shortens_is_told_with_three_digits() -> Result {
    let node = Node::new(&Stubborn::new(false, Duration::from_secs(3600)), "n");
    let net = start(&node).await?;
    net.stop().timeout(Duration::from_millis(100)).await?;
    let grace = node.wait_for("stopped_hard", |value| value["after"].as_str().map(str::to_owned)).await?;
    assert!(grace.ends_with("ms") && grace.len() <= "89.9ms".len(), "{grace}");
    Ok(())
}

#[tokio::test]
async fn a_task_that_dials_again_after_each_error_does_not_delay_a_stop() -> Result {
    async fn serve(node: NodeContext) -> Result {
        let _listener = node.listen()?;
        for peer in node.peers() {
            let own = node.clone();
            node.spawn(async move {
                loop {
                    drop(own.connect(&peer).await);
                }
            });
        }
        node.ready();
        node.stopped().await;
        // It has something to put away.
        tokio::task::yield_now().await;
        Ok(())
    }
    let dialled = Service::new(async |node: NodeContext| -> Result {
        node.ready();
        node.stopped().await;
        Ok(())
    });
    let net = cluster! { dialled = dialled; dials = Service::new(serve): connect(dialled) }.start().await?;
    net.stop().timeout(Duration::from_secs(10)).await?;
    assert!(net.journal().iter().all(|event| event.name != "stopped_hard"), "the dialling task has kept its node up");
    Ok(())
}

#[tokio::test]
async fn a_short_stop_cuts_the_grace_time() -> Result {
    let kind = Stubborn::new(false, Duration::from_secs(3600));
    let net = start(create(&kind, "n", 3)).await?;
    net.stop().timeout(Duration::from_secs(1)).await?;
    assert_eq!(kind.held.load(Ordering::SeqCst), 0);
    Ok(())
}

#[tokio::test]
async fn a_node_that_obeys_is_not_stopped_hard() -> Result {
    let kind = Stubborn::new(true, Duration::from_secs(3600));
    let node = Node::new(&kind, "n");
    start(&node).await?.stop().await?;
    let error = node.wait_for("stopped_hard", |_| Some(())).await.expect_err("it obeyed");
    assert!(matches!(error, Error::Ended { .. }), "{error:?}");
    Ok(())
}

async fn a_stop_during_the_start_ends_it() -> Result {
    let hangs = Service::new(|node: NodeContext| async move {
        node.event(cluster_runtime::Level::Info, "test", "hanging", serde_json::Value::Null);
        node.stopped().await;
        Ok::<_, Error>(())
    });
    let node = Node::new(&hangs, "n");
    let (started, stopped) = tokio::join!(start(&node).into_future(), async {
        node.wait_for("hanging", |_| Some(())).await?;
        node.stop().await
    });
    stopped?;
    let error = started.expect_err("it was stopped");
    assert!(
        error.to_string().starts_with("node `n` failed in phase `ready`: it returned before it was ready"),
        "{error}"
    );
    Ok(())
}

async fn a_stop_at_any_point_of_a_start_is_no_deadlock() -> Result {
    for steps in 0..60 {
        let nodes = create(&Loopback::new(), "n", 4);
        clique(&nodes);
        let starting = tokio::spawn(start(&nodes).wait_connections(true).into_future());
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        let began = Instant::now();
        nodes[2].stop().await?;
        // Depending on the moment the start was over, had failed, or had not begun; no grace time is waited for.
        match starting.await.expect("no panic") {
            Ok(net) => net.stop().await?,
            Err(Error::Failed(failed)) => assert_eq!(&*failed.node, "n.3"),
            Err(error) => panic!("expected a failure of the node that was stopped, found {error:?}"),
        }
        assert!(began.elapsed() < Duration::from_secs(4), "step {steps} took {:?}", began.elapsed());
    }
    Ok(())
}

async fn one_node_is_stopped_and_the_others_go_on() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.k[0].stop().await?;
    for node in &net.k[1..] {
        node.wait_for("disconnected", |value| (value["peer"] == "k.1").then_some(())).await?;
        assert_eq!(node.connections().await?.len(), 2);
    }
    assert_eq!(net.observed().await?.links().len(), 3);
    net.stop().await
}

/// A node that dies on command.
fn mortal(die: &Arc<Notify>, panics: bool) -> Service {
    let die = die.clone();
    Service::new(move |node: NodeContext| {
        let die = die.clone();
        async move {
            // Before the test can know of it.
            let died = die.notified();
            node.ready();
            died.await;
            assert!(!panics, "a bug");
            Err("power cut")
        }
    })
}

#[tokio::test]
async fn a_node_that_died_is_told_at_the_stop() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { good; bad = mortal(&die, false); worse = mortal(&die, true) }.start().await?;
    die.notify_waiters();
    for node in net.nodes().iter().skip(1) {
        let error = node.wait_stopped().await.expect_err("it died");
        assert!(matches!(error, Error::Died { .. }), "{error:?}");
    }
    let error = net.stop().await.expect_err("two died");
    assert_eq!(error.to_string(), "node `bad` failed: power cut; node `worse` panicked: a bug");
    assert_eq!(
        report(&error),
        r#"node `bad` failed: power cut; node `worse` panicked: a bug
the end of the log of `bad`:
  notice  node ready
  fatal   node ended {"cause":"failed: power cut"}
the end of the log of `worse`:
  notice  node ready
  fatal   node ended {"cause":"panicked: a bug"}"#
    );
    net.good.stop().await
}

#[tokio::test]
async fn a_death_is_told_even_where_another_node_does_not_end() -> Result {
    let die = Arc::new(Notify::new());
    let net = cluster! { good; bad = mortal(&die, false) }.start().await?;
    die.notify_waiters();
    net.bad.wait_stopped().await.expect_err("it died");
    let error = net.wait_stopped().timeout(Duration::from_millis(20)).await.expect_err("one died, one goes on");
    assert_eq!(error.to_string(), "node `bad` failed: power cut");
    Ok(())
}

#[tokio::test]
async fn a_service_that_returns_has_ended_in_good_order() -> Result {
    let net = cluster! {
        n = Service::new(|node: NodeContext| async move {
            node.ready();
            Ok::<_, Error>(())
        })
    };
    // Whether the start or the end is seen first makes no difference.
    let net = net.start().await?;
    net.wait_stopped().await?;
    net.stop().await
}

#[tokio::test]
async fn an_error_while_a_node_stops_is_told() -> Result {
    let kind = Service::new(|node: NodeContext| async move {
        node.ready();
        node.stopped().await;
        Err("the last write failed")
    });
    let error = cluster! { n = kind }.start().await?.stop().await.expect_err("it failed");
    assert_eq!(error.to_string(), "node `n` failed: the last write failed");
    Ok(())
}
