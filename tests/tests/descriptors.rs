//! The limit of open files is raised as far as it goes, and what needs more is refused with its numbers.
//!
//! A test binary of its own: the limit is the whole process's.

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use cluster_runtime::error::Refusal;
use cluster_runtime::{Cluster, Error, Loopback, NodeContext, Result, Service, clique, create, ring, start};
use cluster_tests::until_answered;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

const SOFT: u64 = 96;
const HARD: u64 = 512;

/// Lowers the limits of this process and runs a test, which has all the descriptors for itself.
fn with_few_descriptors(test: impl Future<Output = Result>) -> Result {
    static TURN: Mutex<()> = Mutex::new(());
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let lowered = Rlimit { current: Some(SOFT), maximum: Some(HARD) };
    setrlimit(Resource::Nofile, lowered).expect("a limit may always be lowered");
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(test)
}

fn open_descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").map_or(0, Iterator::count)
}

fn the_only_fault(started: Result<Cluster>) -> String {
    match started.expect_err("there are not so many descriptors") {
        Error::Refused { refusals, .. } if refusals.len() == 1 => refusals[0].to_string(),
        error => panic!("expected one fault, found {error:?}"),
    }
}

#[test]
fn ten_thousand_declared_nodes_take_no_descriptor() -> Result {
    with_few_descriptors(async {
        let before = open_descriptors();
        let nodes = create(&Loopback::new(), "n", 10_000);
        ring(&nodes);
        assert_eq!(open_descriptors(), before);
        Ok(())
    })
}

#[test]
fn an_address_is_had_when_it_is_asked_for_and_stays() -> Result {
    with_few_descriptors(async {
        let before = open_descriptors();
        let nodes = create(&Loopback::new(), "n", 3);
        let addr = nodes[0].addr();
        assert_ne!(addr.port(), 0);
        assert!(tokio::net::TcpSocket::new_v4()?.bind(addr).is_err(), "{addr} is anyone's");
        // Of one node; the name of its network may be the first one. Those of the test before this may be closed meanwhile.
        assert!(open_descriptors() <= before + 2, "{} were open, and now {}", before, open_descriptors());
        let net = start(&nodes).await?;
        assert_eq!(nodes[0].addr(), addr);
        net.stop().await?;
        assert_eq!(nodes[0].addr(), addr);
        Ok(())
    })
}

#[test]
fn the_soft_limit_is_raised_to_the_hard_one() -> Result {
    with_few_descriptors(async {
        // 40 addresses, 40 listeners and 80 ends of links: more than the soft limit.
        let nodes = create(&Loopback::new(), "n", 40);
        ring(&nodes);
        let net = start(&nodes).wait_connections(true).await?;
        assert_eq!(getrlimit(Resource::Nofile).current, Some(HARD));
        net.stop().await
    })
}

#[test]
fn more_links_than_file_descriptors_are_refused_with_their_numbers() -> Result {
    with_few_descriptors(async {
        let nodes = create(&Loopback::new(), "n", 30);
        clique(&nodes);
        let fault = the_only_fault(start(&nodes).await);
        let begin = "30 nodes with 870 ends of links need about 900 file descriptors, ";
        let end = " are open, 32 are kept for the test itself, and the limit is 512\nhelp: declare fewer links, or raise the hard limit (`ulimit -Hn`)";
        assert!(fault.starts_with(begin) && fault.ends_with(end), "{fault}");
        Ok(())
    })
}

#[test]
fn more_nodes_than_file_descriptors_are_refused_with_their_numbers() -> Result {
    with_few_descriptors(async {
        let fault = the_only_fault(start(create(&Loopback::new(), "n", 600)).await);
        assert!(fault.starts_with("600 nodes with 0 ends of links need about 600 file descriptors, "), "{fault}");
        Ok(())
    })
}

#[test]
fn a_node_that_got_no_address_is_refused_when_it_is_started() -> Result {
    with_few_descriptors(async {
        let mut nodes = create(&Loopback::new(), "n", 600);
        for node in &nodes {
            let _ = node.addr();
        }
        let last = nodes.split_off(599);
        drop(nodes);
        let Err(Error::Refused { refusals, .. }) = start(&last).await else {
            panic!("there are not so many descriptors")
        };
        let Refusal::NoAddress { node, why } = &refusals[0] else { panic!("{refusals:?}") };
        assert_eq!(&**node, "n.600");
        assert!(why.contains("Too many open files"), "{why}");
        Ok(())
    })
}

async fn serve(node: NodeContext) -> Result {
    let listener = node.listen()?;
    tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    tokio::task::spawn_blocking(|| {});
    node.ready();
    node.stopped().await;
    Ok(())
}

fn threads() -> usize {
    std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count)
}

#[test]
fn isolated_services_leave_no_descriptor_and_no_thread() -> Result {
    with_few_descriptors(async {
        let nodes = create(&Service::new(serve), "n", 4);
        let [killed, stopped, restarted, _dropped] = &nodes[..] else { panic!("there are four") };
        nodes.iter().for_each(|node| assert_ne!(node.addr().port(), 0));
        let net = start(&nodes).await?;
        net.stop().await?;
        drop(net);
        let (descriptors_before, threads_before) = (open_descriptors(), threads());
        for _ in 0..50 {
            let net = start(&nodes).await?;
            killed.kill().await?;
            stopped.stop().await?;
            restarted.restart().await?;
            drop(net);
            for node in &nodes {
                node.wait_ended().await?;
            }
        }
        let are_gone = async || Ok(open_descriptors() <= descriptors_before && threads() <= threads_before);
        until_answered("the descriptors and threads of all runs are gone", are_gone).await
    })
}
