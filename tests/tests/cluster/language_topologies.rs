//! The standard topologies in the language and by hand: the same links, size rules, and seeds.
#![deny(warnings, clippy::all, clippy::pedantic)]

use cluster_runtime::topology::{Family, Topology, index};
use cluster_runtime::{Error, Loopback, NodeContext, Result, Service, cluster, create, wiring};

/// The topology of these pairs over `k.1`, `k.2` and so on.
fn expected(count: usize, pairs: impl Iterator<Item = (usize, usize)>) -> Topology {
    let mut topology = Topology::new((1..=count).map(|number| format!("k.{number}")));
    for (a, b) in pairs {
        topology.link(a, b).expect("these are nodes");
    }
    topology
}

#[test]
fn shapes_are_the_topologies_of_their_names() -> std::result::Result<(), Box<dyn std::error::Error>> {
    assert_eq!(cluster! { k[7]: tree(2) }.topology(), expected(7, index::tree(7, 2)?));
    assert_eq!(cluster! { k[12]: grid(4) }.topology(), expected(12, index::grid(12, 4)?));
    assert_eq!(cluster! { k[12]: torus(columns = 4) }.topology(), expected(12, index::torus(12, 4)?));
    assert_eq!(cluster! { k[16]: hypercube }.topology(), expected(16, index::hypercube(16)?));
    assert_eq!(cluster! { k[6]: wheel }.topology(), expected(6, index::wheel(6)?));
    assert_eq!(
        cluster! { k[10]: random_regular(3, seed = 7) }.topology(),
        expected(10, index::random_regular(10, 3, 7)?)
    );
    assert_eq!(cluster! { k[20]: gnp(0.2, seed = 7) }.topology(), expected(20, index::gnp(20, 0.2, 7)?));
    assert_eq!(
        cluster! { k[20]: small_world(4, 0.3, seed = 7) }.topology(),
        expected(20, index::small_world(20, 4, 0.3, 7)?)
    );
    assert_eq!(cluster! { k[20]: scale_free(2, seed = 7) }.topology(), expected(20, index::scale_free(20, 2, 7)?));
    Ok(())
}

#[test]
fn statements_and_functions_by_hand_link_the_same() {
    macro_rules! same {
        ($count:literal: $shape:ident($($parameter:ident = $value:literal),*)) => {
            let declared = cluster! { k[$count]: $shape($($parameter = $value),*) }.topology();
            let stated = cluster! { k[$count]; $shape(k, $($parameter = $value),*) }.topology();
            let net = cluster! { k[dyn $count] };
            wiring::$shape(&net.k, $($value),*);
            assert_eq!(declared, stated, stringify!($shape));
            assert_eq!(declared, net.topology(), stringify!($shape));
        };
    }
    same!(7: tree(arity = 3));
    same!(12: grid(columns = 4));
    same!(12: torus(columns = 4));
    same!(10: random_regular(degree = 3, seed = 7));
    same!(20: gnp(probability = 0.2, seed = 7));
    same!(20: small_world(neighbours = 4, probability = 0.3, seed = 7));
    same!(20: scale_free(links = 2, seed = 7));
    let (wheel, cube) = (create(&Loopback::new(), "w", 6), create(&Loopback::new(), "h", 8));
    wiring::wheel(&wheel);
    wiring::hypercube(&cube);
    assert_eq!((wheel[0].peers().len(), cube[0].peers().len()), (5, 3));
}

#[test]
fn parameters_may_be_known_at_run_time_only() {
    let (columns, probability, seed, arity) = (4_u8, 0.5, 9_u64, 3_i32);
    let net = cluster! { k[12]: grid(columns) + gnp(probability, seed = seed); v[dyn 12]; tree(v, arity = arity) };
    assert!(net.topology().links().len() > 17 + 11);
    assert_eq!(net.v[0].peers().len(), 3);
}

#[test]
fn sets_flatten_in_order() {
    let net = cluster! { hub; k[3]; wheel(hub, k) };
    assert_eq!(net.hub.peers().len(), 3);
    assert_eq!(net.topology().links().len(), 6);
}

#[test]
fn a_topology_over_clusters_links_whole_clusters() {
    let net = cluster! { region[9] { gw; n }: grid(3); grid(region.gw, columns = 3) };
    assert_eq!(net.topology().links().len(), 12 * 4);
}

