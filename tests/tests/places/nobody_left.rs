//! However a test ends, nothing of its namespaces lives on.

use std::time::Duration;

use cluster_runtime::place::Namespaces;
use cluster_runtime::{Process, Result, cluster};

use super::At;
use super::victim::Victim;

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

/// The names of the processes that carry this mark, and the directories of nodes that are left.
fn left(victim: &Victim, mark: &str) -> Vec<String> {
    let variable = format!("{LEAK}={mark}");
    let processes = std::fs::read_dir("/proc").expect("this system shows its processes");
    let paths = processes.filter_map(|entry| Some(entry.ok()?.path()));
    let carry = paths.filter(|path| {
        let environment = std::fs::read(path.join("environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|set| set == variable.as_bytes())
    });
    let names = carry.filter_map(|path| std::fs::read_to_string(path.join("cmdline")).ok());
    names.chain(victim.directories()).collect()
}

async fn kill_at_random_moments(times: usize) {
    if !At::Namespaces.is_had().await {
        return;
    }
    let mut draw = cluster_runtime::topology::Rng::new(u64::from(std::process::id()));
    for number in 0..times {
        let mark = format!("{}-{number}", std::process::id());
        let mut victim = Victim::new(LEAK, &mark);
        let moment = Duration::from_millis(u64::from(draw.below(600)));
        tokio::time::sleep(moment).await;
        victim.kill();
        let mut remains = Vec::new();
        let gone = tokio::time::timeout(Duration::from_secs(5), async {
            loop {
                remains = left(&victim, &mark);
                if remains.is_empty() {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(gone.await.is_ok(), "5 s after SIGKILL at {moment:?} there are: {remains:?}");
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
