//! A network that is cut in two: what crosses the cut is held, and arrives once it is healed.
//!
//! `cargo run --example partition`, and in simulated time `CLUSTER_SIMULATED=7 cargo run --features simulated --example partition`

use std::time::Duration;

use cluster_runtime::fault::{Act, Plan};
use cluster_runtime::{Result, cluster};

#[tokio::main]
async fn main() -> Result {
    let net = cluster! { k[5]: clique }.start().wait_connections(true).await?;

    let cut = net.partition((&net.k[..2], &net.k[2..])).await?; // probes were blocked along all six links
    let mark = net.mark();
    net.k[0].publish("held").await?;
    cut.wait_bitten().await?;
    net.k[1].wait_for("message", |_| Some(())).since(mark).await?; // on this side of the cut
    println!("{} has run into {}", cut.evidence(), cut.name());
    cut.heal().await?; // an error if nothing had run into it
    net.k[4].wait_for("message", |_| Some(())).since(mark).await?;
    println!("healed: k.5 has it, too");

    let plan = Plan::seeded(net.seed())
        .any_of([Act::kill_minority(), Act::halves().refuse(), Act::pause_one(), Act::slow_link()])
        .every(Duration::from_millis(100))
        .during(Duration::from_secs(1))
        .quiet(Duration::from_millis(200));
    let talk = net.run(plan, async |faults| {
        while faults.active() {
            for node in &net.k {
                let _ = node.publish("news").await; // one that is killed or paused cannot
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        Ok(())
    });
    for act in talk.await?.acts() {
        println!("{}", act.step);
    }
    assert_eq!(net.observed().await?, net.topology());
    println!("all is as declared; CLUSTER_SEED={} repeats it", net.seed());
    net.stop().await
}

#[test]
fn what_a_cut_holds_arrives_once_it_is_healed() -> Result {
    main()
}
