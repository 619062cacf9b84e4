//! What the language means: the nodes and links of every form, and where a declaration may stand.
#![deny(warnings, clippy::all, clippy::pedantic)]

use std::sync::LazyLock;

use cluster_runtime::topology::Topology;
use cluster_runtime::{Error, Kind, Loopback, Node, NodeContext, Result, Service, cluster};

/// Every link, `a - b` or `a -> b`, in alphabetical order.
pub fn links(topology: &Topology) -> Vec<String> {
    let each = topology.links().map(|link| match (link.is_one_way(), link.a() < link.b()) {
        (true, _) => format!("{} -> {}", link.a(), link.b()),
        (false, true) => format!("{} - {}", link.a(), link.b()),
        (false, false) => format!("{} - {}", link.b(), link.a()),
    });
    let mut links: Vec<String> = each.collect();
    links.sort();
    links
}

async fn serve(_: NodeContext) -> Result {
    Ok(())
}

#[test]
fn a_declaration_is_a_field_with_its_nodes() {
    const PAIR: usize = 2;
    let net = cluster! { center; leaves[3]; pair[PAIR]; many[dyn 2 + 2] };
    let center: &Node<Loopback> = &net.center;
    let leaves: &[Node<Loopback>; 3] = &net.leaves;
    let [_, second]: &[Node<Loopback>; PAIR] = &net.pair;
    let many: &Vec<Node<Loopback>> = &net.many;
    assert_eq!((center.name(), second.name()), ("center", "pair.2"));
    assert_eq!(leaves.each_ref().map(|node| node.name()), ["leaves.1", "leaves.2", "leaves.3"]);
    assert_eq!(many.iter().map(|node| node.name()).collect::<Vec<_>>(), ["many.1", "many.2", "many.3", "many.4"]);
    assert_eq!(net.nodes().len(), 10, "nodes are in the cluster, in the order of their declarations");
    assert_eq!(net.nodes()[9].name(), "many.4");
}

#[test]
fn a_constant_count_may_be_of_any_integer_type() {
    const PAIR: u8 = 2;
    const TRIPLE: i64 = 3;
    const fn size<A, B>() -> usize {
        1 + size_of::<A>() + size_of::<B>()
    }
    let net = cluster! { pair[PAIR]; triple[TRIPLE]: ring; four[size::<u8, u16>()]: line; six[2 * 3]: ring };
    let [_, second] = &net.pair;
    assert_eq!((second.name(), net.triple.len(), net.four.len(), net.six.len()), ("pair.2", 3, 4, 6));
}

#[test]
fn the_type_of_a_loopback_is_a_kind_of_its_own() {
    let net = cluster! { use Loopback; a; b = Loopback: star(a) };
    assert_eq!(links(&net.topology()), ["a - b"]);
}

#[test]
fn kinds_may_leave_a_loop() {
    let mut made = 0;
    for count in 0..3 {
        let net = cluster! { use if count == 1 { continue } else { Loopback::new() }; k[dyn count + 1] };
        made += net.nodes().len();
    }
    assert_eq!(made, 4);
}

/// A cluster needs nothing of the prelude.
mod bare {
    #![no_implicit_prelude]

    ::cluster_runtime::cluster! {
        /// A cluster of every form.
        pub struct Bare(n: usize);
        gw;
        k[dyn n]: ring;
        region[2] { a; b: connect(a) }: connect(k[0..2]);
        g[9]: shape(|_| [(0, 1)]) + gnp(0.5) + grid(n);
        region[n - 3].a -> gw (latency = 1ms, rate = 1mbit, loss = 0.5);
        region[n - 2..].b -> gw;
        require degree(gw) >= n - 2;
    }
}

#[test]
fn a_cluster_needs_no_prelude() {
    assert_eq!(bare::Bare::create(3).nodes().len(), 17);
}

