//! Topologies as pictures: where nodes and links are, and what the file says of them.
#![allow(clippy::disallowed_methods, reason = "it takes the time of a drawing")]

mod shapes;

use std::time::{Duration, Instant};

use cluster_topology::{Family, Layout, LinkState, Point, Symbol, Topology, index, member_name};
use shapes::{card, family, group, linked, observed_card, regions};

fn symbol<'a>(layout: &'a Layout, name: &str) -> &'a Symbol {
    layout.symbols.iter().find(|symbol| symbol.name == name).expect("it is drawn")
}

fn centers(layout: &Layout) -> Vec<Point> {
    layout.symbols.iter().map(|symbol| symbol.center).collect()
}

fn distance(a: Point, b: Point) -> f64 {
    (a.x - b.x).hypot(a.y - b.y)
}

fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() < 0.01
}

/// Whether these points have the same distance to this one.
fn are_around(points: &[Point], center: Point) -> bool {
    points.iter().all(|point| is_near(distance(*point, center), distance(points[0], center)))
}

fn middle(points: &[Point]) -> Point {
    let mut middle = points[0];
    middle.x = points.iter().map(|point| point.x).sum::<f64>() / points.len() as f64;
    middle.y = points.iter().map(|point| point.y).sum::<f64>() / points.len() as f64;
    middle
}

fn assert_no_overlap(layout: &Layout) {
    for (index, a) in layout.symbols.iter().enumerate() {
        for b in &layout.symbols[index + 1..] {
            let is_beside = (a.center.x - b.center.x).abs() >= (a.width + b.width) / 2.0;
            let is_above = (a.center.y - b.center.y).abs() >= (a.height + b.height) / 2.0;
            assert!(is_beside || is_above, "`{}` covers `{}`", a.name, b.name);
        }
    }
}

#[test]
fn a_ring_and_a_clique_are_circles() {
    for network in [group(9, index::ring(9)), group(9, index::clique(9))] {
        let centers = centers(&network.layout());
        assert!(are_around(&centers, middle(&centers)), "{centers:?}");
    }
}

#[test]
fn a_ring_is_a_circle_in_any_order_of_its_nodes() {
    let order = [0, 3, 1, 4, 2];
    let layout = group(5, index::ring(5).map(|(a, b)| (order[a], order[b]))).layout();
    let centers = centers(&layout);
    assert!(are_around(&centers, middle(&centers)));
    let sides: Vec<f64> = index::ring(5).map(|(a, b)| distance(centers[order[a]], centers[order[b]])).collect();
    assert!(sides.iter().all(|side| is_near(*side, sides[0])), "{sides:?}");
}

#[test]
fn a_star_is_a_circle_around_its_hub() {
    let layout = linked(&[("hub", 0), ("leaves", 6)], (1..7).map(|leaf| (0, leaf))).layout();
    assert!(are_around(&centers(&layout)[1..], symbol(&layout, "hub").center));
}

#[test]
fn a_wheel_is_a_circle_around_its_hub_whether_the_hub_is_in_the_group_or_not() {
    let in_group = family(7, Family::Wheel).layout();
    assert!(are_around(&centers(&in_group)[1..], centers(&in_group)[0]));
    let rim = index::ring(6).map(|(a, b)| (a + 1, b + 1));
    let beside = linked(&[("hub", 0), ("rim", 6)], rim.chain((1..7).map(|rim| (0, rim)))).layout();
    assert!(are_around(&centers(&beside)[1..], centers(&beside)[0]));
}

#[test]
fn a_line_is_a_row() {
    let centers = centers(&group(5, index::line(5)).layout());
    assert!(centers.windows(2).all(|pair| pair[0].x < pair[1].x && is_near(pair[0].y, pair[1].y)), "{centers:?}");
}

#[test]
fn a_grid_and_a_torus_have_rows_and_columns() {
    for layout in [family(12, Family::Grid { columns: 4 }).layout(), family(12, Family::Torus { columns: 4 }).layout()]
    {
        let centers = centers(&layout);
        for index in 0..12 {
            assert!(is_near(centers[index].x, centers[index % 4].x), "column of {index}");
            assert!(is_near(centers[index].y, centers[index / 4 * 4].y), "row of {index}");
        }
    }
}

