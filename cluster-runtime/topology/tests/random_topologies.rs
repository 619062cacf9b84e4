//! The random shapes: that they have the sizes they promise, are the same for the same seed, and have the distribution
//! of their definition, both exactly (all networks of a few nodes) and at large beside other libraries.
//!
//! All seeds are fixed, so a test that passes once always passes.

mod support;

use std::collections::BTreeMap;

use cluster_topology::index::{self, Draw};
use cluster_topology::{self as topology, ShapeError};
use petgraph_gen::rand::SeedableRng;
use petgraph_gen::rand::rngs::SmallRng;
use petgraph_gen::{barabasi_albert_graph, random_gnp_graph};
use rustworkx_core::generators::{barabasi_albert_graph as barabasi_albert, gnp_random_graph, random_regular_graph};
use support::{Graph, Indices, degrees, diameter, graph, is_connected};

// What they promise.

#[test]
fn every_node_of_a_random_regular_has_the_degree() -> Result<(), ShapeError> {
    for count in 2..30 {
        for degree in (1..count).filter(|degree| count * degree % 2 == 0) {
            for seed in 0..3 {
                let network = graph(count, index::random_regular(count, degree, seed)?);
                assert!(degrees(&network).iter().all(|found| *found == degree), "{count} nodes of degree {degree}");
            }
        }
    }
    Ok(())
}

#[test]
fn a_large_random_regular_of_degree_3_is_connected_and_close() -> Result<(), ShapeError> {
    let network = graph(1_000, index::random_regular(1_000, 3, 1)?);
    assert!(is_connected(&network));
    // Bollobás and de la Vega, 1982: about log2 of the nodes.
    let diameter = diameter(&network);
    assert!(matches!(diameter, Some(10..=16)), "{diameter:?}");
    Ok(())
}

#[test]
fn a_gnp_is_simple_and_has_about_the_expected_links() -> Result<(), ShapeError> {
    for (count, probability) in [(2, 0.5), (50, 0.02), (100, 0.1), (100, 0.9), (1_000, 0.004)] {
        let pairs = (count * (count - 1) / 2) as f64;
        let links: usize = (0..100)
            .map(|seed| index::gnp(count, probability, seed).map(|gnp| graph(count, gnp).edge_count()))
            .sum::<Result<_, _>>()?;
        let (mean, deviation) =
            (100.0 * pairs * probability, (100.0 * pairs * probability * (1.0 - probability)).sqrt());
        assert!(
            (links as f64 - mean).abs() < 3.5 * deviation,
            "{count} nodes, {probability}: {links} links, {mean} expected"
        );
    }
    Ok(())
}

#[test]
fn a_gnp_of_probability_0_is_empty_and_of_1_a_clique() -> Result<(), ShapeError> {
    assert_eq!(index::gnp(1_000, 0.0, 5)?.next(), None);
    assert_eq!(graph(20, index::gnp(20, 1.0, 5)?).edge_count(), 190);
    Ok(())
}

#[test]
fn a_gnp_of_many_nodes_and_few_links_takes_no_memory_and_little_time() -> Result<(), ShapeError> {
    let links = index::gnp(1_000_000, 1e-9, 5)?.count();
    assert!((400..600).contains(&links), "{links}");
    let tiny = index::gnp(1_000_000, 1e-300, 5)?.count();
    assert_eq!(tiny, 0);
    Ok(())
}

#[test]
fn a_small_world_without_disorder_is_a_ring_with_neighbours() -> Result<(), ShapeError> {
    assert!(index::small_world(9, 2, 0.0, 1)?.eq(index::ring(9)));
    for count in 3..20 {
        for neighbours in (2..count).step_by(2) {
            let ring = graph(count, index::small_world(count, neighbours, 0.0, 1)?);
            assert!(degrees(&ring).iter().all(|degree| *degree == neighbours));
            assert_eq!(diameter(&ring), Some((count / 2).div_ceil(neighbours / 2)), "{count} nodes, {neighbours}");
        }
    }
    Ok(())
}

