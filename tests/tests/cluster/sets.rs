//! A set is anything that holds nodes in an order.

use cluster_runtime::kinds::LoopbackProtocol;
use cluster_runtime::{
    AnyNode, Loopback, Node, NodeContext, Result, Service, add_peer, clique, connect, create, line, ring, star, start,
};

type Links = Vec<(String, String)>;

/// The peers of each node, by name.
fn known<'a>(nodes: impl IntoIterator<Item = &'a Node<Loopback>>) -> Links {
    let mut links = Links::new();
    for node in nodes {
        links.extend(node.peers().iter().map(|peer| (node.name().to_owned(), peer.name().to_owned())));
    }
    links
}

fn group(name: &str, count: usize) -> Vec<Node<Loopback>> {
    create(&Loopback::new(), name, count)
}

#[test]
fn every_form_of_a_set_means_the_same() {
    let center = Node::new(&Loopback::new(), "center");
    let leaves: [Node<Loopback>; 3] =
        std::array::from_fn(|index| Node::new(&Loopback::new(), &format!("leaves.{index}")));
    let (more, any): (_, AnyNode) = (group("more", 2), Node::new(&Loopback::new(), "any").any().clone());
    let net = start((&center, &leaves[..2], &leaves[2], &more, vec![&any], (any_of("a"), any_of("b")), [any_of("c")]));
    let text = format!("{net:?}");
    for name in ["center", "leaves.0", "leaves.1", "leaves.2", "more.1", "more.2", "any", "(a ", "(b ", "(c "] {
        assert!(text.contains(name), "{name} is not in {text}");
    }
}

fn any_of(name: &str) -> Node<Loopback> {
    Node::new(&Loopback::new(), name)
}

#[test]
fn sets_flatten_in_their_order() {
    let (a, b, c) = (group("a", 2), any_of("b"), group("c", 2));
    line((&a, &b, &c));
    let dialled = [&a[..], &[b], &c].concat();
    assert_eq!(dialled[0].peers().len(), 1);
    assert_eq!(dialled[2].peers().iter().map(|peer| peer.name().to_owned()).collect::<Vec<_>>(), ["a.2", "c.1"]);
    assert_eq!(dialled[4].peers().len(), 1);
}

#[test]
fn a_link_is_known_at_both_ends() {
    let (a, b) = (group("a", 2), group("b", 2));
    connect(&a, &b);
    assert_eq!(known(a.iter().chain(&b)).len(), 8);
    let (c, d) = (any_of("c"), any_of("d"));
    connect(&c, &d);
    assert_eq!((c.peers()[0].name(), d.peers()[0].name()), ("d", "c"));
    assert!(c.peers()[0].dial() != d.peers()[0].dial(), "one side of a link dials");
}

#[test]
fn a_one_way_link_is_dialled_by_its_left_side_only() {
    let (a, b) = (any_of("a"), any_of("b"));
    for (from, to) in [(&a, &b), (&b, &a)] {
        let (from, to) = (Node::new(from.kind(), from.name()), Node::new(to.kind(), to.name()));
        add_peer(&from, &to);
        assert!(from.peers()[0].dial() && from.peers()[0].is_one_way());
        assert!(!to.peers()[0].dial() && to.peers()[0].is_one_way());
    }
}

#[test]
fn two_one_way_links_are_a_symmetric_one() {
    let (a, b) = (any_of("a"), any_of("b"));
    add_peer(&a, &b);
    add_peer(&b, &a);
    assert!(!a.peers()[0].is_one_way() && !b.peers()[0].is_one_way());
    assert!(a.peers()[0].dial() != b.peers()[0].dial(), "one side of a link dials");
}

#[test]
fn shapes_by_hand_make_the_links_that_their_names_say() {
    let nodes = group("n", 5);
    ring(&nodes);
    assert!(nodes.iter().all(|node| node.peers().len() == 2));
    let nodes = group("n", 5);
    clique(&nodes);
    assert!(nodes.iter().all(|node| node.peers().len() == 4));
    let (hub, nodes) = (any_of("hub"), group("n", 5));
    star(&hub, &nodes);
    assert_eq!(hub.peers().len(), 5);
    assert!(nodes.iter().all(|node| node.peers().len() == 1));
}

#[tokio::test]
async fn nodes_of_one_protocol_are_linked_whatever_their_kinds() -> Result {
    let service = Service::new(|node: NodeContext| async move {
        node.peers().iter().for_each(|peer| node.connected(peer.name()));
        node.ready();
        node.stopped().await;
        Ok::<_, cluster_runtime::Error>(())
    });
    let tame = Node::new(&service.protocol::<LoopbackProtocol>(), "tame");
    let nodes = group("n", 3);
    clique((&nodes, &tame));
    let net = start((&nodes, &tame)).await?;
    assert_eq!(net.topology().links().len(), 6);
    assert_eq!(tame.connections().await?.len(), 3);
    net.stop().await
}

#[test]
fn nodes_are_created_anywhere_even_without_a_runtime() {
    static NODES: std::sync::LazyLock<Vec<Node<Loopback>>> = std::sync::LazyLock::new(|| group("n", 3));
    assert_eq!(NODES[2].name(), "n.3");
    assert!(NODES.iter().all(|node| node.addr().ip().is_loopback() && node.addr().port() != 0));
}

#[test]
fn a_handle_is_one_pointer() {
    assert_eq!(size_of::<Node<Loopback>>(), size_of::<usize>());
    assert_eq!(size_of::<AnyNode>(), size_of::<usize>());
    assert_eq!(size_of::<Option<Node<Loopback>>>(), size_of::<usize>());
}
