//! Clusters of clusters: their nodes, names, paths and links.
#![deny(warnings, clippy::all, clippy::pedantic)]

use cluster_runtime::{Loopback, Node, NodeContext, Result, Service, cluster};

use super::language::links;

async fn serve(node: NodeContext) -> Result {
    node.ready();
    node.stopped().await;
    Ok(())
}

#[test]
fn a_cluster_is_a_field_with_fields() {
    let net = cluster! { region[3] { gw; n[4]: star(gw); }: ring; east { gw } };
    let node: &Node<Loopback> = &net.region[1].n[2];
    assert_eq!(node.name(), "region.2.n.3");
    assert_eq!(net.east.gw.name(), "east.gw");
    let names: Vec<String> = net.nodes().iter().map(|node| node.name().to_owned()).collect();
    assert_eq!(
        names[..6],
        ["region.1.gw", "region.1.n.1", "region.1.n.2", "region.1.n.3", "region.1.n.4", "region.2.gw"]
    );
    assert_eq!(names.len(), 16);
}

#[test]
fn what_is_in_the_braces_holds_in_each_cluster() {
    let net = cluster! { region[2] { gw; n[2]: star(gw); n[0] -> n[1] } };
    assert_eq!(
        links(&net.topology()),
        [
            "region.1.gw - region.1.n.1",
            "region.1.gw - region.1.n.2",
            "region.1.n.1 -> region.1.n.2",
            "region.2.gw - region.2.n.1",
            "region.2.gw - region.2.n.2",
            "region.2.n.1 -> region.2.n.2"
        ]
    );
}

#[test]
fn a_shape_over_clusters_links_all_nodes_of_the_one_with_all_of_the_other() {
    let net = cluster! { pair[3] { a; b }: line };
    assert_eq!(
        links(&net.topology()),
        [
            "pair.1.a - pair.2.a",
            "pair.1.a - pair.2.b",
            "pair.1.b - pair.2.a",
            "pair.1.b - pair.2.b",
            "pair.2.a - pair.3.a",
            "pair.2.a - pair.3.b",
            "pair.2.b - pair.3.a",
            "pair.2.b - pair.3.b"
        ]
    );
    let ring = cluster! { region[4] { gw; n[2] }: ring };
    assert_eq!(ring.topology().links().len(), 4 * 9);
}

#[test]
fn a_cluster_is_one_member_of_a_set() {
    let single = cluster! { east { a; b }; west { c }; hub; line(east, hub, west) };
    assert_eq!(links(&single.topology()), ["east.a - hub", "east.b - hub", "hub - west.c"]);
    let star = cluster! { region[3] { n[2] }; star(region[0], region[1..]) };
    assert_eq!(star.topology().links().len(), 2 * 4);
}

#[test]
fn paths_select() {
    let gateways = cluster! { region[3] { gw; n[2] }; clique(region.gw) };
    assert_eq!(
        links(&gateways.topology()),
        ["region.1.gw - region.2.gw", "region.1.gw - region.3.gw", "region.2.gw - region.3.gw"]
    );
    let one = cluster! { region[3] { gw; n[2] }; observer; connect(region[0].n[1], observer) };
    assert_eq!(links(&one.topology()), ["observer - region.1.n.2"]);
    let some = cluster! { region[3] { gw; n[2] }; observer; region[1..].n -> observer; east { gw: star(observer) }; east.gw -> region[0] };
    assert_eq!(
        links(&some.topology()),
        [
            "east.gw - observer",
            "east.gw -> region.1.gw",
            "east.gw -> region.1.n.1",
            "east.gw -> region.1.n.2",
            "region.2.n.1 -> observer",
            "region.2.n.2 -> observer",
            "region.3.n.1 -> observer",
            "region.3.n.2 -> observer"
        ]
    );
}

#[test]
fn run_time_counts_indices_and_ranges_select() {
    let (regions, nodes, first) = (3, 2_u8, 1);
    let net = cluster! {
        region[dyn regions] { gw; n[dyn nodes]; connect(gw, n[first..]) };
        observer;
        connect(observer, region[first].n[0]);
        connect(region[first + 1..].n[..first], observer);
    };
    let region: &Vec<_> = &net.region;
    assert_eq!((region.len(), net.region[0].n.len()), (3, 2));
    assert_eq!(
        links(&net.topology()),
        [
            "observer - region.2.n.1",
            "observer - region.3.n.1",
            "region.1.gw - region.1.n.2",
            "region.2.gw - region.2.n.2",
            "region.3.gw - region.3.n.2"
        ]
    );
}