#[test]
fn the_closing_links_of_a_torus_are_curves() {
    let layout = family(12, Family::Torus { columns: 4 }).layout();
    let curves: Vec<_> =
        layout.routes.iter().filter(|route| route.path.len() == 4).map(|route| route.links[0]).collect();
    assert_eq!(curves, [(0, 3), (0, 8), (1, 9), (2, 10), (3, 11), (4, 7), (8, 11)]);
}

#[test]
fn a_tree_has_layers() {
    let layout = family(7, Family::Tree { arity: 2 }).layout();
    let heights: Vec<f64> = centers(&layout).iter().map(|center| center.y).collect();
    assert!(heights[0] < heights[1] && heights[1] < heights[3], "{heights:?}");
    assert!(is_near(heights[1], heights[2]) && heights[3..].iter().all(|y| is_near(*y, heights[3])), "{heights:?}");
}

#[test]
fn a_hypercube_has_parallel_edges() {
    let centers = centers(&family(8, Family::Hypercube).layout());
    let edge = |a: usize, b: usize| (centers[b].x - centers[a].x, centers[b].y - centers[a].y);
    for dimension in [1, 2, 4] {
        let edges: Vec<_> =
            (0..8).filter(|index| index & dimension == 0).map(|index| edge(index, index + dimension)).collect();
        assert!(edges.iter().all(|(x, y)| is_near(*x, edges[0].0) && is_near(*y, edges[0].1)), "{edges:?}");
    }
}

#[test]
fn two_groups_that_are_connected_are_two_columns() {
    let layout = linked(&[("a", 3), ("b", 4)], index::connect(3, 4).map(|(a, b)| (a, b + 3))).layout();
    let centers = centers(&layout);
    assert!(centers[..3].iter().all(|center| is_near(center.x, centers[0].x)));
    assert!(centers[3..].iter().all(|center| is_near(center.x, centers[3].x) && center.x > centers[0].x));
}

#[test]
fn clusters_of_clusters_are_frames_that_hold_their_nodes() {
    let layout = regions().layout();
    let names: Vec<_> = layout.frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names.len(), 3);
    for symbol in &layout.symbols {
        let inside = layout.frames.iter().filter(|frame| {
            let (x, y) = (symbol.center.x - frame.corner.x, symbol.center.y - frame.corner.y);
            0.0 < x && x < frame.width && 0.0 < y && y < frame.height
        });
        let inside: Vec<_> = inside.map(|frame| frame.name.as_str()).collect();
        assert_eq!(inside, [&symbol.name[..8]], "the frames around `{}`", symbol.name);
    }
}

#[test]
fn a_label_is_what_the_frame_does_not_say() {
    let layout = regions().layout();
    assert_eq!(symbol(&layout, "region.2.n.3").label, "n.3");
    assert_eq!(symbol(&card().layout(), "leaves.5").label, "leaves.5");
}

#[test]
fn no_node_covers_another() {
    let random = Family::Gnp { probability: 0.1, seed: Some(7), connected: false };
    let scale_free = Family::ScaleFree { links: 1, seed: Some(7), connected: false };
    for layout in [
        card().layout(),
        regions().layout(),
        family(60, random).layout(),
        family(60, scale_free).layout(),
        group(40, []).layout(),
    ] {
        assert_no_overlap(&layout);
    }
}

#[test]
fn the_leaves_of_a_hub_turn_away_from_its_other_links() {
    let layout = card().layout();
    let k = symbol(&layout, "k.1").center.x;
    for leaf in 1..=5 {
        assert!(symbol(&layout, &member_name("leaves", leaf - 1)).center.x < k);
    }
    assert!(layout.routes.iter().all(|route| route.path.len() == 2), "all links of the card are straight");
}

#[test]
fn a_layout_is_within_its_size() {
    for layout in [card().layout(), regions().layout(), family(12, Family::Torus { columns: 4 }).layout()] {
        for symbol in &layout.symbols {
            assert!(
                symbol.center.x - symbol.width / 2.0 >= 0.0 && symbol.center.x + symbol.width / 2.0 <= layout.width
            );
            assert!(
                symbol.center.y - symbol.height / 2.0 >= 0.0 && symbol.center.y + symbol.height / 2.0 <= layout.height
            );
        }
    }
}

