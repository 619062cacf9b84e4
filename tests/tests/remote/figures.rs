//! How long things take on hosts: `cargo test -p cluster-tests --test remote figures -- --ignored --nocapture`.

use std::time::Instant;

use cluster_runtime::place::Remote;
use cluster_runtime::{Result, cluster};

use super::{by_command, sleeper, ssh};

#[tokio::test]
#[ignore = "a measurement"]
async fn thirty_programs_on_three_hosts() -> Result {
    let by_ssh = ssh::hosts().map(|hosts| ("ssh", hosts));
    for (way, hosts) in [("a command", by_command())].into_iter().chain(by_ssh) {
        for _ in 0..3 {
            measure(way, hosts.clone()).await?;
        }
    }
    Ok(())
}

async fn measure(way: &str, hosts: Remote) -> Result {
    let begun = Instant::now();
    let net = cluster! { use sleeper(); n[30] }.start().public(true).on(hosts).await?;
    println!("30 programs on 3 hosts by {way}: started in {:.0?}", begun.elapsed());
    let begun = Instant::now();
    net.stop().await?;
    println!("30 programs on 3 hosts by {way}: stopped in {:.0?}", begun.elapsed());
    Ok(())
}
