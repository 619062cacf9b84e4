//! However a test ends, nothing of its namespaces lives on.

use std::time::Duration;

use cluster_runtime::place::Namespaces;
use cluster_runtime::{Process, Result, cluster};
use cluster_tests::{Victim, alone, processes_with, until_empty};

use super::At;

/// A variable that all processes of the other test inherit.
const LEAK: &str = "CLUSTER_PLACES_LEAK";

/// Starts programs, breaks their links, and stops them, again and again. It is a process for other tests, and no test itself.
#[tokio::test]
#[ignore = "a process of its own for other tests"]
async fn victim() -> Result {
    if std::env::var_os(LEAK).is_none() {
        return Ok(());
    }
    println!("\nbegun");
    let family = Process::new("sh", |_, command| {
        command.args(["-c", "sleep 1000 & setsid sh -c 'sleep 1000' & wait"]);
    });
    loop {
        let net = cluster! { use family.clone(); n[3]: ring }.start().public(true).on(Namespaces::new()).await?;
        let cut = net.isolate(&net.n[0]).may_be_idle().await?;
        net.pause(&net.n[1]).await?;
        cut.heal().may_be_idle().await?;
        net.n[2].kill().await?;
        net.n[2].restart().await?;
        net.stop().await?;
    }
}

async fn kill_at_random_moments(times: usize) {
    if !At::Namespaces.is_had().await {
        return;
    }
    let mut draw = cluster_runtime::topology::Rng::new(u64::from(std::process::id()));
    for number in 0..times {
        let mark = format!("{}-{number}", std::process::id());
        let mut victim = Victim::new(alone("nobody_left::victim").env(LEAK, &mark).env("CLUSTER_REPORT", "never"));
        victim.line("begun");
        let moment = Duration::from_millis(u64::from(draw.below(600)));
        tokio::time::sleep(moment).await;
        victim.kill();
        let left = || [processes_with(&format!("{LEAK}={mark}\0")), victim.directories()].concat();
        let left = until_empty(Duration::from_secs(5), left).await;
        assert!(left.is_ok(), "5 s after SIGKILL at {moment:?} there are: {left:?}");
    }
}

#[tokio::test]
async fn a_test_that_is_killed_leaves_nothing() {
    kill_at_random_moments(12).await;
}

#[tokio::test]
#[ignore = "takes minutes"]
async fn a_test_that_is_killed_two_hundred_times_leaves_nothing() {
    kill_at_random_moments(200).await;
}