#[test]
fn large_groups_are_one_symbol_with_their_count() {
    let star = (1..=9_000).map(|leaf| (0, leaf));
    let ring = index::ring(999).map(|(a, b)| (a + 9_001, b + 9_001));
    let topology = linked(&[("center", 0), ("leaves", 9_000), ("k", 999)], star.chain(ring).chain([(0, 9_001)]));
    let layout = topology.layout();
    let labels: Vec<_> = layout.symbols.iter().map(|symbol| (symbol.label.as_str(), symbol.shape)).collect();
    assert_eq!(labels, [("center", ""), ("leaves × 9,000", ""), ("k × 999", "ring")]);
    let links: usize = layout.routes.iter().map(|route| route.links.len()).sum();
    assert_eq!(links, topology.links().len(), "no link is lost");
}

#[test]
fn clusters_are_equal_in_size_when_they_are_equal_in_nodes() {
    let names = (1..=3).flat_map(|region| {
        (1..=100).map(move |n| format!("region.{region}.n.{n}")).chain([format!("region.{region}.gw")])
    });
    let layout = Topology::new(names).layout();
    let labels: Vec<_> = layout.symbols.iter().map(|symbol| symbol.label.as_str()).collect();
    assert_eq!(labels, ["n × 100", "gw", "n × 100", "gw", "n × 100", "gw"]);
    assert_eq!(layout.frames.len(), 3);
}

#[test]
fn many_clusters_are_one_symbol() {
    let names = (1..=1_000).flat_map(|region| (1..=9).map(move |n| format!("region.{region}.n.{n}")));
    let layout = Topology::new(names.chain(["observer".to_owned()])).layout();
    let labels: Vec<_> = layout.symbols.iter().map(|symbol| symbol.label.as_str()).collect();
    assert_eq!(labels, ["region × 1,000, 9,000 nodes", "observer"]);
}

#[test]
fn ten_thousand_nodes_are_drawn_in_a_second() {
    let group = |name: &str| (0..3_333).map(|index| member_name(name, index)).collect::<Vec<_>>();
    let mut topology = Topology::new([vec!["center".to_owned()], group("a"), group("b"), group("c")].concat());
    let random = Family::RandomRegular { degree: 4, seed: Some(7), connected: true };
    let random = random.pairs(9_999).expect("the parameters fit").map(|(a, b)| (a + 1, b + 1));
    random.chain((1..10_000).map(|node| (0, node))).try_for_each(|(a, b)| topology.link(a, b)).expect("they are there");
    let start = Instant::now();
    let svg = topology.to_svg();
    let took = start.elapsed();
    assert!(took < Duration::from_secs(1), "it took {took:?}");
    assert!(svg.len() < 20_000, "it has {} bytes", svg.len());
}

#[test]
fn names_without_groups_are_drawn_too() {
    let layout = Topology::new((0..10_000).map(|node| format!("n{node}"))).layout();
    let labels: Vec<_> = layout.symbols.iter().map(|symbol| symbol.label.as_str()).collect();
    assert_eq!(labels, ["10,000 nodes"]);
}

#[test]
fn strange_names_are_drawn() {
    let names = ["", ".", "..", "a", "a", "a.1", "a.1.1", "1", "2.3", "é.œ", &"x.".repeat(10_000), "<&\">\n\0"];
    let topology = Topology::new(names);
    let mut nodes: Vec<usize> = topology.layout().symbols.into_iter().flat_map(|symbol| symbol.nodes).collect();
    nodes.sort_unstable();
    assert_eq!(nodes, (0..names.len()).collect::<Vec<_>>(), "each node is drawn once");
    let svg = topology.to_svg();
    assert!(svg.contains("&lt;&amp;&quot;&gt;\u{fffd}\u{fffd}</title>"), "{svg}");
}

/// Numbers that look random (a linear congruential generator).
fn numbers() -> impl FnMut(usize) -> usize {
    let mut state = 7_u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    }
}

