//! Programs end when they are asked to, when their time is over, and by themselves; nothing of them is left.

use std::future::IntoFuture;
use std::time::{Duration, Instant};

use cluster_runtime::process::{Exit, Signal};
use cluster_runtime::{Error, Node, NodeContext, Ready, Result, Service, cluster, start};
use cluster_tests::{alone, exists, remove_files, script, sleeper, until};

#[tokio::test]
async fn a_program_that_ignores_the_signal_is_killed_after_its_grace_time() -> Result {
    let kind = script("trap '' TERM; touch ready; while :; do sleep 1000; done")
        .ready(Ready::file("ready"))
        .grace(Duration::from_millis(100));
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    net.stop().await?;
    node.wait_for("killed", |value| (value["after"] == "100ms").then_some(())).await
}

/// Run by the test below, in a process of its own.
#[tokio::test]
#[ignore = "a part of another test"]
async fn stopped_by_force() -> Result {
    let grace = Duration::from_millis(20);
    let program = script("trap '' TERM; touch ready; while :; do sleep 1000; done").ready(Ready::file("ready"));
    let service = Service::new(async |node: NodeContext| {
        node.ready();
        node.stopped().await;
        std::future::pending::<Result>().await
    });
    cluster! { program = program.grace(grace); service = service.grace(grace) }.start().await?.stop().await
}

#[test]
fn a_stop_that_needed_force_says_so() {
    let output = alone("stop::stopped_by_force").arg("--nocapture").output().expect("a test can be run");
    let printed = String::from_utf8_lossy(&output.stderr);
    for line in [
        "node `program` did not end within its grace time of 20ms, and was killed\n",
        "node `service` did not end within its grace time of 20ms, and was stopped hard\n",
    ] {
        assert!(printed.contains(line), "{printed}");
    }
}

#[tokio::test]
async fn a_program_that_ends_by_itself_is_a_death_whatever_its_status() -> Result {
    for status in [0, 3] {
        let text = format!("touch ready; while [ ! -e end ]; do sleep 0.01; done; exit {status}");
        let net = cluster! { n = script(text).ready(Ready::file("ready")); other = sleeper() }.start().await?;
        std::fs::write(net.n.dir()?.join("end"), "")?;
        let error = net.other.wait_for("rain", |_| Some(())).await.expect_err("a node has died");
        assert!(matches!(error, Error::Died { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains(&format!("node `n` failed: `sh` exited with status {status} after ")), "{text}");
        net.n.wait_ended().await?;
        net.stop().await?;
        remove_files(&net.n);
    }
    Ok(())
}

#[tokio::test]
async fn a_kind_says_which_signal_stops_it() -> Result {
    let kind = script("trap 'touch asked; exit 0' USR1; touch ready; while :; do sleep 0.01; done")
        .ready(Ready::file("ready"))
        .stop_signal(Signal::User1);
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    net.stop().await?;
    assert!(node.dir()?.join("asked").exists());
    Ok(())
}

#[tokio::test]
async fn a_kind_says_what_a_clean_exit_is() -> Result {
    let kind = script("trap 'exit 1' TERM; touch ready; while :; do sleep 0.01; done").ready(Ready::file("ready"));
    let node = Node::new(&kind.clone().clean_exit(Exit::Status(1)), "clean");
    start(&node).await?.stop().await?;

    let node = Node::new(&kind, "unclean");
    let error = start(&node).await?.stop().await.expect_err("status 1 is not what was said").to_string();
    assert!(error.contains("exited with status 1 when it was asked to end"), "{error}");
    remove_files(&node);
    Ok(())
}

#[tokio::test]
async fn no_zombie_and_no_directory_is_left_after_a_stop() -> Result {
    let node = Node::new(&sleeper(), "n");
    let net = start(&node).await?;
    let (process, dir) = (node.process_id().expect("it runs"), node.dir()?);
    net.stop().await?;
    assert!(!exists(process), "process {process} is there");
    assert!(dir.is_dir(), "it stays as long as its node");
    drop((net, node));
    until("the directory is gone", || !dir.exists()).await;
    Ok(())
}

#[tokio::test]
async fn children_end_with_their_program_even_those_that_left_it() -> Result {
    let text = "sleep 1000 & echo $! > near; setsid sh -c 'echo $$ > far; exec sleep 1000' & wait";
    let node = Node::new(&script(text).ready(Ready::file("far")), "n");
    let net = start(&node).await?;
    let children = super::numbers_in(&node.dir()?, ["near", "far"]).await;
    assert!(children.iter().all(|child| exists(*child)), "{children:?}");
    net.stop().await?;
    for child in children {
        until("the child is gone", || !exists(child)).await;
    }
    Ok(())
}

#[tokio::test]
async fn a_program_that_exits_at_once_is_reported_with_its_last_lines() {
    let node = Node::new(&script("echo the disk is full >&2; exit 3").ready(Ready::file("never")), "n");
    let started = Instant::now();
    let error = start(&node).await.expect_err("it exits");
    let report = cluster_tests::report(&error);
    assert!(report.contains("`sh` exited with status 3"), "{report}");
    assert!(report.contains("the disk is full"), "{report}");
    assert!(started.elapsed() < Duration::from_secs(5), "it took {:?}", started.elapsed());
    remove_files(&node);
}

#[tokio::test]
async fn a_program_that_forks_into_the_background_is_told_of_and_ended() {
    let node =
        Node::new(&script("setsid sh -c 'echo $$ > far; exec sleep 1000' & exit 0").ready(Ready::file("never")), "n");
    let error = start(&node).await.expect_err("it exits").to_string();
    assert!(error.contains("running, which was killed"), "{error}");
    assert!(error.contains("help: a program that forks into the background"), "{error}");
    remove_files(&node);
}

#[tokio::test]
async fn a_killed_program_ends_whatever_waits_for_it() -> Result {
    let nodes = cluster_runtime::create(&sleeper(), "n", 3);
    let net = start(&nodes).await?;
    let waiting = tokio::spawn(nodes[1].wait_for("never", |_| Some(())).into_future());
    let started = Instant::now();
    nodes[1].signal(Signal::Kill)?;
    let ended = waiting.await.map_err(Error::other)?.expect_err("it is dead").to_string();
    assert!(ended.contains("was ended by signal 9 (SIGKILL)"), "{ended}");
    assert!(started.elapsed() < Duration::from_secs(5), "it took {:?}", started.elapsed());
    assert!(nodes[1].signal(Signal::Kill).is_err(), "nobody is there to be signalled");
    let died = net.stop().await.expect_err("one had died").to_string();
    assert!(died.contains("node `n.2` failed: `sh` was ended by signal 9"), "{died}");
    remove_files(&nodes[1]);
    Ok(())
}
