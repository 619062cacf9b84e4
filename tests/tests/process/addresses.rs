//! Every node has an address of its own, over all processes.

use std::collections::HashSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;

use cluster_runtime::{Node, Result, create, start};
use cluster_tests::{alone, sleeper};
use tokio::net::TcpSocket;

/// How many processes create nodes at the same time.
const PROCESSES: usize = 50;
/// How many nodes each creates.
const NODES: usize = 20;

/// Prints the addresses of its nodes, and keeps them until its input ends.
#[test]
#[ignore = "a process of its own for another test"]
fn neighbour() {
    let nodes = create(&sleeper().port("rpc"), "n", NODES);
    for node in &nodes {
        println!("\naddr {}", node.addr());
        println!("addr {}", node.addr_of("rpc").expect("it asks for it"));
    }
    println!("all");
    std::io::stdin().lines().for_each(drop);
}

#[test]
fn many_test_processes_share_no_address() {
    let spawn = |_| {
        let mut command = alone("addresses::neighbour");
        command.arg("--nocapture").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a test can be run")
    };
    let mut processes: Vec<_> = (0..PROCESSES).map(spawn).collect();
    let mut addresses = Vec::new();
    for process in &mut processes {
        // The pipe stays open: the other end writes until it ends.
        let lines =
            BufReader::new(process.stdout.as_mut().expect("it is a pipe")).lines().map_while(std::io::Result::ok);
        addresses.extend(lines.take_while(|line| line != "all").filter(|line| line.starts_with("addr ")));
    }
    for mut process in processes {
        drop(process.stdin.take());
        process.wait().expect("it ends");
    }
    assert_eq!(addresses.len(), PROCESSES * NODES * 2);
    assert_eq!(addresses.iter().collect::<HashSet<_>>().len(), addresses.len(), "an address was given twice");
}

#[test]
fn a_server_binds_the_ports_of_its_node_and_nobody_else_is_given_them() {
    let node = Node::new(&sleeper().port("rpc"), "n");
    for addr in [node.addr(), node.addr_of("rpc").expect("it asks for it")] {
        std::net::TcpListener::bind(addr).expect("std sets SO_REUSEADDR");
        for _ in 0..200 {
            let other = std::net::TcpListener::bind((addr.ip(), 0)).expect("a port is free");
            assert_ne!(other.local_addr().expect("it is bound"), addr);
        }
    }
}

#[tokio::test]
async fn a_server_that_does_not_set_so_reuseaddr_is_let_in() -> Result {
    let node = Node::new(&sleeper().without_reuseaddr(), "n");
    let bind = || TcpSocket::new_v4()?.bind(node.addr());
    assert!(bind().is_err(), "the port is reserved until the program runs");
    let net = start(&node).await?;
    // The program binds nothing itself.
    bind()?;
    net.stop().await
}
