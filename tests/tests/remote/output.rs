//! What programs on hosts write.

use cluster_runtime::place::Remote;
use cluster_runtime::process::{ProcessContext, Source};
use cluster_runtime::{DefaultLevel, Error, Level, Node, Result, start};
use cluster_tests::{script, sleeper};
use serde_json::json;

use super::by_each_way;

by_each_way!(
    both_outputs_are_taken_as_they_were_written,
    a_command_returns_its_output_or_its_error,
    a_named_pipe_is_read_to_its_end,
    a_flood_does_no_harm,
);

async fn both_outputs_are_taken_as_they_were_written(hosts: Remote) -> Result {
    let kind = script("echo one; printf 'no end' >&2; sleep 0.1; echo ' yet' >&2; printf last >&2; exec sleep 1000");
    let node = Node::new(&kind, "n");
    let net = start(&node).on(hosts).event_level(DefaultLevel::Debug).public(true).await?;
    for line in ["one", "no end yet"] {
        node.wait_for("output", |value| (value == line).then_some(())).await?;
    }
    net.stop().await?;
    node.wait_for("output", |value| (value == "last").then_some(())).await
}

async fn a_command_returns_its_output_or_its_error(hosts: Remote) -> Result {
    let kind = sleeper().config(async |node: ProcessContext| {
        let output =
            node.command_of("sh").args(["-c", "printf \"$A\"; pwd; echo no >&2"]).env("A", "a b\n'c'\n").run().await?;
        assert_eq!(output, format!("a b\n'c'\n{}\n", node.dir()));
        let error = node.command_of("sh").args(["-c", "echo so it is >&2; exit 3"]).run().await.expect_err("it fails");
        assert!(error.to_string().ends_with("exited with status 3: so it is"), "{error}");
        let error = node.command_of("no-such-program").run().await.expect_err("there is none").to_string();
        assert!(
            error.contains("host `h1`: there is no program `no-such-program` in its PATH\nhelp: install it there"),
            "{error}"
        );
        Ok::<_, Error>(())
    });
    let node = Node::new(&kind, "n");
    start(&node).on(hosts).public(true).await?.stop().await
}

async fn a_named_pipe_is_read_to_its_end(hosts: Remote) -> Result {
    let kind = script("trap 'echo bye >sink; exit 0' TERM; for i in 1 2 3; do echo $i; sleep 0.02; done >sink; echo end >sink; while :; do sleep 0.02; done")
        .events(Source::pipe("sink"), |node, line| {
            node.event(Level::Info, "sink", "line", json!(line));
            true
        });
    let node = Node::new(&kind, "n");
    let net = start(&node).on(hosts).public(true).await?;
    for line in ["1", "2", "3", "end"] {
        node.wait_for("line", |value| (value == line).then_some(())).await?;
    }
    net.stop().await?;
    node.wait_for("line", |value| (value == "bye").then_some(())).await
}

async fn a_flood_does_no_harm(hosts: Remote) -> Result {
    let flood = "yes 'a line of a flood, as long as they are' | head -c 20000000; echo end; exec sleep 1000";
    let node = Node::new(&script(flood).ready(cluster_runtime::Ready::log_line("end")), "n");
    start(&node).on(hosts).public(true).await?.stop().await
}