#[test]
fn a_small_world_keeps_its_links_and_half_of_each_nodes_neighbours() -> Result<(), ShapeError> {
    for count in 3..20 {
        for neighbours in (2..count).step_by(2) {
            for probability in [0.1, 0.5, 1.0] {
                let world = graph(count, index::small_world(count, neighbours, probability, 4)?);
                assert_eq!(world.edge_count(), count * neighbours / 2);
                assert!(degrees(&world).iter().all(|degree| *degree >= neighbours / 2));
            }
        }
    }
    Ok(())
}

#[test]
fn a_few_moved_links_make_a_small_world() -> Result<(), ShapeError> {
    // Watts and Strogatz, figure 2: at 0.01 paths are short already, while clusters are nearly those of the ring.
    let ordered = graph(1_000, index::small_world(1_000, 10, 0.0, 1)?);
    let small = graph(1_000, index::small_world(1_000, 10, 0.01, 1)?);
    let random = graph(1_000, index::small_world(1_000, 10, 1.0, 1)?);
    assert!(path_length(&small) < path_length(&ordered) / 4.0);
    assert!(clustering(&small) > 0.9 * clustering(&ordered));
    assert!(clustering(&random) < 0.05 * clustering(&ordered));
    // Barrat and Weigt, 2000: 3 (k - 2) / 4 (k - 1), and for the moved ones times (1 - p)^3.
    assert!((clustering(&ordered) - 24.0 / 36.0).abs() < 1e-9);
    assert!((clustering(&small) / clustering(&ordered) - 0.99_f64.powi(3)).abs() < 0.01);
    Ok(())
}

#[test]
fn a_scale_free_is_connected_and_every_new_node_has_its_links() -> Result<(), ShapeError> {
    for count in 2..30 {
        for links in 1..count {
            let pairs: Vec<_> = index::scale_free(count, links, 2)?.collect();
            assert_eq!(pairs.len(), links * (count - links));
            let network = graph(count, pairs.iter().copied());
            assert!(is_connected(&network));
            for new in links..count {
                let older = pairs.iter().filter(|(older, newer)| *newer == new && older < newer).count();
                assert_eq!(older, links, "node {new} of {count}");
            }
        }
    }
    Ok(())
}

// Seeds.

#[test]
fn the_networks_of_a_seed_never_change() -> Result<(), ShapeError> {
    let regular: Vec<_> = index::random_regular(8, 3, 42)?.collect();
    assert_eq!(
        regular,
        [(2, 6), (4, 7), (3, 5), (0, 6), (1, 7), (0, 3), (4, 5), (0, 2), (1, 6), (1, 3), (2, 4), (5, 7)]
    );
    let dense: Vec<_> = index::random_regular(6, 4, 42)?.collect();
    assert_eq!(dense, [(0, 1), (0, 2), (0, 3), (0, 4), (1, 2), (1, 3), (1, 5), (2, 4), (2, 5), (3, 4), (3, 5), (4, 5)]);
    let gnp: Vec<_> = index::gnp(10, 0.25, 42)?.collect();
    assert_eq!(gnp, [(0, 2), (1, 2), (4, 7), (3, 9)]);
    let world: Vec<_> = index::small_world(8, 4, 0.3, 42)?.collect();
    assert_eq!(
        world,
        [
            (0, 1),
            (1, 2),
            (2, 3),
            (3, 4),
            (4, 5),
            (5, 6),
            (6, 1),
            (7, 0),
            (0, 2),
            (1, 3),
            (2, 4),
            (3, 0),
            (4, 6),
            (5, 7),
            (6, 3),
            (7, 1)
        ]
    );
    let scale_free: Vec<_> = index::scale_free(8, 2, 42)?.collect();
    assert_eq!(
        scale_free,
        [(0, 2), (1, 2), (2, 3), (1, 3), (1, 4), (3, 4), (2, 5), (1, 5), (0, 6), (3, 6), (0, 7), (4, 7)]
    );
    Ok(())
}

#[test]
fn large_networks_of_a_seed_never_change() -> Result<(), ShapeError> {
    let digests = [
        digest(index::random_regular(1_000, 5, 7)?),
        digest(index::gnp(1_000, 0.01, 7)?),
        digest(index::gnp(100_000, 0.000_03, 7)?),
        digest(index::small_world(1_000, 6, 0.2, 7)?),
        digest(index::scale_free(1_000, 4, 7)?),
        digest(index::gnp(60, 0.05, 7)?.connected()?),
    ];
    assert_eq!(
        digests,
        [
            0x0c08_fe36_f07f_2aab,
            0xdf5c_fe69_d0ce_c3f1,
            0x2d0e_c845_2858_b5f4,
            0x696f_3e9d_25f5_094e,
            0x289e_7056_444c_d22b,
            0x2cab_97d0_0154_591e
        ]
    );
    Ok(())
}

