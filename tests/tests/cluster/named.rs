//! Named clusters: types with typed fields, parameters, generics, docs and visibility.
#![deny(warnings, missing_docs, clippy::all, clippy::pedantic)]

use cluster_runtime::{Cluster, Kind, Loopback, Node, NodeContext, Nodes, Result, Service, cluster};

cluster! {
    /// One bootstrap node and its followers.
    pub struct Followers(kind: Loopback, n: usize);
    use kind;
    /// The one that all follow.
    boot = kind.clone().private(true) as Loopback;
    /// They follow.
    peers[dyn n]: ring + star(boot);
}

async fn settle(net: &Followers) -> Result {
    for peer in &net.peers {
        assert_eq!(peer.connections().await?.len(), 3);
    }
    Ok(())
}

#[tokio::test]
async fn a_named_cluster_is_created_started_and_passed() -> Result {
    let net: Followers = Followers::create(Loopback::new(), 4).start().wait_connections(true).await?;
    settle(&net).await?;
    let (boot, peers): (&Node<Loopback>, &Vec<Node<Loopback>>) = (&net.boot, &net.peers);
    assert_eq!((boot.name(), peers[3].name()), ("boot", "peers.4"));
    assert_eq!(net.topology().links().len(), 8);
    net.stop().await
}

mod networks {
    //! Clusters that a whole test suite shares.
    use cluster_runtime::{Kind, Loopback, cluster};

    const PEERS: usize = 3;

    cluster! {
        #[derive(Debug)]
        pub(super) struct Regions;
        observer = Loopback;
        region[PEERS] {
            gw;
            rack[2] { n[4]: star(gw) };
        }: ring;
        east { gw: connect(observer) };
        require connected;
    }

    cluster! {
        pub(super) struct Net<K: Kind, const N: usize>(kind: &K, links: usize);
        use kind;
        own = Loopback;
        k[N]: ring;
        region[N] { n[N]: shape(move |count| (1..count.min(links)).map(|b| (0, b))) };
    }
}

#[test]
fn a_type_may_be_in_a_module() {
    let net = networks::Regions::create();
    let node: &Node<Loopback> = &net.region[2].rack[1].n[3];
    assert_eq!(node.name(), "region.3.rack.2.n.4");
    assert_eq!(net.nodes().len(), 1 + 3 * 9 + 1);
    assert!(format!("{net:?}").contains("region.1.gw"), "{net:?}");
}

async fn serve(node: NodeContext) -> Result {
    node.ready();
    node.stopped().await;
    Ok(())
}

#[test]
fn generic_parameters_are_types_of_kinds_and_counts() {
    let net = networks::Net::<_, 3>::create(&Service::new(serve), 2);
    let (own, k, n): (&Node<Loopback>, &[Node<Service>; 3], &Node<Service>) = (&net.own, &net.k, &net.region[2].n[0]);
    assert_eq!((own.name(), k.len(), n.name()), ("own", 3, "region.3.n.1"));
    let other: networks::Net<Loopback, 5> = networks::Net::create(&Loopback::new(), 9);
    assert_eq!(other.nodes().len(), 1 + 5 + 25);
}

fn count<K: Kind>(net: &networks::Net<K, 4>) -> usize {
    net.nodes().len()
}

#[test]
fn a_generic_type_is_passed_on() {
    assert_eq!(count(&networks::Net::create(&Loopback::new(), 1)), 21);
}

struct Suite {
    followers: Followers,
    name: &'static str,
}

#[test]
fn a_named_cluster_is_stored_and_returned() {
    fn suite() -> Suite {
        Suite { followers: Followers::create(Loopback::new(), 3), name: "small" }
    }
    let suite = suite();
    assert_eq!((suite.followers.peers.len(), suite.name), (3, "small"));
    let cluster: &Cluster = &suite.followers;
    assert_eq!(cluster.nodes().len(), 4);
}

#[test]
fn a_type_may_be_declared_in_a_function() {
    cluster! {
        struct Pair(cluster: usize, net: Loopback);
        a = net;
        v[dyn cluster] = net: star(a);
    }
    assert_eq!(Pair::create(2, Loopback::new()).topology().links().len(), 2);
}

#[test]
fn a_named_cluster_is_one_member_of_a_set() {
    cluster! { struct Line; k[2]: line }
    let nets = [Line::create(), Line::create(), Line::create()];
    cluster_runtime::ring(&nets);
    assert_eq!(nets[0].k[0].peers().len(), 1 + 4);
    let mut nodes = 0;
    nets.for_each_node(&mut |_| nodes += 1);
    assert_eq!(nodes, 6);
}

#[tokio::test]
async fn faults_of_a_named_cluster_are_those_of_any() {
    let error = Followers::create(Loopback::new(), 2).start().await.expect_err("a ring of two is refused");
    assert!(format!("{error:?}").contains("`peers[dyn 2]` at "), "{error:?}");
}

#[test]
fn names_of_ours_meet_none_of_the_users() {
    mod runtime {
        //! Not the runtime.
        use cluster_runtime::Loopback;

        /// A kind by a type of a module with a name that is ours as well.
        pub type Own = Loopback;
    }
    struct Cluster;
    cluster! { struct Net(kind: runtime::Own); a = runtime::Own::new() as runtime::Own; b = kind }
    let _ = Cluster;
    assert_eq!(Net::create(Loopback::new()).nodes().len(), 2);
}

cluster! {
    pub struct Undocumented(n: usize);
    gw;
    peers[dyn n]: ring + star(gw);
    region[2] { gw }: connect(gw);
}

/// A type of the user's, called like no type of the macro's.
pub struct NamesakesRegion;

cluster! {
    /// Clusters whose names differ in their case or dashes only.
    #[allow(non_snake_case)]
    pub struct Namesakes;
    region { gw };
    Region { hub };
    a_b { x };
    a { b { y } };
}

#[test]
fn what_has_no_docs_is_documented_by_its_declaration() {
    let net = Undocumented::create(3);
    assert_eq!(net.topology().links().len(), 8);
}

#[test]
fn clusters_may_have_similar_names() {
    let net = Namesakes::create();
    assert_eq!((net.region.gw.name(), net.Region.hub.name()), ("region.gw", "Region.hub"));
    assert_eq!((net.a_b.x.name(), net.a.b.y.name()), ("a_b.x", "a.b.y"));
    let _: NamesakesRegion = NamesakesRegion;
}
