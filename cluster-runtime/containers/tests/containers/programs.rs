//! Programs in containers: what they see, what they write and how they end.

use std::process::Command;
use std::time::Duration;

use cluster_runtime::error::End;
use cluster_runtime::process::{Exit, ProcessContext, Signal, Source};
use cluster_runtime::{DefaultLevel, Error, Level, Node, Process, Result, cluster, start};
use cluster_tests::{script, sleeper};
use serde_json::json;

use super::{At, at_all_places};

at_all_places! {
    a_program_has_its_directory_its_variables_and_its_address
    outputs_are_taken_as_they_were_written
    a_command_runs_before_the_program_and_beside_it
    a_named_pipe_is_read_to_its_end
    a_status_and_a_signal_are_told_apart
    a_node_that_runs_again_is_reached_by_others
    a_program_that_is_paused_can_be_killed
    a_program_that_was_built_here_runs
    programs_of_an_image_run
    many_nodes_start
}

async fn a_program_has_its_directory_its_variables_and_its_address(at: At) -> Result {
    let kind = Process::new("sh", |_, command| {
        command.args(["-c", "pwd; hostname -I; echo \"$A\"; id -u; exec sleep 1000"]).env("A", "a 'b'");
    });
    let node = Node::new(&kind, "n");
    let net = start(&node).on(at.place()).event_level(DefaultLevel::Debug).public(true).await?;
    let user = rustix::process::geteuid().as_raw().to_string();
    let ip = node.addr().ip().to_string();
    for line in [&*node.dir()?.display().to_string(), &ip, "a 'b'", &user] {
        node.wait_for("output", |value| value.as_str().filter(|value| value.trim() == line).map(|_| ())).await?;
    }
    assert!(ip.starts_with("198."), "{ip}");
    let log = std::fs::read_to_string(node.dir()?.join("output.log"))?;
    assert!(log.contains("a 'b'"), "{log}");
    net.stop().await
}

async fn outputs_are_taken_as_they_were_written(at: At) -> Result {
    let kind = script("echo one; printf 'no end' >&2; sleep 0.1; echo ' yet' >&2; printf last >&2; exec sleep 1000");
    let node = Node::new(&kind, "n");
    let net = start(&node).on(at.place()).event_level(DefaultLevel::Debug).public(true).await?;
    for line in ["one", "no end yet"] {
        node.wait_for("output", |value| (value == line).then_some(())).await?;
    }
    net.stop().await?;
    node.wait_for("output", |value| (value == "last").then_some(())).await
}

async fn a_command_runs_before_the_program_and_beside_it(at: At) -> Result {
    async fn ask(node: &ProcessContext) -> Result {
        let output = node.command_of("sh").args(["-c", "hostname -I; pwd; echo no >&2"]).run().await?;
        assert_eq!(output, format!("{} \n{}\n", node.addr().ip(), node.dir()));
        let error = node.command_of("sh").args(["-c", "echo so it is >&2; exit 3"]).run().await.expect_err("it fails");
        assert!(error.to_string().ends_with("exited with status 3: so it is"), "{error}");
        Ok::<_, Error>(())
    }
    let kind = sleeper()
        .config(async |node: ProcessContext| ask(&node).await)
        .once(async |nodes: Vec<ProcessContext>| ask(&nodes[0]).await);
    let node = Node::new(&kind, "n");
    start(&node).on(at.place()).public(true).await?.stop().await
}

async fn a_named_pipe_is_read_to_its_end(at: At) -> Result {
    let kind = script("trap 'echo bye >sink; exit 0' TERM; echo 1 >sink; while :; do sleep 0.02; done").events(
        Source::pipe("sink"),
        |node, line| {
            node.event(Level::Info, "sink", "line", json!(line));
            true
        },
    );
    let node = Node::new(&kind, "n");
    let net = start(&node).on(at.place()).public(true).await?;
    node.wait_for("line", |value| (value == "1").then_some(())).await?;
    net.stop().await?;
    node.wait_for("line", |value| (value == "bye").then_some(())).await
}

async fn a_status_and_a_signal_are_told_apart(at: At) -> Result {
    let net = cluster! {
        status = script("sleep 0.5; exit 7");
        signal = script("sleep 0.5; kill -USR1 $$; sleep 1000");
    };
    let net = net.start().on(at.place()).public(true).tolerate_deaths(true).await?;
    let exits = [(net.status.any(), Exit::Status(7)), (net.signal.any(), Exit::from(Signal::User1))];
    for (node, exit) in exits {
        let end = node.wait_ended().await?;
        assert!(matches!(&end, End::Exited(exited) if exited.exit == exit), "{end:?}");
    }
    net.stop().await
}

async fn a_program_that_is_paused_can_be_killed(at: At) -> Result {
    let net = cluster! { n = sleeper() }.start().on(at.place()).public(true).await?;
    net.n.pause().await?;
    net.n.kill().await?;
    net.n.restart().await?;
    net.stop().await
}

async fn many_nodes_start(at: At) -> Result {
    let net =
        cluster! { use sleeper(); n[12] }.start().on(at.place()).public(true).timeout(Duration::from_secs(60)).await?;
    net.stop().await
}

async fn a_node_that_runs_again_is_reached_by_others(at: At) -> Result {
    let hardware = script("cat /sys/class/net/eth0/address; exec sleep 1000");
    let node = Node::new(&hardware, "n");
    let net = start(&node).on(at.place()).event_level(DefaultLevel::Debug).public(true).await?;
    let first = node.wait_for("output", |value| value.as_str().map(str::to_owned)).await?;
    let mark = net.mark();
    node.restart().await?;
    let second = node.wait_for("output", |value| value.as_str().map(str::to_owned)).since(mark).await?;
    assert_eq!(first, second, "others remember where the address was");
    net.stop().await
}

/// Says that it runs. It is a program for another test, and no test itself.
#[test]
#[ignore = "a program for another test"]
fn says_where_it_was_built() {
    println!("\nit was built here");
    std::thread::sleep(Duration::from_secs(100));
}

/// Runs that.
pub fn built_here() -> Result<Process> {
    let program = std::env::current_exe()?.display().to_string();
    Ok(Process::new(program, |_, command| {
        command.args(["--exact", "programs::says_where_it_was_built", "--ignored", "--nocapture"]);
    }))
}

async fn a_program_that_was_built_here_runs(at: At) -> Result {
    let node = Node::new(&built_here()?, "n");
    let net = start(&node).on(at.place()).event_level(DefaultLevel::Debug).public(true).await?;
    node.wait_for("output", |value| (value == "it was built here").then_some(())).await?;
    net.stop().await
}

/// The image has a program of its own, and a PATH in which that is.
async fn programs_of_an_image_run(at: At) -> Result {
    let mut made = Command::new("sh");
    made.args(["-c", include_str!("image.sh"), "image"]).arg(at.0.socket()).arg("cluster-own");
    assert!(made.status().expect("a shell can be run").success(), "the image cannot be made");
    let kind = Process::new("doze", |_, command| {
        command.arg(1000);
    });
    let node = Node::new(&kind, "n");
    let net = start(&node).on(at.place().image("cluster-own")).public(true).await?;
    let error = node.wait_ended().timeout(Duration::from_millis(200)).await.expect_err("it sleeps").to_string();
    assert!(error.contains("200ms"), "{error}");
    net.stop().await
}
