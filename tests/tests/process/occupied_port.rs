//! A server is not ready because another one answers in its place.

use cluster_runtime::{Node, Ready, Result, start};
use cluster_tests::{remove_files, sleeper, until};

#[tokio::test]
async fn a_listener_that_was_there_before_is_named() -> Result {
    for ready in [Ready::port("rpc"), Ready::http("rpc", "/")] {
        let node = Node::new(&sleeper().port("rpc").ready(ready), "n");
        let addr = node.addr_of("rpc").expect("it asks for it");
        let _occupant = std::net::TcpListener::bind(addr)?;
        let error = start(&node).await.expect_err("another one listens").to_string();
        assert!(error.contains(&format!("this test itself listens on {addr} before the program runs")), "{error}");
        remove_files(&node);
    }
    Ok(())
}

#[tokio::test]
async fn a_program_that_listens_is_named_with_its_number() -> Result {
    let node = Node::new(&sleeper().ready(Ready::port("")), "n");
    let mut daemon =
        std::process::Command::new(env!("CARGO_BIN_EXE_daemon")).arg("tcp").arg(node.addr().to_string()).spawn()?;
    until("it listens", || std::net::TcpStream::connect(node.addr()).is_ok()).await;
    let error = start(&node).await.expect_err("another one listens").to_string();
    daemon.kill()?;
    daemon.wait()?;
    assert!(error.contains(&format!("`daemon` (process {}) listens on {}", daemon.id(), node.addr())), "{error}");
    remove_files(&node);
    Ok(())
}
