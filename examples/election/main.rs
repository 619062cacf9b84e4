//! Three members of a small Raft elect leaders, while members are killed and cut off: no term has two leaders. It takes seconds on real
//! sockets, and less than one in simulated time. Its tests find a bug by seeds.
//!
//! `cargo run -p election-example`, or `CLUSTER_SIMULATED=7 cargo run -p election-example`

mod member;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::time::Duration;

use cluster_runtime::fault::{Plan, Step};
use cluster_runtime::topology::Rng;
use cluster_runtime::{Cluster, Error, Result, Service, cluster};

const MEMBERS: [&str; 3] = ["members.1", "members.2", "members.3"];

/// Outages of a room in which one member is cut off, or the other two lose power.
fn outages(seed: u64) -> Plan {
    let mut rng = Rng::new(seed);
    let step = |number: u64| {
        let (one, millis) = (rng.below(3) as usize, 200 + u64::from(rng.below(600)));
        let others = MEMBERS.into_iter().filter(|name| *name != MEMBERS[one]);
        let step = if rng.below(2) == 0 { Step::isolate([MEMBERS[one]]) } else { Step::kill(others) };
        step.at(Duration::from_millis(300 * number)).lasting(Duration::from_millis(millis))
    };
    Plan::of((0..6).map(step).collect::<Vec<_>>()).quiet(Duration::from_millis(300))
}

/// Runs a plan of faults on a network of members, from the first leader on.
///
/// # Errors
/// When two of them lead the same term.
async fn elections(net: &Cluster, plan: Plan) -> Result {
    net.eventually(async || net.journal().iter().any(|event| event.name == "leader")).await?;
    let watching = net.run(plan, async |faults| {
        while faults.active() {
            check(net)?;
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        check(net)
    });
    watching.await.map(drop)
}

/// # Errors
/// When a term has two leaders.
fn check(net: &Cluster) -> Result {
    let mut leaders = BTreeMap::new();
    for event in net.journal().iter().filter(|event| event.name == "leader") {
        let (term, leader) = (event.value["term"].as_u64(), event.node.clone());
        if let Some(other) = leaders.insert(term, leader.clone()).filter(|other| *other != leader) {
            return Err(Error::other(format!("{other} and {leader} both lead term {}", event.value["term"])));
        }
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result {
    let net = cluster! { members[3] = Service::new(member::member).gated().shared(): clique };
    let plan = outages(net.seed());
    let net = net.start().await?;
    elections(&net, plan).await?;
    let elected = net.journal().iter().filter(|event| event.name == "leader").count();
    println!("{elected} leaders were elected, each in a term of its own");
    net.stop().await
}
