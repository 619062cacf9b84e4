//! The networks whose pictures are in the documentation.

#![allow(dead_code, reason = "each test file uses its own share")]

use cluster_topology::{Family, Topology, index, member_name};

type Pairs = Vec<(usize, usize)>;

/// Each shape: its name, how it is declared, and a network.
pub fn shapes() -> Vec<(&'static str, &'static str, Topology)> {
    let star = linked(&[("hub", 0), ("leaves", 6)], (1..7).map(|leaf| (0, leaf)));
    let two_sides = linked(&[("a", 3), ("b", 4)], index::connect(3, 4).map(|(a, b)| (a, b + 3)));
    let random_regular = Family::RandomRegular { degree: 3, seed: Some(7), connected: true };
    let gnp = Family::Gnp { probability: 0.2, seed: Some(7), connected: true };
    let small_world = Family::SmallWorld { neighbours: 4, probability: 0.1, seed: Some(7), connected: true };
    let scale_free = Family::ScaleFree { links: 2, seed: Some(7), connected: true };
    vec![
        ("clique", "k[6]: clique", group(6, index::clique(6))),
        ("ring", "k[8]: ring", group(8, index::ring(8))),
        ("line", "k[5]: line", group(5, index::line(5))),
        ("star", "hub; leaves[6]: star(hub)", star),
        ("connect", "a[3]; b[4]: connect(a)", two_sides),
        ("tree", "k[10]: tree(2)", family(10, Family::Tree { arity: 2 })),
        ("grid", "k[12]: grid(4)", family(12, Family::Grid { columns: 4 })),
        ("torus", "k[12]: torus(4)", family(12, Family::Torus { columns: 4 })),
        ("hypercube", "k[8]: hypercube", family(8, Family::Hypercube)),
        ("wheel", "k[7]: wheel", family(7, Family::Wheel)),
        ("random_regular", "k[10]: random_regular(3, seed = 7, connected)", family(10, random_regular)),
        ("gnp", "k[16]: gnp(0.2, seed = 7, connected)", family(16, gnp)),
        ("small_world", "k[20]: small_world(4, 0.1, seed = 7, connected)", family(20, small_world)),
        ("scale_free", "k[16]: scale_free(2, seed = 7)", family(16, scale_free)),
        ("shape", "k[8]: shape(every_other)", group(8, (2..8).map(|second| (second - 2, second)))),
        ("clusters", "region[3] { gw; n[3]: star(gw) }; clique(region.gw)", regions()),
    ]
}

/// Groups and how many nodes they have, or nodes with 0.
pub fn linked(groups: &[(&str, usize)], pairs: impl IntoIterator<Item = (usize, usize)>) -> Topology {
    let names = groups.iter().flat_map(|(name, count)| match count {
        0 => vec![(*name).to_owned()],
        _ => (0..*count).map(|index| member_name(name, index)).collect(),
    });
    let mut topology = Topology::new(names);
    pairs.into_iter().try_for_each(|(a, b)| topology.link(a, b)).expect("the nodes are there");
    topology
}

pub fn group(count: usize, pairs: impl IntoIterator<Item = (usize, usize)>) -> Topology {
    linked(&[("k", count)], pairs)
}

pub fn family(count: usize, family: Family) -> Topology {
    group(count, family.pairs(count).expect("the parameters fit").collect::<Pairs>())
}

/// `center; leaves[5]: star(center); k[4]: clique; connect(center, k)`.
pub fn card() -> Topology {
    let star = (1..6).map(|leaf| (0, leaf));
    let clique = index::clique(4).map(|(a, b)| (a + 6, b + 6));
    linked(&[("center", 0), ("leaves", 5), ("k", 4)], star.chain(clique).chain((6..10).map(|k| (0, k))))
}

/// The card with two links missing and one that was not declared.
pub fn observed_card() -> Topology {
    let declared = card();
    let up = declared.links().map(|link| link.indices()).filter(|ends| ![(0, 2), (6, 9)].contains(ends));
    linked(&[("center", 0), ("leaves", 5), ("k", 4)], up.chain([(4, 7)]))
}

/// `region[3] { gw; n[3]: star(gw) }; clique(region.gw)`.
pub fn regions() -> Topology {
    let names = ["gw", "n.1", "n.2", "n.3"];
    let mut regions = Topology::new((1..4).flat_map(|region| names.map(|name| format!("region.{region}.{name}"))));
    let stars = (0..3).flat_map(|region| (1..4).map(move |n| (region * 4, region * 4 + n)));
    let gateways = index::clique(3).map(|(a, b)| (a * 4, b * 4));
    stars.chain(gateways).try_for_each(|(a, b)| regions.link(a, b)).expect("the nodes are there");
    regions
}
