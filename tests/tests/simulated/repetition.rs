//! The same seed gives the same journal, in every process and under any load.

use std::time::Duration;

use cluster_runtime::event::Event;
use cluster_runtime::{Cluster, Error, Result, cluster};
use cluster_tests::alone;

/// A hash of all that happened, when, and in which order (FNV-1a).
fn hash(net: &Cluster) -> u64 {
    let line = |event: &Event| format!("{:?} {} {event}\n", event.time, event.node);
    let text: String = net.journal().iter().map(|event| line(event)).collect();
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

/// A ring in which messages, cuts and a kill happen.
async fn ring(seed: u64) -> Result<u64> {
    let net = cluster! { k[20]: ring }.start().simulated(seed).wait_connections(true).await?;
    net.k[3].publish("one").await?;
    net.wait_for_all(&net.k, "message", |_| Some(())).await?;
    net.partition((&net.k[..10], &net.k[10..])).refuse().await?;
    net.sleep(Duration::from_secs(2)).await?;
    net.k[5].kill().await?;
    net.heal().await?;
    net.k[5].restart().await?;
    net.wait_connections().await?;
    net.stop().await?;
    Ok(hash(&net))
}

/// A public network that grows links, while messages flood it.
async fn gossip(seed: u64) -> Result<u64> {
    let net = cluster! { k[30]: small_world(4, 0.2, seed = 5) };
    let net = net.start().public(true).simulated(seed).wait_connections(true).await?;
    for round in 0..5 {
        net.k[round].publish(format!("round {round}")).await?;
        net.sleep(Duration::from_secs(1)).await?;
    }
    net.stop().await?;
    Ok(hash(&net))
}

/// Prints what another process compares.
#[tokio::test]
async fn hashes() -> Result {
    println!("hashes: {:x} {:x}", ring(7).await?, gossip(7).await?);
    Ok(())
}

#[tokio::test]
async fn a_seed_gives_the_same_journal_again() -> Result {
    assert_eq!(ring(11).await?, ring(11).await?, "two runs of the ring differ");
    assert_eq!(gossip(11).await?, gossip(11).await?, "two runs of the public network differ");
    Ok(())
}

/// A ring whose nodes take a step together.
async fn stepped(seed: u64) -> Result<u64> {
    let step = async |_| Ok::<_, Error>(());
    let net = cluster! { k[20]: ring }.start().simulated(seed).once(step).wait_connections(true).await?;
    net.stop().await?;
    Ok(hash(&net))
}

#[tokio::test]
async fn nodes_go_on_in_one_order_after_a_step_that_they_took_together() -> Result {
    let first = stepped(11).await?;
    for _ in 0..5 {
        assert_eq!(stepped(11).await?, first, "two runs differ");
    }
    Ok(())
}

#[tokio::test]
async fn another_seed_gives_another_journal() -> Result {
    assert_ne!(gossip(1).await?, gossip(2).await?);
    Ok(())
}

#[test]
fn other_processes_have_the_same_journal() {
    let busy: Vec<_> = (0..2).map(|_| busy()).collect();
    let runs: Vec<_> = (0..3).map(|_| in_another_process()).collect();
    drop(busy);
    let hashes: Vec<String> = runs.into_iter().map(|run| run.join().expect("it does not panic")).collect();
    assert!(hashes.iter().all(|hash| *hash == hashes[0] && !hash.is_empty()), "{hashes:#?}");
}

#[test]
#[ignore = "takes a minute"]
fn a_hundred_processes_have_the_same_journal_and_twenty_that_share_their_cores() {
    let run = || in_another_process().join().expect("it does not panic");
    let alone: Vec<_> = (0..100).map(|_| run()).collect();
    let busy: Vec<_> = (0..2).map(|_| busy()).collect();
    let hashes: Vec<_> = alone.into_iter().chain((0..20).map(|_| run())).collect();
    drop(busy);
    println!("{} processes have the {}", hashes.len(), hashes[0]);
    assert!(hashes.iter().all(|hash| *hash == hashes[0]), "{hashes:#?}");
}

fn in_another_process() -> std::thread::JoinHandle<String> {
    std::thread::spawn(|| {
        let run = alone("repetition::hashes").arg("--nocapture").output().expect("a test can be run");
        let output = String::from_utf8_lossy(&run.stdout).into_owned();
        let line = output.lines().find(|line| line.contains("hashes: "));
        line.unwrap_or_else(|| panic!("{output}{}", String::from_utf8_lossy(&run.stderr))).to_owned()
    })
}

/// Keeps a core busy until it is dropped.
struct Busy(std::sync::Arc<std::sync::atomic::AtomicBool>);

fn busy() -> Busy {
    let is_over = std::sync::Arc::new(std::sync::atomic::AtomicBool::new(false));
    let watched = is_over.clone();
    std::thread::spawn(move || {
        while !watched.load(std::sync::atomic::Ordering::Relaxed) {
            std::hint::spin_loop();
        }
    });
    Busy(is_over)
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.store(true, std::sync::atomic::Ordering::Relaxed);
    }
}

/// Whether a test of this name succeeds when it is compared with another run, and what it says.
fn compared(test: &str) -> (bool, String) {
    let run = alone(test).env("CLUSTER_SIMULATED", "check").output().expect("a test can be run");
    (run.status.success(), String::from_utf8_lossy(&run.stdout).into_owned())
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn all_is_of_the_seed() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.k[0].publish("hello").await?;
    net.sleep(Duration::from_secs(1)).await?;
    net.stop().await
}

#[tokio::test]
#[ignore = "another test runs it in a process of its own"]
async fn something_is_random() -> Result {
    let net = cluster! { k[4]: clique }.start().wait_connections(true).await?;
    net.k[0].publish(format!("process {}", std::process::id())).await?;
    net.sleep(Duration::from_secs(1)).await?;
    net.stop().await
}

#[test]
fn a_test_is_compared_with_another_run_of_it() {
    let (is_ok, said) = compared("repetition::all_is_of_the_seed");
    assert!(is_ok, "{said}");
}

#[test]
fn a_comparison_shows_the_first_difference() {
    let (is_ok, said) = compared("repetition::something_is_random");
    assert!(!is_ok && said.contains("two runs of `repetition::something_is_random`"), "{said}");
    assert!(said.matches("process ").count() >= 2, "{said}");
}
