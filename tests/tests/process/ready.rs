//! How one knows that a program is ready.

use std::time::Duration;

use cluster_runtime::process::ProcessContext;
use cluster_runtime::{Feature, Node, Process, Ready, Result, start};
use cluster_tests::{remove_files, script};

const DAEMON: &str = env!("CARGO_BIN_EXE_daemon");

#[tokio::test]
async fn a_server_is_ready_when_it_answers_by_http() -> Result {
    let kind = Process::new(DAEMON, |node, command| {
        command.arg("http").arg(node.addr_of("http"));
    })
    .port("http")
    .ready(Ready::http("http", "/health"))
    .learned_identity(async |node: ProcessContext| {
        let answer = node.get("http", "/name").await?.json()?;
        Ok::<_, cluster_runtime::Error>(cluster_runtime::Identity::new(answer[0].to_string()))
    })
    .supports(Feature::Private);
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    assert_eq!(node.identity().expect("it is learned").as_str(), r#""a""#);
    net.stop().await
}

#[tokio::test]
async fn a_server_is_ready_when_it_takes_connections() -> Result {
    let kind = Process::new(DAEMON, |node, command| {
        command.arg("tcp").arg(node.addr());
    })
    .ready(Ready::port(""))
    .supports(Feature::Private);
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    tokio::net::TcpStream::connect(node.addr()).await?;
    net.stop().await
}

#[tokio::test]
async fn a_server_is_ready_when_its_socket_takes_connections() -> Result {
    let kind = Process::new(DAEMON, |node, command| {
        command.arg("unix").arg(node.path("socket"));
    })
    .ready(Ready::unix_socket("socket"))
    .supports(Feature::Private);
    let node = Node::new(&kind, "n");
    let net = start(&node).await?;
    tokio::net::UnixStream::connect(node.dir()?.join("socket")).await?;
    net.stop().await
}

#[tokio::test]
async fn a_line_says_that_a_program_is_ready_however_it_is_shown() -> Result {
    let node = Node::new(&script("echo up >&2; echo done > first; exec sleep 1000").ready(Ready::log_line("up")), "n");
    let net = start(&node).await?;
    let hidden = node.wait_for("output", |_| Some(())).await.expect_err("it has the level Debug").to_string();
    assert!(hidden.contains("process.stderr"), "{hidden}");
    net.stop().await
}

#[tokio::test]
async fn a_file_of_an_earlier_run_is_no_sign() -> Result {
    let kind = script("test -e late && exec sleep 1000; touch late ready; exec sleep 1000").ready(Ready::file("ready"));
    let node = Node::new(&kind, "n");
    start(&node).await?.stop().await?;
    start(&node).timeout(Duration::from_millis(200)).await.expect_err("the second run makes no file");
    remove_files(&node);
    Ok(())
}

#[tokio::test]
async fn events_can_say_that_a_program_is_ready() -> Result {
    let kind = script("echo ready; exec sleep 1000").ready(Ready::reported()).events(
        cluster_runtime::process::Source::stdout(),
        |node, line| {
            if line == "ready" {
                node.ready();
            }
            false
        },
    );
    let node = Node::new(&kind, "n");
    start(&node).await?.stop().await
}

#[tokio::test]
async fn a_command_that_succeeds_says_that_a_program_is_ready() -> Result {
    let ready = Ready::command("sh", |node, command| {
        command.arg("-c").arg(format!("test -e up || {{ echo {} sleeps >&2; exit 3; }}", node.name()));
    });
    let kind = |text: &str| script(text).ready(ready.clone());
    let node = Node::new(&kind("touch up; exec sleep 1000"), "n");
    start(&node).await?.stop().await?;

    let node = Node::new(&kind("exec sleep 1000"), "n");
    let error = start(&node).timeout(Duration::from_millis(500)).await.expect_err("it is never up");
    let error = cluster_tests::report(&error);
    assert!(error.contains("its command `sh` does not succeed") && error.contains("n sleeps"), "{error}");
    remove_files(&node);
    Ok(())
}

#[tokio::test]
async fn the_content_of_a_response_says_that_a_program_is_ready() -> Result {
    let kind = |expected: &'static str| {
        Process::new(DAEMON, |node, command| {
            command.arg("http").arg(node.addr());
        })
        .ready(Ready::response("", "/name", move |response| response.text().contains(expected)))
        .supports(Feature::Private)
    };
    start(Node::new(&kind("a"), "n")).await?.stop().await?;

    let node = Node::new(&kind("b"), "n");
    let error = start(&node).timeout(Duration::from_millis(500)).await.expect_err("it is another");
    let error = cluster_tests::report(&error);
    assert!(error.contains("`GET /name` at its address has not returned what is expected: status 200: "), "{error}");
    remove_files(&node);
    Ok(())
}