#[test]
fn whatever_the_names_and_the_links_each_node_is_drawn_once_and_covers_no_other() {
    let mut number = numbers();
    for _ in 0..300 {
        let count = number(40) + 1;
        let mut name =
            || (0..=number(4)).map(|_| ["a", "b", "1", "2", "3", ""][number(6)]).collect::<Vec<_>>().join(".");
        let mut topology = Topology::new((0..count).map(|_| name()).collect::<Vec<_>>());
        for _ in 0..number(3 * count) {
            // A link of a node with itself is refused.
            let _ = topology.link(number(count), number(count));
        }
        let layout = topology.layout();
        assert_no_overlap(&layout);
        let mut nodes: Vec<usize> = layout.symbols.into_iter().flat_map(|symbol| symbol.nodes).collect();
        nodes.sort_unstable();
        assert!(nodes.into_iter().eq(0..count), "each node is drawn once");
    }
}

#[test]
fn a_topology_without_nodes_is_drawn() {
    let svg = Topology::new([""; 0]).to_svg();
    assert!(svg.contains("aria-label=\"0 nodes, 0 links\""), "{svg}");
}

#[test]
fn the_same_topology_has_the_same_picture() {
    let mut backwards = Topology::new(card().nodes());
    let links: Vec<_> = card().links().map(|link| link.indices()).collect();
    links.into_iter().rev().try_for_each(|(a, b)| backwards.link(b, a)).expect("they are there");
    assert_eq!(card().to_svg(), backwards.to_svg());
}

#[test]
fn a_one_way_link_is_an_arrow_from_the_node_that_dials() {
    let mut topology = Topology::new(["a", "b"]);
    topology.link_one_way(1, 0).expect("they are there");
    let route = &topology.layout().routes[0];
    assert_eq!((route.symbols, route.one_way), ((1, 0), true));
    let svg = topology.to_svg();
    assert!(svg.contains("<title>b -&gt; a</title>") && svg.contains("<polygon"), "{svg}");
}

#[test]
fn every_node_and_link_has_a_title() {
    let svg = card().to_svg();
    assert_eq!(svg.matches("<title>").count(), 10 + 15, "{svg}");
    assert!(svg.contains("<title>leaves.5</title>") && svg.contains("<title>center - k.4</title>"), "{svg}");
}

#[test]
fn a_picture_is_one_block_of_markdown() {
    let svg = regions().to_svg();
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n") && !svg.contains("\n\n"), "{svg}");
}

#[test]
fn a_picture_of_two_tells_what_is_missing_and_what_is_undeclared() {
    let declared = linked(&[("k", 3)], [(0, 1), (1, 2)]);
    let observed = linked(&[("k", 3)], [(0, 1), (0, 2)]);
    let states: Vec<_> =
        declared.layout_with(&observed).routes.into_iter().map(|route| (route.links[0], route.state)).collect();
    assert_eq!(states, [((0, 1), LinkState::Up), ((0, 2), LinkState::Undeclared), ((1, 2), LinkState::Missing)]);
    let svg = declared.to_svg_with(&observed);
    for row in ["declared and up: 1", "declared, missing: 1", "undeclared: 1"] {
        assert!(svg.contains(row), "{row} in {svg}");
    }
}

#[test]
fn what_is_observed_moves_no_node_that_is_declared() {
    assert_eq!(centers(&card().layout_with(&observed_card())), centers(&card().layout()));
}

#[test]
fn a_node_that_only_one_of_two_has_is_drawn() {
    let declared = Topology::new(["a", "b"]);
    let mut observed = Topology::new(["late", "b"]);
    observed.link(0, 1).expect("they are there");
    let layout = declared.layout_with(&observed);
    let names: Vec<_> = layout.symbols.iter().map(|symbol| symbol.name.as_str()).collect();
    assert_eq!(names, ["a", "b", "late"]);
    assert_eq!(layout.routes[0].links, [(2, 1)]);
    assert!(declared.to_svg_with(&observed).contains("<title>late - b: undeclared</title>"));
}

#[test]
fn links_that_are_missing_within_a_large_group_are_told() {
    let declared = linked(&[("k", 500)], index::ring(500));
    let observed = linked(&[("k", 500)], index::line(500));
    let svg = declared.to_svg_with(&observed);
    assert!(svg.contains("<title>k.1 - k.500: missing</title>"), "{svg}");
    assert!(svg.contains("declared, missing: 1"), "{svg}");
}
