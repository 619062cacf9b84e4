//! Clusters of tests that are not async, and errors where a runtime is gone.

use std::sync::Arc;
use std::sync::mpsc;
use std::time::Duration;

use cluster_runtime::error::{End, Refusal};
use cluster_runtime::kinds::Provide;
use cluster_runtime::{Error, Loopback, Node, NodeContext, Result, Service, cluster, create, star, start};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

const SOON: Duration = Duration::from_secs(10);

#[test]
fn a_network_is_started_and_waited_for_without_a_runtime() -> Result {
    let net = cluster! { center; leaves[3]: star(center) }.start().wait_connections(true).blocking()?;
    assert_eq!(net.center.connections().blocking()?.len(), 3);
    net.leaves[0].publish("hello").blocking()?;
    assert_eq!(net.leaves[2].wait_for("message", |value| value["hops"].as_u64()).blocking()?, 2);
    assert_eq!(net.observed().blocking()?, net.topology());
    net.eventually(async || net.center.connections().await.is_ok_and(|known| known.len() == 3)).blocking()?;
    net.stop().blocking()
}

#[test]
fn nodes_by_hand_are_started_without_a_runtime() -> Result {
    let (center, leaves) = (Node::new(&Loopback::new(), "center"), create(&Loopback::new(), "leaves", 2));
    star(&center, &leaves);
    let net = start((&center, &leaves)).wait_connections(true).blocking()?;
    center.stop().blocking()?;
    let _center = start(&center).blocking()?;
    net.wait_connections().blocking()?;
    net.stop().blocking()
}

#[test]
fn a_node_that_a_blocking_wait_has_brought_up_outlives_the_wait() -> Result {
    let net =
        cluster! { k[3]: clique; late: connect(k) }.start().hold(|net| &net.late).wait_connections(true).blocking()?;
    net.k[1].kill().blocking()?;
    net.k[1].restart().wait_connections(true).blocking()?;
    net.add(&net.late).blocking()?;
    net.wait_connections().blocking()?;
    net.late.publish("hello").blocking()?;
    net.k[1].wait_for("message", |_| Some(())).blocking()?;
    net.stop().blocking()
}

#[test]
fn every_option_of_a_wait_may_come_before_blocking() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).blocking()?;
    let mark = net.mark();
    let none = net.a.wait_for("message", |_| Some(())).since(mark).timeout(Duration::from_millis(20)).blocking();
    assert!(matches!(none, Err(Error::Timeout { .. })), "{none:?}");
    net.restart((&net.a, &net.b)).one_by_one().wait_connections(true).timeout(SOON).blocking()?;
    let cut = net.cut(&net.a, &net.b).may_be_idle().blocking()?;
    cut.heal().blocking()?;
    net.stop().blocking()
}

/// Provides itself.
async fn serve(node: NodeContext, echo: Provide<()>) -> Result {
    echo.set(());
    node.ready();
    node.stopped().await;
    Ok(())
}

#[test]
fn what_a_blocking_call_of_a_shared_service_spawns_outlives_the_call() -> Result {
    let net = cluster! { db = Service::providing(serve).shared() }.start().blocking()?;
    let (ask, mut asked) = tokio::sync::mpsc::unbounded_channel::<mpsc::Sender<u8>>();
    let call = net.db.call(|_| async move {
        tokio::spawn(async move {
            while let Some(answer) = asked.recv().await {
                answer.send(7).expect("the test waits");
            }
        });
        Ok::<_, Error>(())
    });
    call.blocking()?;
    let (answer, answered) = mpsc::channel();
    ask.send(answer).expect("the task waits");
    assert_eq!(answered.recv_timeout(SOON), Ok(7), "it ended with the call");
    net.stop().blocking()
}

#[test]
fn a_cluster_that_is_dropped_leaves_no_node_of_its_own_runtime() -> Result {
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true).blocking()?;
    let a = net.a.any().clone();
    drop(net);
    assert!(matches!(a.wait_ended().blocking()?, End::Killed));
    Ok(())
}

#[tokio::test]
async fn blocking_within_a_runtime_is_an_error() -> Result {
    let refused = cluster! { a }.start().blocking();
    assert!(matches!(refused, Err(Error::Blocking)), "{refused:?}");
    let net = cluster! { a }.start().await?;
    let error = net.a.connections().blocking().expect_err("the test's thread runs the node");
    assert!(error.to_string().contains("within an async runtime"), "{error}");
    net.stop().await
}

#[test]
fn a_start_that_no_runtime_runs_is_refused() {
    let mut start = std::pin::pin!(std::future::IntoFuture::into_future(cluster! { a }.start()));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(Err(error)) = start.as_mut().poll(&mut context) else { panic!("it is refused at once") };
    let Error::Refused { refusals, .. } = &error else { panic!("{error:?}") };
    assert!(matches!(refusals[..], [Refusal::NoRuntime]), "{error}");
}

fn runtime() -> Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime can be had")
}

#[test]
fn every_wait_says_that_the_runtime_of_its_cluster_is_gone() -> Result {
    let of_the_first_test = runtime();
    let net = cluster! { a; b: connect(a) }.start().wait_connections(true);
    let net = of_the_first_test.block_on(net.into_future())?;
    drop(of_the_first_test);
    runtime().block_on(async {
        let refused = net.eventually(async || TcpStream::connect(net.a.addr()).await).await.map(drop);
        for gone in [
            refused,
            net.a.connections().await.map(drop),
            net.a.publish("hello").await,
            net.a.wait_for("message", |_| Some(())).await,
            net.wait_connections().await,
            net.a.restart().await,
            net.stop().await,
        ] {
            let error = gone.expect_err("no node is left").to_string();
            assert!(error.contains("runtime") && error.contains("is gone"), "{error}");
        }
        assert!(matches!(net.b.wait_ended().await?, End::RuntimeGone));
        Ok(())
    })
}

#[test]
fn a_death_by_the_end_of_a_runtime_names_its_nodes_and_helps() -> Result {
    let of_the_first_test = runtime();
    // One node: of several, the first that dies ends the wait.
    let net = Arc::new(of_the_first_test.block_on(cluster! { a }.start().into_future())?);
    let waiting = {
        let net = net.clone();
        std::thread::spawn(move || net.a.wait_for("message", |_| Some(())).blocking())
    };
    drop(of_the_first_test);
    let error = waiting.join().expect("it does not panic").expect_err("no node is left");
    assert!(matches!(error, Error::Died { .. }), "{error:?}");
    let text = error.to_string();
    assert!(text.contains("node `a` has ended: its runtime is gone"), "{text}");
    assert!(text.contains("help: ") && text.contains("Shared"), "{text}");
    Ok(())
}
