//! Requirements: what is checked by the compiler holds at run time, and what is not is refused at the start.
#![deny(warnings, clippy::all, clippy::pedantic)]

use cluster_runtime::{Error, Result, cluster};

async fn faults(start: impl Future<Output = Result<impl Sized>>) -> Vec<String> {
    match start.await {
        Err(Error::Refused { refusals, .. }) => refusals.iter().map(ToString::to_string).collect(),
        Err(error) => panic!("this start is refused for its requirements, not: {error:?}"),
        Ok(_) => panic!("this start is refused"),
    }
}

#[tokio::test]
async fn a_network_that_is_as_required_starts() -> Result {
    let (count, most) = (4, 2_u8);
    let net = cluster! {
        center;
        leaves[dyn count]: star(center);
        k[4]: clique;
        connect(center, k);
        require connected;
        require diameter <= most;
        require degree(center) == 8;
        require degree(k, leaves[0]) >= 1;
        require survives(0);
    };
    net.start().await?.stop().await
}

#[tokio::test]
async fn what_is_true_instead_is_said_at_the_start() {
    let count = 4;
    let line = line!() + 5;
    let net = cluster! {
        v[dyn count]: line;
        w;
        connect(w, v[0]);
        require diameter <= 2;
        require degree(v[1], w) == 2;
        require survives(1);
        require connected;
    };
    let faults = faults(net.start().into_future()).await;
    assert_eq!(faults.len(), 3, "{faults:?}");
    for (fault, (below, said)) in faults.iter().zip([
        (0, "`require diameter <= 2` at "),
        (1, "`require degree(v[1], w) == 2` at "),
        (2, "`require survives(1)` at "),
    ]) {
        assert!(fault.contains(said) && fault.contains(&format!("requirements.rs:{}:", line + below)), "{fault}");
    }
    assert!(faults[0].ends_with("the diameter is 4: from `v.4` to `w`"), "{faults:?}");
    assert!(faults[1].ends_with("the degree of `w` is 1"), "{faults:?}");
}

#[tokio::test]
async fn random_links_that_are_not_as_required_show_their_seed() {
    let net = cluster! { k[30]: gnp(0.2); require diameter == 1 };
    let seed = net.seed();
    let faults = faults(net.start().into_future()).await;
    assert!(faults[0].contains(&format!("`CLUSTER_SEED={seed}`")), "{faults:?}");
}

#[tokio::test]
async fn a_requirement_in_a_cluster_is_about_each_by_itself() {
    let (count, degree) = (3, 3);
    let holds = cluster! {
        region[dyn count] { gw; n[3]: star(gw); require diameter == 2; require degree(n) == 1; require connected };
        require degree(region[0].gw) == degree;
    };
    assert!(holds.start().await.is_ok());
    let does_not = cluster! {
        hub;
        region[dyn count] { n[3]: star(hub); require connected };
        require connected;
    };
    let faults = faults(does_not.start().into_future()).await;
    assert_eq!(faults.len(), 3, "once for each region: {faults:?}");
    assert!(faults[2].contains("`region.3.n.1`"), "{faults:?}");
}

#[tokio::test]
async fn a_number_that_cannot_be_required_is_refused() {
    let most = -1;
    let faults = faults(cluster! { k[3]: ring; require diameter <= most }.start().into_future()).await;
    assert!(faults[0].ends_with("-1 is negative or too large"), "{faults:?}");
}

#[tokio::test]
async fn a_network_that_is_not_as_declared_is_refused_for_that() {
    let count = 2;
    let faults = faults(cluster! { v[dyn count]: ring; a; require connected }.start().into_future()).await;
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(faults[0].contains("a ring has at least 3 nodes"), "{faults:?}");
}

#[test]
fn what_the_compiler_checks_is_what_is_declared() {
    // Each of these is an error if the compiler sees another network than the runtime.
    let net = cluster! {
        hub;
        region[3] { gw; n[4]: ring + star(gw) }: ring;
        grid[9]: grid(3);
        line(hub, region[0].gw, grid[4]);
        hub -> grid[0];
        require degree(hub) == 2;
        require degree(region[0].gw) == 16;
        require degree(region[1].n) == 13;
        require degree(grid[4]) == 5;
        require diameter == 4;
        require survives(0);
    };
    let topology = net.topology();
    assert_eq!(topology.degree("hub"), Some(2));
    assert_eq!(topology.degree("region.1.gw"), Some(16));
    assert_eq!(topology.degree("region.2.n.3"), Some(13));
    assert_eq!(topology.degree("grid.5"), Some(5));
    assert_eq!(topology.diameter(), Some(4));
}
