//! How long things take in network namespaces: `cargo test -p cluster-tests --test places figures -- --ignored --nocapture`.

use std::time::Instant;

use cluster_runtime::place::Namespaces;
use cluster_runtime::{Process, Result, cluster};

use super::At;

fn sleeper() -> Process {
    Process::new("sleep", |_, command| {
        command.arg(1000);
    })
}

#[tokio::test]
#[ignore = "a measurement"]
async fn two_hundred_programs() -> Result {
    for (at, count) in [(At::ThisMachine, 10), (At::Namespaces, 10), (At::ThisMachine, 200), (At::Namespaces, 200)] {
        let begun = Instant::now();
        let net = cluster! { use sleeper(); n[dyn count] }.start().public(true).on(at.place()).await?;
        println!("{count} programs, {at:?}: started in {:.0?}", begun.elapsed());
        let begun = Instant::now();
        net.stop().await?;
        println!("{count} programs, {at:?}: stopped in {:.0?}", begun.elapsed());
    }
    Ok(())
}

#[tokio::test]
#[ignore = "a measurement"]
async fn a_cut() -> Result {
    let net = cluster! { use sleeper(); n[5] }.start().public(true).on(Namespaces::new()).await?;
    let mut times = Vec::new();
    for _ in 0..20 {
        let begun = Instant::now();
        let cut = net.isolate(&net.n[0]).may_be_idle().await?;
        let cut_in = begun.elapsed();
        let begun = Instant::now();
        cut.heal().may_be_idle().await?;
        times.push((cut_in, begun.elapsed()));
    }
    times.sort_unstable();
    println!("one of five isolated, and healed: median {:.1?}, worst {:.1?}", times[10], times[19]);
    net.stop().await
}