#[test]
fn another_seed_gives_another_network() -> Result<(), ShapeError> {
    for seed in 0..20 {
        let (this, other) = (seed, seed + 1);
        assert!(!index::random_regular(20, 3, this)?.eq(index::random_regular(20, 3, other)?));
        assert!(!index::gnp(20, 0.3, this)?.eq(index::gnp(20, 0.3, other)?));
        assert!(!index::small_world(20, 4, 0.5, this)?.eq(index::small_world(20, 4, 0.5, other)?));
        assert!(!index::scale_free(20, 2, this)?.eq(index::scale_free(20, 2, other)?));
    }
    Ok(())
}

// Connected.

#[test]
fn a_connected_draw_is_connected_and_begins_at_its_first_pair() -> Result<(), ShapeError> {
    let mut redrawn = 0;
    for seed in 0..100 {
        let first = graph(30, index::gnp(30, 0.1, seed)?);
        let network: Vec<_> = index::gnp(30, 0.1, seed)?.connected()?.collect();
        assert!(is_connected(&graph(30, network.iter().copied())), "seed {seed}");
        if is_connected(&first) {
            assert!(index::gnp(30, 0.1, seed)?.eq(network), "seed {seed}: the first draw was connected already");
        } else {
            redrawn += 1;
        }
        let regular = graph(30, index::random_regular(30, 2, seed)?.connected()?);
        assert!(is_connected(&regular), "seed {seed}");
        assert_eq!(diameter(&regular), Some(15), "a connected network of degree 2 is a ring");
        assert!(is_connected(&graph(30, index::small_world(30, 2, 0.5, seed)?.connected()?)), "seed {seed}");
        assert!(is_connected(&graph(30, index::scale_free(30, 1, seed)?.connected()?)), "seed {seed}");
    }
    assert!(redrawn > 10, "only {redrawn} of 100 were drawn again");
    Ok(())
}

#[test]
fn a_walk_that_has_begun_starts_again_when_it_has_to_be_connected() -> Result<(), ShapeError> {
    let mut begun = index::gnp(30, 0.3, 1)?;
    begun.nth(5);
    assert!(begun.connected()?.eq(index::gnp(30, 0.3, 1)?.connected()?));
    Ok(())
}

#[test]
fn what_cannot_be_connected_says_so_at_once() {
    let gnp = index::gnp(1_000_000, 0.0, 1).and_then(Draw::connected).map(drop).expect_err("there are no links");
    assert_eq!(gnp.to_string(), "no `gnp` with a `probability` of 0 is connected: choose a greater one");
    assert_eq!(gnp.parameter(), Some("probability"));
    let pairs = index::random_regular(10, 1, 1).and_then(Draw::connected).map(drop).expect_err("there are five pairs");
    assert_eq!(pairs.to_string(), "no `random_regular` with a `degree` of 1 is connected: choose a greater one");
}

#[test]
fn what_is_never_connected_fails_after_many_draws() {
    let small = index::gnp(20, 0.01, 1).and_then(Draw::connected).map(drop).expect_err("there are about two links");
    let expected = "expected a connected `gnp` of 20 nodes, but none of 1000 draws was: ask for more links";
    assert_eq!(small.to_string(), expected);
    let large =
        index::gnp(1_000_000, 1e-8, 1).and_then(Draw::connected).map(drop).expect_err("there are about 5,000 links");
    assert!(matches!(large, ShapeError::NeverConnected { draws: 20, .. }), "{large}");
}

// Sizes.

