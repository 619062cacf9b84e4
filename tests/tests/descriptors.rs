//! The limit of open files is raised as far as it goes, and what needs more is refused with its numbers.
//!
//! A test binary of its own: the limit is the whole process's.

use cluster_runtime::{Error, Loopback, Result, clique, create, ring, start};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{Mutex, MutexGuard};

const SOFT: u64 = 96;
const HARD: u64 = 512;

/// Lowers the limits of this process, and keeps the other tests from taking its descriptors meanwhile.
async fn lowered() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::const_new(());
    let turn = TURN.lock().await;
    let lowered = Rlimit { current: Some(SOFT), maximum: Some(HARD) };
    setrlimit(Resource::Nofile, lowered).expect("a limit may always be lowered");
    turn
}

#[tokio::test]
async fn the_soft_limit_is_raised_to_the_hard_one() -> Result {
    let _turn = lowered().await;
    // 40 addresses, 40 listeners and 80 ends of links: more than the soft limit.
    let nodes = create(&Loopback::new(), "n", 40);
    ring(&nodes);
    let net = start(&nodes).wait_connections(true).await?;
    assert_eq!(getrlimit(Resource::Nofile).current, Some(HARD));
    net.stop().await
}

#[tokio::test]
async fn more_links_than_file_descriptors_are_refused_with_their_numbers() {
    let _turn = lowered().await;
    let nodes = create(&Loopback::new(), "n", 30);
    clique(&nodes);
    let error = start(&nodes).await.expect_err("900 descriptors are too many");
    let Error::Refused { faults } = error else { panic!("expected a refusal, found {error:?}") };
    assert_eq!(faults.len(), 1, "{faults:?}");
    let fault = &faults[0];
    assert!(fault.starts_with("30 nodes with 870 ends of links need about 900 file descriptors, "), "{fault}");
    assert!(
        fault.ends_with(
            " are open, and the limit is 512\nhelp: declare fewer links, or raise the hard limit (`ulimit -Hn`)"
        ),
        "{fault}"
    );
}

#[tokio::test]
async fn nodes_without_an_address_are_refused_when_they_are_started() {
    let _turn = lowered().await;
    let nodes = create(&Loopback::new(), "n", 600);
    let error = start(&nodes).await.expect_err("there are not so many descriptors");
    let Error::Refused { faults } = error else { panic!("expected a refusal, found {error:?}") };
    assert!(faults[0].starts_with("no address could be reserved for node `n."), "{}", faults[0]);
    assert!(faults[0].contains("Too many open files"), "{}", faults[0]);
}
