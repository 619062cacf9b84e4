//! How long things take in containers: `cargo test -p cluster-containers figures -- --ignored --nocapture --test-threads=1`.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use cluster_runtime::{Result, cluster};

use super::engines::shared;
use super::sleeper;

const BY_THE_ENGINE: &str = include_str!("figures.sh");
const AT_A_TIME: usize = 4;

#[tokio::test]
#[ignore = "a measurement"]
async fn of_docker() -> Result {
    measure("docker").await
}

#[tokio::test]
#[ignore = "a measurement"]
async fn of_podman() -> Result {
    measure("podman").await
}

async fn measure(kind: &'static str) -> Result {
    let Some(engine) = shared(kind) else { return Ok(()) };
    // The first one makes the image.
    cluster! { n = sleeper() }.start().public(true).on(engine.place()).await?.stop().await?;
    for _ in 0..2 {
        for count in [1, 10, 50] {
            by_the_engine(engine.socket(), kind, count);
            let begun = Instant::now();
            let net = cluster! { use sleeper(); n[dyn count] };
            let net = net.start().public(true).on(engine.place()).timeout(Duration::from_secs(120)).await?;
            let started = begun.elapsed();
            let begun = Instant::now();
            net.stop().await?;
            println!("{count} of {}: started in {started:.2?}, stopped in {:.2?}", kind, begun.elapsed());
        }
        let begun = Instant::now();
        let net = cluster! { use sleeper(); n[10] };
        let net = net.start().public(true).on(engine.place().with_faults()).timeout(Duration::from_secs(120)).await?;
        println!("10 of {} with faults: started in {:.2?}", kind, begun.elapsed());
        let mut times = Vec::new();
        for _ in 0..10 {
            let begun = Instant::now();
            let cut = net.cut(&net.n[0], &net.n[1]).may_be_idle().await?;
            times.push(begun.elapsed());
            cut.heal().may_be_idle().await?;
        }
        times.sort_unstable();
        println!("a cut of {}: median {:.1?}, worst {:.1?}", kind, times[5], times[9]);
        net.stop().await?;
    }
    Ok(())
}

fn by_the_engine(socket: &Path, kind: &str, count: usize) {
    let run = |script: &str| {
        let mut shell = Command::new("sh");
        shell.args(["-c", script, "figures"]).arg(socket).arg(count.to_string()).arg(AT_A_TIME.to_string());
        let said = shell.output().expect("a shell can be run").stdout;
        assert!(said.is_empty(), "{}", String::from_utf8_lossy(&said));
    };
    let begun = Instant::now();
    run(BY_THE_ENGINE);
    println!("{count} by {kind} alone: started in {:.2?}", begun.elapsed());
    run(r#"
        for n in $(seq "$2"); do curl -s -X DELETE --unix-socket "$1" "http://engine/containers/figure-$n?force=1"; done
        curl -s -X DELETE --unix-socket "$1" http://engine/networks/figures
    "#);
}