#[test]
fn sizes_that_do_not_fit_are_refused_in_words() {
    let refused = [
        (index::random_regular(6, 0, 0).map(drop), "the `degree` of a `random_regular` is at least 1, found 0"),
        (index::random_regular(1, 1, 0).map(drop), "a `random_regular` has at least 2 nodes, found 1"),
        (
            index::random_regular(5, 5, 0).map(drop),
            "the `degree` of a `random_regular` is less than its number of nodes, found 5 with 5 nodes",
        ),
        (
            index::random_regular(5, 3, 0).map(drop),
            "a `random_regular` has an even number of ends, found 5 nodes of degree 3: make one of the two even",
        ),
        (
            index::random_regular(usize::MAX, 2, 0).map(drop),
            "a `random_regular` has at most 1073741824 links, found more",
        ),
        (index::gnp(1, 0.5, 0).map(drop), "a `gnp` has at least 2 nodes, found 1"),
        (index::gnp(9, 1.5, 0).map(drop), "the `probability` of a `gnp` is between 0 and 1, found 1.5"),
        (index::gnp(9, -0.1, 0).map(drop), "the `probability` of a `gnp` is between 0 and 1, found -0.1"),
        (index::gnp(9, f64::NAN, 0).map(drop), "the `probability` of a `gnp` is between 0 and 1, found NaN"),
        (index::small_world(9, 0, 0.1, 0).map(drop), "the `neighbours` of a `small_world` is at least 2, found 0"),
        (
            index::small_world(9, 3, 0.1, 0).map(drop),
            "a `small_world` has an even number of neighbours, half on either side, found 3",
        ),
        (
            index::small_world(6, 6, 0.1, 0).map(drop),
            "the `neighbours` of a `small_world` is less than its number of nodes, found 6 with 6 nodes",
        ),
        (index::small_world(2, 2, 0.1, 0).map(drop), "a `small_world` has at least 3 nodes, found 2"),
        (
            index::small_world(9, 2, 2.0, 0).map(drop),
            "the `probability` of a `small_world` is between 0 and 1, found 2",
        ),
        (index::scale_free(9, 0, 0).map(drop), "the `links` of a `scale_free` is at least 1, found 0"),
        (
            index::scale_free(9, 9, 0).map(drop),
            "the `links` of a `scale_free` is less than its number of nodes, found 9 with 9 nodes",
        ),
        (index::scale_free(usize::MAX, 1, 0).map(drop), "a `scale_free` has at most 1073741824 links, found more"),
        (
            index::shape(3, |_| [(0, 3)]).map(drop),
            "expected pairs of 3 nodes, counted from 0, but the shape gave (0, 3)",
        ),
        (
            index::shape(3, |_| [(0, 1), (2, 2)]).map(drop),
            "expected pairs of different nodes, but the shape gave (2, 2)",
        ),
    ];
    for (result, expected) in refused {
        let error = result.expect_err(expected);
        assert_eq!(error.to_string(), expected);
    }
    if let Some(too_many) = (u32::MAX as usize).checked_add(1) {
        assert!(matches!(index::gnp(too_many, 0.0, 0), Err(ShapeError::TooManyNodes { .. })));
    }
}

#[test]
fn slices_are_looked_up() -> Result<(), ShapeError> {
    let items: Vec<usize> = (100..120).collect();
    let indices = |(a, b): (&usize, &usize)| (*a - 100, *b - 100);
    assert!(topology::random_regular(&items, 3, 1)?.map(indices).eq(index::random_regular(20, 3, 1)?));
    assert!(topology::gnp(&items, 0.2, 1)?.map(indices).eq(index::gnp(20, 0.2, 1)?));
    assert!(topology::small_world(&items, 4, 0.2, 1)?.map(indices).eq(index::small_world(20, 4, 0.2, 1)?));
    assert!(topology::scale_free(&items, 2, 1)?.map(indices).eq(index::scale_free(20, 2, 1)?));
    assert!(topology::shape(&items, index::ring)?.map(indices).eq(index::ring(20)));
    assert!(topology::gnp(&items, 0.1, 1)?.connected()?.map(indices).eq(index::gnp(20, 0.1, 1)?.connected()?));
    Ok(())
}

// Distributions over all networks of a few nodes. The expected one is computed step by step from the definition.

#[test]
fn a_gnp_has_the_distribution_of_its_definition() -> Result<(), ShapeError> {
    for probability in [0.1, 0.5, 0.8] {
        let mut expected = Networks::from([(Network::EMPTY, 1.0)]);
        for pair in all_pairs(4) {
            expected = step(&expected, |network| vec![(network, 1.0 - probability), (network.with(pair), probability)]);
        }
        fits(&expected, |seed| index::gnp(4, probability, seed))?;
    }
    Ok(())
}