#[test]
fn shapes_link_the_nodes_of_a_group() {
    assert_eq!(links(&cluster! { k[3]: clique }.topology()), ["k.1 - k.2", "k.1 - k.3", "k.2 - k.3"]);
    assert_eq!(links(&cluster! { k[4]: ring }.topology()), ["k.1 - k.2", "k.1 - k.4", "k.2 - k.3", "k.3 - k.4"]);
    assert_eq!(links(&cluster! { k[3]: line }.topology()), ["k.1 - k.2", "k.2 - k.3"]);
}

#[test]
fn shapes_link_a_group_to_others() {
    assert_eq!(links(&cluster! { a; k[2]: star(a) }.topology()), ["a - k.1", "a - k.2"]);
    assert_eq!(links(&cluster! { a; b; k: connect([a, b]) }.topology()), ["a - k", "b - k"]);
}

#[test]
fn shapes_add_up() {
    let wheel = cluster! { hub; rim[3]: ring + star(hub) };
    assert_eq!(
        links(&wheel.topology()),
        ["hub - rim.1", "hub - rim.2", "hub - rim.3", "rim.1 - rim.2", "rim.1 - rim.3", "rim.2 - rim.3"]
    );
}

#[test]
fn statements_link_sets_in_their_order() {
    assert_eq!(links(&cluster! { a; k[2]; b; line(a, k, b) }.topology()), ["a - k.1", "b - k.2", "k.1 - k.2"]);
    assert_eq!(links(&cluster! { a; k[2]; ring(k, a) }.topology()), ["a - k.1", "a - k.2", "k.1 - k.2"]);
    assert_eq!(links(&cluster! { a; b; c; clique(a, [b, c]) }.topology()), ["a - b", "a - c", "b - c"]);
    assert_eq!(links(&cluster! { a; b; k[2]; star(a, k, b) }.topology()), ["a - b", "a - k.1", "a - k.2"]);
    assert_eq!(links(&cluster! { a; b; c; connect([a, b], c) }.topology()), ["a - c", "b - c"]);
}

#[test]
fn indices_and_ranges_select() {
    let one = cluster! { a; k[4]; connect(a, k[3]) };
    assert_eq!(links(&one.topology()), ["a - k.4"]);
    let some = cluster! { a; k[4]; connect(a, k[1..3]) };
    assert_eq!(links(&some.topology()), ["a - k.2", "a - k.3"]);
    let ends = cluster! { k[4]; connect(k[..=1], k[3..]) };
    assert_eq!(links(&ends.topology()), ["k.1 - k.4", "k.2 - k.4"]);
}

#[test]
fn run_time_counts_indices_and_ranges_select() {
    let (count, first, last) = (3_u8, 0, 2_u64);
    let net = cluster! { a; v[dyn count]; connect(a, v[first]); a -> v[1..]; connect(v[last], v[..first + 1]) };
    assert_eq!(net.v.len(), 3);
    assert_eq!(links(&net.topology()), ["a - v.1", "a -> v.2", "a -> v.3", "v.1 - v.3"]);
}

#[test]
fn constants_select() {
    const N: usize = 4;
    let net = cluster! { a; k[N]: ring; connect(a, k[N - 1]); a -> k[1..2] };
    assert_eq!(links(&net.topology()), ["a - k.4", "a -> k.2", "k.1 - k.2", "k.1 - k.4", "k.2 - k.3", "k.3 - k.4"]);
}

#[test]
fn an_arrow_is_one_way_unless_there_is_one_back() {
    assert_eq!(links(&cluster! { a; b; a -> b }.topology()), ["a -> b"]);
    assert_eq!(links(&cluster! { a; b; c; [a, b] -> c }.topology()), ["a -> c", "b -> c"]);
    assert_eq!(links(&cluster! { a; b; a -> b; b -> a }.topology()), ["a - b"]);
}

#[test]
fn statements_come_in_any_order() {
    assert_eq!(links(&cluster! { connect(a, b); k: star(b); a; b; }.topology()), ["a - b", "b - k"]);
}