#[test]
fn constants_count_clusters_too() {
    const REGIONS: usize = 2;
    const NODES: usize = 3;
    let net = cluster! { region[REGIONS] { n[NODES]: ring }: line; ring(region.n) };
    assert_eq!(net.nodes().len(), REGIONS * NODES);
    assert_eq!(net.topology().links().len(), 15, "all are linked with all");
}

#[test]
fn the_names_outside_are_known_inside() {
    let net = cluster! { hub; zone[2] { gw: star(hub); rack[2] { n: connect([gw, hub]) } } };
    assert_eq!(net.zone[1].rack[0].n.name(), "zone.2.rack.1.n");
    assert_eq!(
        links(&net.topology()),
        [
            "hub - zone.1.gw",
            "hub - zone.1.rack.1.n",
            "hub - zone.1.rack.2.n",
            "hub - zone.2.gw",
            "hub - zone.2.rack.1.n",
            "hub - zone.2.rack.2.n",
            "zone.1.gw - zone.1.rack.1.n",
            "zone.1.gw - zone.1.rack.2.n",
            "zone.2.gw - zone.2.rack.1.n",
            "zone.2.gw - zone.2.rack.2.n"
        ]
    );
    let deep = cluster! { zone[2] { rack[2] { n } }; line(zone.rack[1].n) };
    assert_eq!(links(&deep.topology()), ["zone.1.rack.2.n - zone.2.rack.2.n"]);
}

#[test]
fn an_inner_name_hides_an_outer_one() {
    let net = cluster! { a; east { a; b: star(a) } };
    assert_eq!(links(&net.topology()), ["east.a - east.b"]);
}

#[test]
fn kinds_hold_for_the_cluster_that_they_are_given_in() {
    let net = cluster! {
        use Loopback::new();
        a;
        east { use Service::new(serve); gw; own = Loopback::new(); rack { n } };
    };
    let _: (&Node<Loopback>, &Node<Service>, &Node<Loopback>, &Node<Service>) =
        (&net.a, &net.east.gw, &net.east.own, &net.east.rack.n);
}

#[test]
fn names_that_are_also_methods_do_no_harm() {
    let net = cluster! { cluster[2] { nodes; start; r#type[2]: star(nodes) }; within { each } };
    assert_eq!(net.cluster[1].r#type[0].name(), "cluster.2.type.1");
    assert_eq!(net.within.each.name(), "within.each");
}

#[test]
fn a_cluster_within_is_a_set_by_hand() {
    let net = cluster! { region[3] { gw; n[2] } };
    cluster_runtime::ring(&net.region);
    assert_eq!(net.topology().links().len(), 27);
    let other = cluster! { region[2] { n[2] } };
    cluster_runtime::connect(&other.region[0], &other.region[1].n[0]);
    assert_eq!(links(&other.topology()), ["region.1.n.1 - region.2.n.1", "region.1.n.2 - region.2.n.1"]);
}

#[tokio::test]
async fn clusters_of_clusters_start() -> Result {
    let net = cluster! { region[3] { gw; n[2]: star(gw) }; clique(region.gw) }.start().wait_connections(true).await?;
    assert_eq!(net.region[2].gw.connections().await?.len(), 4);
    assert_eq!(net.observed().await?, net.topology());
    net.stop().await
}

#[tokio::test]
async fn a_fault_inside_names_the_whole_path() {
    let (count, index) = (2, 2);
    let net = cluster! { east { v[dyn count]: ring }; region[2] { n[dyn count] }; connect(region[0].n[index], region[index].n) };
    let report = format!("{:?}", net.start().await.expect_err("a ring of two is refused"));
    for fault in ["`east.v[dyn 2]`", "`region.n[2]`", "`region[2]`"] {
        assert!(report.contains(fault), "{fault} is not in {report}");
    }
}