#[test]
fn a_random_regular_has_the_distribution_of_its_definition() -> Result<(), ShapeError> {
    for (count, degree) in [(5, 2), (6, 2), (6, 1)] {
        let mut expected = Networks::from([(Network::EMPTY, 1.0)]);
        for _ in 0..count * degree / 2 {
            expected = step(&expected, |network| {
                let free = |node| degree - network.degree(node);
                let possible = all_pairs(count).filter(|pair| !network.has(*pair));
                let weighted: Vec<_> =
                    possible.map(|(a, b)| (network.with((a, b)), (free(a) * free(b)) as f64)).collect();
                let total: f64 = weighted.iter().map(|(_, weight)| weight).sum();
                // Where no pair is possible the draw starts again, so that share goes to the others.
                weighted.into_iter().map(|(network, weight)| (network, weight / total)).collect()
            });
            expected.retain(|_, probability| *probability > 0.0);
        }
        let finished: f64 = expected.values().sum();
        expected.values_mut().for_each(|probability| *probability /= finished);
        fits(&expected, |seed| index::random_regular(count, degree, seed))?;
    }
    Ok(())
}

#[test]
fn a_small_world_has_the_distribution_of_its_definition() -> Result<(), ShapeError> {
    for (count, neighbours, probability) in [(5, 2, 0.3), (5, 2, 1.0), (6, 4, 0.2)] {
        let ring =
            (1..=neighbours / 2).flat_map(|distance| (0..count).map(move |near| (near, (near + distance) % count)));
        let ordered = ring.clone().fold(Network::EMPTY, Network::with);
        let mut expected = Networks::from([(ordered, 1.0)]);
        for (near, far) in ring {
            expected = step(&expected, |network| {
                let free: Vec<_> = (0..count).filter(|other| *other != near && !network.has((near, *other))).collect();
                if free.is_empty() {
                    return vec![(network, 1.0)];
                }
                let moved = free
                    .iter()
                    .map(|other| (network.without((near, far)).with((near, *other)), probability / free.len() as f64));
                moved.chain([(network, 1.0 - probability)]).collect()
            });
        }
        fits(&expected, |seed| index::small_world(count, neighbours, probability, seed))?;
    }
    Ok(())
}

#[test]
fn a_scale_free_has_the_distribution_of_its_definition() -> Result<(), ShapeError> {
    for (count, links) in [(5, 1), (5, 2), (6, 3)] {
        let star = (0..links).fold(Network::EMPTY, |network, other| network.with((other, links)));
        let mut expected = Networks::from([(star, 1.0)]);
        for new in links + 1..count {
            let before = |network: Network, node| network.degree_among(node, new);
            for _ in 0..links {
                expected = step(&expected, |network| {
                    let free: Vec<_> = (0..new).filter(|old| !network.has((*old, new))).collect();
                    let total: usize = free.iter().map(|old| before(network, *old)).sum();
                    let chosen =
                        free.iter().map(|old| (network.with((*old, new)), before(network, *old) as f64 / total as f64));
                    chosen.collect()
                });
            }
        }
        fits(&expected, |seed| index::scale_free(count, links, seed))?;
    }
    Ok(())
}

// Distributions at large, beside other libraries.

#[test]
fn the_degrees_of_a_gnp_are_distributed_as_in_other_libraries() -> Result<(), ShapeError> {
    let (count, probability) = (400, 0.02);
    let ours = degrees_of_seeds(|seed| index::gnp(count, probability, seed).map(|pairs| graph(count, pairs)))?;
    let rustworkx = degrees_of_seeds(|seed| {
        let network: Graph =
            gnp_random_graph(count, probability, Some(seed), || (), || ()).expect("there is such a network");
        Ok(network)
    })?;
    let petgraph_gen = degrees_of_seeds(|seed| {
        let network: Graph = random_gnp_graph(&mut SmallRng::seed_from_u64(seed), count, probability);
        Ok(network)
    })?;
    same_distribution(&ours, &rustworkx);
    same_distribution(&ours, &petgraph_gen);
    Ok(())
}