#[test]
fn angle_brackets_mean_the_same() {
    assert_eq!(links(&cluster! { < a; b; a -> b > }.topology()), ["a -> b"]);
    assert_eq!(links(&cluster!(a; b; connect(a, b);).topology()), ["a - b"]);
}

#[test]
fn a_cluster_of_more_sets_than_a_tuple_has_is_one_set() {
    let net = cluster! { a; b; c; d; e; f; g; h; i; j; line(a, b, c, d, e, f, g, h, i, j) };
    assert_eq!(
        links(&net.topology()),
        ["a - b", "b - c", "c - d", "d - e", "e - f", "f - g", "g - h", "h - i", "i - j"]
    );
}

#[test]
fn use_gives_every_node_its_kind_and_equals_overrules_it() {
    let net = cluster! { use Service::new(serve); a; own[2] = Loopback::new(); b[dyn 1] };
    let _: (&Node<Service>, &[Node<Loopback>; 2], &Vec<Node<Service>>) = (&net.a, &net.own, &net.b);
}

#[test]
fn a_kind_is_borrowed_and_evaluated_once() {
    let kind = Loopback::new().private(true);
    let mut times = 0;
    let net = cluster! {
        use kind;
        a;
        b[3] = { times += 1; Loopback::new() };
        c;
    };
    assert_eq!(times, 1);
    drop(cluster! { use kind; a });
    assert_eq!(net.nodes().len(), 5);
}

#[test]
fn a_kind_may_return_early() {
    fn declare(kind: std::result::Result<Loopback, Error>) -> Result<usize> {
        let net = cluster! { a = kind?; b };
        Ok(net.nodes().len())
    }
    assert_eq!(declare(Ok(Loopback::new())).expect("there is a kind"), 2);
    assert!(declare(Err(Error::other("no kind"))).is_err());
}

#[tokio::test]
async fn a_kind_may_be_awaited() {
    async fn kind() -> Loopback {
        tokio::task::yield_now().await;
        Loopback::new()
    }
    let net = async {
        cluster! { use kind().await; a; b[dyn 2] = kind().await }
    }
    .await;
    assert_eq!(net.nodes().len(), 3);
}

#[tokio::test]
async fn a_start_can_be_spawned() -> Result {
    let started = tokio::spawn(async { cluster! { a; k[2]: star(a) }.start().wait_connections(true).await });
    let net = started.await.map_err(Error::other)??;
    assert_eq!(net.a.connections().await?.len(), 2);
    net.stop().await
}

