//! The networks whose pictures are in the documentation.

#![allow(dead_code, reason = "each test file uses its own share")]

use cluster_topology::{Family, Topology, index, member_name};

type Pairs = Vec<(usize, usize)>;

/// The names of the files and the pictures.
pub fn shapes() -> Vec<(&'static str, String)> {
    let standard = [
        ("clique", 6, index::clique(6).collect::<Pairs>()),
        ("ring", 8, index::ring(8).collect()),
        ("line", 5, index::line(5).collect()),
        ("tree", 10, pairs(Family::Tree { arity: 2 }, 10)),
        ("grid", 12, pairs(Family::Grid { columns: 4 }, 12)),
        ("torus", 12, pairs(Family::Torus { columns: 4 }, 12)),
        ("hypercube", 8, pairs(Family::Hypercube, 8)),
        ("wheel", 7, pairs(Family::Wheel, 7)),
        ("random_regular", 10, pairs(Family::RandomRegular { degree: 3, seed: Some(7), connected: true }, 10)),
        ("gnp", 16, pairs(Family::Gnp { probability: 0.2, seed: Some(7), connected: true }, 16)),
        (
            "small_world",
            20,
            pairs(Family::SmallWorld { neighbours: 4, probability: 0.1, seed: Some(7), connected: true }, 20),
        ),
        ("scale_free", 16, pairs(Family::ScaleFree { links: 2, seed: Some(7), connected: true }, 16)),
        ("shape", 8, (2..8).map(|second| (second - 2, second)).collect()),
    ];
    let mut shapes: Vec<_> =
        standard.into_iter().map(|(name, count, pairs)| (name, linked(&[("k", count)], pairs).to_svg())).collect();
    shapes.push(("star", linked(&[("hub", 0), ("leaves", 6)], (1..7).map(|leaf| (0, leaf))).to_svg()));
    let sides = index::connect(3, 4).map(|(a, b)| (a, b + 3));
    shapes.push(("connect", linked(&[("a", 3), ("b", 4)], sides).to_svg()));
    shapes.push(("card", card().to_svg()));
    shapes.push(("clusters", regions().to_svg()));
    let (declared, observed) = declared_and_observed();
    shapes.push(("declared_and_observed", declared.to_svg_with(&observed)));
    shapes
}

fn pairs(family: Family, count: usize) -> Pairs {
    family.pairs(count).expect("the parameters fit").collect()
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

/// `center; leaves[5]: star(center); k[4]: clique; connect(center, k)`.
pub fn card() -> Topology {
    let star = (1..6).map(|leaf| (0, leaf));
    let clique = index::clique(4).map(|(a, b)| (a + 6, b + 6));
    linked(&[("center", 0), ("leaves", 5), ("k", 4)], star.chain(clique).chain((6..10).map(|k| (0, k))))
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

/// The card, and what there is of it when two links are missing and one was not declared.
fn declared_and_observed() -> (Topology, Topology) {
    let declared = card();
    let up = declared.links().map(|link| link.indices()).filter(|ends| ![(0, 2), (6, 9)].contains(ends));
    let observed = linked(&[("center", 0), ("leaves", 5), ("k", 4)], up.chain([(4, 7)]));
    (declared, observed)
}