#[test]
fn the_degrees_of_a_scale_free_are_distributed_as_in_other_libraries() -> Result<(), ShapeError> {
    let (count, links) = (2_000, 3);
    let ours = degrees_of_seeds(|seed| index::scale_free(count, links, seed).map(|pairs| graph(count, pairs)))?;
    let rustworkx = degrees_of_seeds(|seed| {
        let network: Graph =
            barabasi_albert(count, links, Some(seed), None, || (), || ()).expect("there is such a network");
        Ok(network)
    })?;
    let petgraph_gen = degrees_of_seeds(|seed| {
        let network: Graph = barabasi_albert_graph(&mut SmallRng::seed_from_u64(seed), count, links, None);
        Ok(network)
    })?;
    same_distribution(&ours, &rustworkx);
    same_distribution(&ours, &petgraph_gen);
    // Barabási and Albert: the share of nodes with k links is 2 m (m + 1) / k (k + 1) (k + 2), here 2 / 5 for 3.
    let nodes: usize = ours.values().sum();
    assert!((ours[&3] as f64 / nodes as f64 - 0.4).abs() < 0.02, "{ours:?}");
    Ok(())
}

#[test]
fn random_regulars_have_as_many_triangles_as_in_rustworkx() -> Result<(), ShapeError> {
    let mut ours = 0;
    let mut theirs = 0;
    for seed in 0..300 {
        ours += triangles(&graph(60, index::random_regular(60, 4, seed)?));
        let oracle: Graph = random_regular_graph(60, 4, Some(seed), || (), || ()).expect("there is such a network");
        theirs += triangles(&oracle);
    }
    // In the limit Poisson with the mean (d - 1)^3 / 6 = 4.5 (Bollobás, 1980).
    for found in [ours, theirs] {
        let mean = found as f64 / 300.0;
        assert!((mean - 4.5).abs() < 0.5, "{ours} and {theirs} triangles in 300 networks");
    }
    Ok(())
}

/// A set of links between at most 8 nodes, a bit for each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Network(u64);

type Networks = BTreeMap<Network, f64>;

impl Network {
    const EMPTY: Network = Network(0);

    fn bit((a, b): Indices) -> u64 {
        1 << (a.min(b) * 8 + a.max(b))
    }

    fn has(self, pair: Indices) -> bool {
        self.0 & Network::bit(pair) != 0
    }

    fn with(self, pair: Indices) -> Network {
        Network(self.0 | Network::bit(pair))
    }

    fn without(self, pair: Indices) -> Network {
        Network(self.0 & !Network::bit(pair))
    }

    fn degree(self, node: usize) -> usize {
        self.degree_among(node, 8)
    }

    fn degree_among(self, node: usize, count: usize) -> usize {
        (0..count).filter(|other| *other != node && self.has((node, *other))).count()
    }
}

fn all_pairs(count: usize) -> impl Iterator<Item = Indices> {
    (0..count).flat_map(move |a| (a + 1..count).map(move |b| (a, b)))
}

/// The networks after a step that turns each into others with the probabilities given.
fn step(networks: &Networks, turned: impl Fn(Network) -> Vec<(Network, f64)>) -> Networks {
    let mut after = Networks::new();
    for (network, probability) in networks {
        for (turned, share) in turned(*network) {
            *after.entry(turned).or_default() += probability * share;
        }
    }
    after
}

/// Draws from many seeds and compares how often each network comes with its probability, by chi square.
fn fits<I: Iterator<Item = Indices>>(
    expected: &Networks,
    draw: impl Fn(u64) -> Result<I, ShapeError>,
) -> Result<(), ShapeError> {
    const DRAWS: usize = 40_000;
    let mut found: BTreeMap<Network, usize> = BTreeMap::new();
    for seed in 0..DRAWS as u64 {
        let network = draw(seed)?.fold(Network::EMPTY, Network::with);
        assert!(expected.get(&network).is_some_and(|probability| *probability > 0.0), "{network:?} of seed {seed}");
        *found.entry(network).or_default() += 1;
    }
    let total: f64 = expected.values().sum();
    assert!((total - 1.0).abs() < 1e-9, "the probabilities add up to {total}");
    let mut chi_square = 0.0;
    let mut cells = 0;
    let mut rare = (0.0, 0.0);
    for (network, probability) in expected {
        let (expected, found) = (probability * DRAWS as f64, found.get(network).copied().unwrap_or(0) as f64);
        if expected < 5.0 {
            rare = (rare.0 + expected, rare.1 + found);
        } else {
            chi_square += (found - expected).powi(2) / expected;
            cells += 1;
        }
    }
    if rare.0 >= 5.0 {
        chi_square += (rare.1 - rare.0).powi(2) / rare.0;
        cells += 1;
    }
    likely(chi_square, cells - 1);
    Ok(())
}

