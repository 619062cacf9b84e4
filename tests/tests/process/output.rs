//! The output of programs is read, whatever it is and however much, and never blocks them.

use std::time::Duration;

use cluster_runtime::process::Source;
use cluster_runtime::{DefaultLevel, Level, Node, Ready, Result, start};
use cluster_tests::{remove_files, script};
use serde_json::json;

#[tokio::test]
async fn each_line_is_an_event_and_in_the_log_file() -> Result {
    let node = Node::new(&script("echo one; echo two >&2; exec sleep 1000"), "n");
    let net = start(&node).event_level(DefaultLevel::Debug).await?;
    node.wait_for("output", |line| (line == "one").then_some(())).await?;
    node.wait_for("output", |line| (line == "two").then_some(())).await?;
    let log = std::fs::read_to_string(node.dir()?.join("output.log"))?;
    assert!(log == "one\ntwo\n" || log == "two\none\n", "{log}");
    net.stop().await
}

#[tokio::test]
async fn binary_garbage_does_no_harm() -> Result {
    let kind = script("head -c 3000000 /dev/urandom; head -c 3000000 /dev/zero >&2; echo; echo end; exec sleep 1000");
    let node = Node::new(&kind.ready(Ready::log_line("end")), "n");
    let net = start(&node).event_level(DefaultLevel::Debug).await?;
    net.stop().await
}

#[tokio::test]
async fn a_hundred_megabytes_do_no_harm() -> Result {
    let kind = script("yes 'a line of a flood, as long as they are' | head -c 100000000; touch ready; exec sleep 1000");
    let node = Node::new(&kind.ready(Ready::file("ready")), "n");
    let net = start(&node).await?;
    let size = |name| node.dir().and_then(|dir| Ok(std::fs::metadata(dir.join(name))?.len()));
    assert!(size("output.log")? + size("output.old.log")? < 70_000_000, "the log is bounded");
    net.stop().await
}

#[tokio::test]
async fn a_blocked_test_blocks_no_program() -> Result {
    let node = Node::new(&script("head -c 10000000 /dev/zero; touch written; exec sleep 1000"), "n");
    let net = start(&node).await?;
    let written = node.dir()?.join("written");
    // The only thread of this runtime.
    for _ in 0..3000 {
        if written.exists() {
            return net.stop().await;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    panic!("the program could not write");
}

#[tokio::test]
async fn a_program_may_close_its_output() -> Result {
    let node = Node::new(&script("exec >&- 2>&-; touch ready; exec sleep 1000").ready(Ready::file("ready")), "n");
    let net = start(&node).await?;
    assert!(node.process_id().is_some());
    net.stop().await
}

#[tokio::test]
async fn the_last_words_of_a_flood_are_in_the_report() {
    let kind = script("yes | head -c 5000000; printf 'out of cheese'; exit 1").ready(Ready::file("never"));
    let node = Node::new(&kind, "n");
    let report = cluster_tests::report(&start(&node).await.expect_err("it exits"));
    assert!(report.contains("\"out of cheese\""), "{report}");
    remove_files(&node);
}

#[tokio::test]
async fn events_come_over_a_named_pipe_though_they_are_torn() -> Result {
    let text = r#"exec 3>events
        printf '{"event":"blo' >&3; sleep 0.05; printf 'ck.v0","section":"chain","value":{"height":[1,{"a":2}]}}\n' >&3
        exec 3>&-; printf '{"event":"late"}\n' > events; exec sleep 1000"#;
    let node = Node::new(&script(text).json_events(Source::pipe("events")), "n");
    let net = start(&node).await?;
    let height = node.wait_for("block", |value| Some(value["height"].clone())).await?;
    assert_eq!(height, json!([1, { "a": 2 }]));
    node.wait_for("late", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn a_line_that_is_too_long_is_no_event_and_said_so() -> Result {
    let text = r#"printf '{"event":"long","value":"' > events; { head -c 2000000 /dev/zero | tr '\0' x; echo '"}'; } > events
        echo '{"event":"short"}' > events; exec sleep 1000"#;
    let node = Node::new(&script(text).json_events(Source::pipe("events")), "n");
    let net = start(&node).await?;
    let bytes = node.wait_for("line_too_long", |value| value["bytes"].as_u64()).await?;
    assert!(bytes > 2_000_000, "{bytes}");
    node.wait_for("short", |_| Some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn lines_are_parsed_as_events_and_the_others_are_output() -> Result {
    let kind =
        script("echo height 1; echo hello; echo height 2; exec sleep 1000").events(Source::stdout(), |node, line| {
            let Some(height) = line.strip_prefix("height ") else { return false };
            node.event(Level::Info, "chain", "height", json!(height));
            true
        });
    let node = Node::new(&kind, "n");
    let net = start(&node).event_sections_levels([("chain", Level::Debug)]).await;
    net.expect_err("it knows no levels of sections");
    let net = start(&node).event_level(DefaultLevel::Debug).await?;
    node.wait_for("height", |height| (height == "2").then_some(())).await?;
    node.wait_for("output", |line| (line == "hello").then_some(())).await?;
    net.stop().await
}

#[tokio::test]
async fn what_a_hidden_event_says_to_start_with_shows_it() -> Result {
    let kind = script("echo hello; echo height; exec sleep 1000").events(Source::stdout(), |node, line| {
        let is_height = line == "height";
        if is_height {
            node.event(Level::Debug, "chain", "height", json!(null));
        }
        is_height
    });
    let help = async |node: &Node<cluster_runtime::Process>, event: &str| {
        let error = node.wait_for(event, |_| true).await.expect_err("it is hidden").to_string();
        error.split("help: ").nth(1).unwrap_or_default().to_owned()
    };
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    let shows = r#"start with `.event_sections_levels([("process.stdout", Level::Debug)])`"#;
    assert_eq!(help(&node, "output").await, shows);
    assert_eq!(help(&node, "height").await, "start with `.event_level(DefaultLevel::Debug)`");
    net.stop().await?;
    let net = start(&node).event_sections_levels([("process.stdout", Level::Debug)]).await?;
    node.wait_for("output", |line| line == "hello").await?;
    net.stop().await?;
    let net = start(&node).event_level(DefaultLevel::Debug).await?;
    node.wait_for("height", |_| true).await?;
    net.stop().await
}

#[tokio::test]
async fn a_function_that_panics_at_a_line_ends_its_node() -> Result {
    let kind = script("echo surprise; exec sleep 1000").events(Source::stdout(), |_, line| panic!("what is `{line}`?"));
    let node = Node::new(&kind, "n");
    let outcome = async { start(&node).await?.wait_stopped().await };
    let error = outcome.await.expect_err("it panics").to_string();
    assert!(error.contains("panicked at `surprise`"), "{error}");
    remove_files(&node);
    Ok(())
}