#[tokio::test]
async fn names_that_are_also_methods_do_no_harm() -> Result {
    let net = cluster! { start; stop; nodes; topology; r#type[2]: star(start); cluster; net; borrow; deref };
    assert_eq!(net.r#type[1].name(), "type.2");
    assert_eq!(net.start.name(), "start");
    let net = net.start().await?;
    assert_eq!(net.topology().links().count(), 2);
    net.stop().await
}

#[test]
fn shape_names_may_be_names_of_nodes() {
    let net = cluster! { clique; ring[3]: ring; star: star(clique); connect(connect, line); connect; line };
    assert_eq!(
        links(&net.topology()),
        ["clique - star", "connect - line", "ring.1 - ring.2", "ring.1 - ring.3", "ring.2 - ring.3"]
    );
}

#[test]
fn the_users_own_names_are_not_shadowed() {
    #[derive(Clone, Copy)]
    struct Cluster;
    struct Node;
    #[allow(non_snake_case, dead_code)]
    fn Some() {}
    mod core {}
    mod runtime {}
    impl Cluster {
        const COUNT: usize = 2;

        fn kind(self) -> Loopback {
            let Cluster = self;
            Loopback::new()
        }
    }
    let _ = (Node, Some);
    let (kind, net, set_0, cluster, count_1) = (Cluster, 3, 1, Cluster, 2);
    let value = cluster! { use kind.kind(); a[Cluster::COUNT]; b[dyn net]; c[dyn count_1] = cluster.kind(); connect(b[set_0], a) };
    assert_eq!(links(&value.topology()), ["a.1 - b.2", "a.2 - b.2"]);
}

#[test]
fn several_stand_in_one_function_and_in_one_another() {
    let outer = cluster! {
        a = { drop(cluster! { a[2]; b; connect(a, b) }); Loopback::new() };
        b[dyn cluster! { x[3] }.x.len()];
    };
    let other = cluster! { a; b };
    assert_eq!((outer.b.len(), other.b.name()), (3, "b"));
}

#[test]
fn a_declaration_stands_in_closures_and_initializers() {
    static NODES: LazyLock<usize> = LazyLock::new(|| cluster! { a; k[3]: star(a) }.nodes().len());
    let count = |n: usize| cluster! { v[dyn n]: clique }.topology().links().count();
    assert_eq!((*NODES, count(4), count(5)), (4, 6, 10));
}

#[test]
fn other_macros_pass_parts_through() {
    macro_rules! wheel {
        ($hub:ident, $rim:ident, $count:literal, $index:expr, $range:expr, $kind:expr, $shape:ident) => {
            cluster! { $hub = $kind; $rim[$count]: $shape + star($hub); more[$index]; connect($rim[$range], more[$index - 1]) }
        };
    }
    let kind = Loopback::new();
    let net = wheel!(hub, rim, 3, 2, 0..2, kind, ring);
    assert_eq!((net.hub.name(), net.rim.len(), net.more.len()), ("hub", 3, 2));
    assert_eq!(net.topology().links().count(), 8);
}

#[test]
fn other_macros_pass_statements_through() {
    macro_rules! with_observer {
        ($($statements:tt)*) => { cluster! { observer; $($statements)* } };
    }
    assert_eq!(links(&with_observer! { k[2]: star(observer) }.topology()), ["k.1 - observer", "k.2 - observer"]);
}

#[test]
fn a_generic_function_counts_with_dyn() {
    fn ring<const N: usize, K: Kind>(kind: &K) -> usize {
        let net = cluster! { k[dyn N] = kind.clone(): ring };
        net.topology().links().count()
    }
    assert_eq!(ring::<5, _>(&Loopback::new()), 5);
}

#[test]
fn a_cluster_shows_itself() {
    let net = cluster! { a; k[2]: star(a) };
    assert!(format!("{net:?}").contains("k.2"), "{net:?}");
}

#[tokio::test]
async fn a_group_that_is_too_small_for_its_shape_is_refused_at_the_start() {
    let count = 2;
    let error = cluster! { v[dyn count]: ring }.start().await.expect_err("a ring of two is refused");
    let report = format!("{error:?}");
    assert!(report.contains("`v[dyn 2]`") && report.contains("at least 3 nodes"), "{report}");
}

#[tokio::test]
async fn a_fault_names_the_line_of_the_count_and_of_the_index() {
    let number = -2;
    let line = line!();
    let net = cluster! {
        a;
        v[
            dyn number
        ];
        w[3];
        connect(a, w[
            number
        ]);
        connect(a, w[
            number..
        ])
    };
    let report = format!("{:?}", net.start().await.expect_err("no number is negative"));
    for (what, below) in [("`v[dyn -2]`", 4), ("`w[-2]`", 8), ("`w[-2..]`", 11)] {
        let place = format!("{what} at tests/cluster/language.rs:{}:", line + below);
        assert!(
            report.contains(&place) || report.contains(&place.replacen("tests", "tests/tests", 1)),
            "`{place}` is not in {report}"
        );
    }
}

#[tokio::test]
async fn an_index_beyond_a_group_is_refused_at_the_start() {
    let index = 3;
    let error = cluster! { a; v[3]; connect(a, v[index]) }.start().await.expect_err("there is no such node");
    assert!(format!("{error:?}").contains("`v[3]`"), "{error:?}");
}

#[test]
fn docs_are_the_fields() {
    let net = cluster! {
        /// The one that all know.
        hub;
        /// Those that know it.
        leaves[2]: star(hub)
    };
    assert_eq!(net.leaves[0].peers().len(), 1);
}