/// How many nodes of all networks of many seeds have each degree.
fn degrees_of_seeds(draw: impl Fn(u64) -> Result<Graph, ShapeError>) -> Result<BTreeMap<usize, usize>, ShapeError> {
    let mut found = BTreeMap::new();
    for seed in 0..30 {
        for degree in degrees(&draw(seed)?) {
            *found.entry(degree).or_default() += 1;
        }
    }
    Ok(found)
}

/// Compares two samples of the same size by chi square.
fn same_distribution(ours: &BTreeMap<usize, usize>, theirs: &BTreeMap<usize, usize>) {
    let mut chi_square = 0.0;
    let mut cells = 0;
    let mut rare = (0, 0);
    let greatest = ours.keys().chain(theirs.keys()).max().copied().unwrap_or(0);
    for degree in 0..=greatest {
        let mut found = (ours.get(&degree).copied().unwrap_or(0), theirs.get(&degree).copied().unwrap_or(0));
        found = (found.0 + rare.0, found.1 + rare.1);
        if found.0 + found.1 < 20 {
            rare = found;
            continue;
        }
        rare = (0, 0);
        chi_square += (found.0 as f64 - found.1 as f64).powi(2) / (found.0 + found.1) as f64;
        cells += 1;
    }
    likely(chi_square, cells - 1);
}

/// Asserts that a sample of the right distribution is at least so far from it once in a thousand times (Wilson and
/// Hilferty's approximation of the quantile).
fn likely(chi_square: f64, freedom: usize) {
    let freedom = freedom as f64;
    let spread = 2.0 / (9.0 * freedom);
    let bound = freedom * (1.0 - spread + 3.09 * spread.sqrt()).powi(3);
    assert!(chi_square < bound, "chi square is {chi_square} with {freedom} degrees of freedom, expected under {bound}");
}

/// FNV-1a over all ends.
fn digest(pairs: impl Iterator<Item = Indices>) -> u64 {
    pairs
        .flat_map(|(a, b)| [a, b])
        .fold(0xcbf2_9ce4_8422_2325, |hash, end| (hash ^ end as u64).wrapping_mul(0x0000_0100_0000_01b3))
}

fn triangles(graph: &Graph) -> usize {
    let mut corners = 0;
    for node in graph.node_indices() {
        let neighbours: Vec<_> = graph.neighbors(node).collect();
        corners += linked_pairs(graph, &neighbours);
    }
    corners / 3
}

fn linked_pairs(graph: &Graph, nodes: &[petgraph::graph::NodeIndex]) -> usize {
    all_pairs(nodes.len()).filter(|(a, b)| graph.contains_edge(nodes[*a], nodes[*b])).count()
}

/// The mean share of a node's neighbours that are linked with each other.
fn clustering(graph: &Graph) -> f64 {
    let shares = graph.node_indices().map(|node| {
        let neighbours: Vec<_> = graph.neighbors(node).collect();
        let pairs = neighbours.len() * (neighbours.len() - 1) / 2;
        linked_pairs(graph, &neighbours) as f64 / pairs.max(1) as f64
    });
    shares.sum::<f64>() / graph.node_count() as f64
}

/// The mean length of the shortest paths from some nodes to all others.
fn path_length(graph: &Graph) -> f64 {
    let starts = graph.node_indices().step_by(50);
    let lengths = starts.flat_map(|start| petgraph::algo::dijkstra(graph, start, None, |_| 1_usize).into_values());
    let lengths: Vec<_> = lengths.collect();
    lengths.iter().sum::<usize>() as f64 / lengths.len() as f64
}
