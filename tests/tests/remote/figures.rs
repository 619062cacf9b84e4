//! How long things take on hosts: `cargo test -p cluster-tests --test remote figures -- --ignored --nocapture`.

use std::time::Instant;

use cluster_runtime::place::Remote;
use cluster_runtime::{Result, cluster};

use super::{by_command, sleeper, ssh};

#[tokio::test]
#[ignore = "a measurement"]
async fn programs_on_three_hosts() -> Result {
    let by_ssh = ssh::hosts().map(|hosts| ("ssh", hosts));
    for (way, hosts) in [("a command", by_command())].into_iter().chain(by_ssh) {
        for count in [10, 30, 10, 30, 10, 30] {
            measure(way, hosts.clone(), count).await?;
        }
    }
    Ok(())
}

async fn measure(way: &str, hosts: Remote, count: usize) -> Result {
    let begun = Instant::now();
    let net = cluster! { use sleeper(); n[dyn count] }.start().public(true).on(hosts).await?;
    println!("{count} programs on 3 hosts by {way}: started in {:.2?}", begun.elapsed());
    let begun = Instant::now();
    net.stop().await?;
    println!("{count} programs on 3 hosts by {way}: stopped in {:.2?}", begun.elapsed());
    Ok(())
}