#[test]
fn a_function_of_ones_own_is_a_shape() {
    fn opposite(count: usize) -> impl Iterator<Item = (usize, usize)> {
        (0..count / 2).map(move |a| (a, a + count / 2))
    }
    let net = cluster! { k[6]: shape(opposite) };
    assert_eq!(net.topology(), expected(6, [(0, 3), (1, 4), (2, 5)].into_iter()));
    let skip = 2;
    let net = cluster! { k[5]; shape(k, pairs = |count| (skip..count).map(|b| (b - skip, b)).collect::<Vec<_>>()) };
    assert_eq!(net.topology(), expected(5, [(0, 2), (1, 3), (2, 4)].into_iter()));
    let net = cluster! { region[2] { n[4]: shape(|count| [(0, count - 1)]) } };
    assert_eq!(net.topology().links().len(), 2);
}

#[test]
fn each_shape_without_a_seed_draws_its_own_links() {
    let net = cluster! { a[30]: gnp(0.5); b[30]: gnp(0.5); region[2] { n[30]: gnp(0.5) } };
    let links = |nodes: &[cluster_runtime::Node<Loopback>]| -> Vec<Vec<String>> {
        let number = |name: &str| name.rsplit('.').next().unwrap_or_default().to_owned();
        nodes.iter().map(|node| node.peers().iter().map(|peer| number(peer.name())).collect()).collect()
    };
    let drawn = [links(&net.a), links(&net.b), links(&net.region[0].n), links(&net.region[1].n)];
    for (first, one) in drawn.iter().enumerate() {
        assert!(drawn[first + 1..].iter().all(|other| one != other), "two shapes drew the same 435 coins");
    }
}

#[test]
fn the_seed_that_is_told_draws_the_same_links() {
    let net = cluster! { k[20]: gnp(0.2, connected) };
    let seed = net.seed();
    assert_eq!(cluster! { k[20]: gnp(0.2, connected, seed = seed) }.topology(), net.topology());
    assert!(net.topology().is_connected());
}

async fn refusal(start: impl Future<Output = Result<impl Sized>>) -> String {
    match start.await {
        Ok(_) => panic!("this start is refused"),
        Err(error) => format!("{error:?}"),
    }
}

#[tokio::test]
async fn what_does_not_fit_is_refused_at_the_start() {
    let (count, columns, degree) = (10, 4, -1);
    let report = refusal(cluster! { v[dyn count]: grid(columns) }.start().into_future()).await;
    assert!(report.contains("`v: grid(columns)` at ") && report.contains("10 nodes in 4 columns"), "{report}");
    let report = refusal(cluster! { v[dyn count]; random_regular(v, degree = degree) }.start().into_future()).await;
    assert!(report.contains("the `degree` is negative or too large"), "{report}");
    let report = refusal(cluster! { v[3]: shape(|_| [(0, 3)]) }.start().into_future()).await;
    assert!(report.contains("expected pairs of 3 nodes, counted from 0, but the shape gave (0, 3)"), "{report}");
}

#[tokio::test]
async fn what_does_not_fit_by_hand_is_refused_at_the_start() {
    let nodes = create(&Loopback::new(), "n", 7);
    wiring::grid(&nodes, 3);
    wiring::shape(&nodes, |_| [(1, 1)]);
    wiring::family(&nodes, Family::Gnp { probability: 2.0, seed: Some(1), connected: false });
    let report = refusal(cluster_runtime::start(&nodes).into_future()).await;
    for part in ["full rows, found 7 nodes in 3 columns", "but the shape gave (1, 1)", "between 0 and 1, found 2"] {
        assert!(report.contains(part), "`{part}` is not in {report}");
    }
}

#[tokio::test]
async fn a_draw_that_never_is_connected_says_so_with_its_seed() {
    let net = cluster! { k[40]: gnp(0.001, connected) };
    let seed = net.seed();
    let report = refusal(net.start().into_future()).await;
    assert!(report.contains("expected a connected `gnp` of 40 nodes"), "{report}");
    assert!(report.contains(&format!("`CLUSTER_SEED={seed}`")), "{report}");
}

#[tokio::test]
async fn a_failed_start_shows_the_seed() {
    let fail = Service::new(async |_: NodeContext| Err(Error::other("no such luck")));
    let net = cluster! { use fail; k[4]: gnp(0.5) };
    let seed = net.seed();
    let report = refusal(net.start().into_future()).await;
    assert!(report.contains(&format!("follow from seed {seed}; `CLUSTER_SEED={seed}`")), "{report}");
    let silent = Service::new(async |node: NodeContext| {
        node.stopped().await;
        Ok::<(), Error>(())
    });
    let net = cluster! { use silent; k[4]: gnp(0.5) };
    let seed = net.seed();
    let report = refusal(net.start().timeout(std::time::Duration::from_millis(50)).into_future()).await;
    assert!(report.contains(&format!("`CLUSTER_SEED={seed}`")), "{report}");
}
