//! The rate of pairs of every topology, and the memory that they take, beside petgraph, petgraph-gen and
//! rustworkx-core in one run: the median of interleaved repetitions.
//!
//! The others build a graph. What that adds is shown by a row in which petgraph builds one of our pairs.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use cluster_topology::{self as topology, ShapeError};
use peak_alloc::PeakAlloc;
use petgraph::graph::{NodeIndex, UnGraph};
use petgraph_gen::rand::SeedableRng;
use petgraph_gen::rand::rngs::SmallRng;
use rustworkx_core::generators;

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

const REPETITIONS: usize = 11;
const SEED: u64 = 7;

type Graph = UnGraph<(), ()>;
type Contender<'a> = (&'static str, Box<dyn Fn() + 'a>);

fn main() -> Result<(), ShapeError> {
    // `cargo test --benches` runs this file too, without the flag.
    if !env::args().any(|argument| argument == "--bench") {
        return Ok(());
    }
    println!("| topology | by | million pairs a second | time, `for_each` = 1 | peak memory, MiB |");
    println!("|---|---|--:|--:|--:|");
    clique();
    ring();
    star();
    tree()?;
    grid()?;
    torus()?;
    hypercube()?;
    wheel()?;
    random_regular()?;
    gnp()?;
    small_world()?;
    scale_free()
}

fn clique() {
    let nodes: Vec<usize> = (0..2_000).collect();
    let pairs = || topology::clique(&nodes);
    let mut contenders = ours(|| Ok(pairs()), nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), pairs().count(), |link| {
            for first in 0..2_000 {
                for second in first + 1..2_000 {
                    link(first, second);
                }
            }
        }),
    ));
    contenders.push(("petgraph-gen", graph(|| petgraph_gen::complete_graph(2_000))));
    contenders.push(("rustworkx-core", graph(|| known(generators::complete_graph(Some(2_000), None, || (), || ())))));
    compare("clique of 2,000", pairs().count(), &contenders);
}

fn ring() {
    let nodes: Vec<usize> = (0..1_000_000).collect();
    let mut contenders = ours(|| Ok(topology::ring(&nodes)), nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), nodes.len(), |link| {
            for second in 1..1_000_000 {
                link(second - 1, second);
            }
            link(999_999, 0);
        }),
    ));
    contenders
        .push(("rustworkx-core", graph(|| known(generators::cycle_graph(Some(1_000_000), None, || (), || (), false)))));
    compare("ring of 1,000,000", nodes.len(), &contenders);
}

fn star() {
    let nodes: Vec<usize> = (0..1_000_000).collect();
    let mut contenders = ours(|| Ok(topology::star(&nodes[0], &nodes[1..])), nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), nodes.len(), |link| {
            for other in 1..1_000_000 {
                link(0, other);
            }
        }),
    ));
    contenders.push(("petgraph-gen", graph(|| petgraph_gen::star_graph(1_000_000))));
    contenders.push((
        "rustworkx-core",
        graph(|| known(generators::star_graph(Some(1_000_000), None, || (), || (), false, false))),
    ));
    compare("star of 1,000,000", nodes.len() - 1, &contenders);
}

fn tree() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..1_000_000).collect();
    let pairs = || topology::tree(&nodes, 3);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), links, |link| {
            for child in 1..1_000_000 {
                link((child - 1) / 3, child);
            }
        }),
    ));
    contenders
        .push(("rustworkx-core", graph(|| known(generators::full_rary_tree_graph(3, 1_000_000, None, || (), || ())))));
    compare("tree of 1,000,000, arity 3", links, &contenders);
    Ok(())
}

fn grid() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..1_000_000).collect();
    let pairs = || topology::grid(&nodes, 1_000);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), links, |link| {
            for row in 0..1_000 {
                for column in 0..1_000 {
                    let node = row * 1_000 + column;
                    if column < 999 {
                        link(node, node + 1);
                    }
                    if row < 999 {
                        link(node, node + 1_000);
                    }
                }
            }
        }),
    ));
    contenders.push((
        "rustworkx-core",
        graph(|| known(generators::grid_graph(Some(1_000), Some(1_000), None, || (), || (), false))),
    ));
    compare("grid of 1,000 by 1,000", links, &contenders);
    Ok(())
}

fn torus() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..1_000_000).collect();
    let pairs = || topology::torus(&nodes, 1_000);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), links, |link| {
            for row in 0..1_000 {
                for column in 0..1_000 {
                    let node = row * 1_000 + column;
                    link(node, row * 1_000 + (column + 1) % 1_000);
                    link(node, (row + 1) % 1_000 * 1_000 + column);
                }
            }
        }),
    ));
    compare("torus of 1,000 by 1,000", links, &contenders);
    Ok(())
}

fn hypercube() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..1 << 17).collect();
    let pairs = || topology::hypercube(&nodes);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), links, |link| {
            for node in 0..1_usize << 17 {
                for digit in (0..17).map(|digit| 1 << digit).filter(|digit| node & digit == 0) {
                    link(node, node | digit);
                }
            }
        }),
    ));
    compare("hypercube of 17 dimensions", links, &contenders);
    Ok(())
}

fn wheel() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..1_000_000).collect();
    let pairs = || topology::wheel(&nodes);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph",
        build(nodes.len(), links, |link| {
            for other in 1..1_000_000 {
                link(0, other);
                link(other, if other < 999_999 { other + 1 } else { 1 });
            }
        }),
    ));
    compare("wheel of 1,000,000", links, &contenders);
    Ok(())
}

fn random_regular() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..100_000).collect();
    let pairs = || topology::random_regular(&nodes, 4, SEED);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "rustworkx-core",
        graph(|| known(generators::random_regular_graph(100_000, 4, Some(SEED), || (), || ()))),
    ));
    compare("random_regular of 100,000, degree 4", links, &contenders);
    Ok(())
}

fn gnp() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..10_000).collect();
    let pairs = || topology::gnp(&nodes, 0.002, SEED);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph-gen",
        graph(|| petgraph_gen::random_gnp_graph(&mut SmallRng::seed_from_u64(SEED), 10_000, 0.002)),
    ));
    contenders.push((
        "rustworkx-core",
        graph(|| known(generators::gnp_random_graph(10_000, 0.002, Some(SEED), || (), || ()))),
    ));
    compare("gnp of 10,000, probability 0.002", links, &contenders);
    Ok(())
}

fn small_world() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..100_000).collect();
    let pairs = || topology::small_world(&nodes, 10, 0.1, SEED);
    let links = pairs()?.count();
    compare("small_world of 100,000, 10 neighbours, probability 0.1", links, &ours(pairs, nodes.len()));
    Ok(())
}

fn scale_free() -> Result<(), ShapeError> {
    let nodes: Vec<usize> = (0..100_000).collect();
    let pairs = || topology::scale_free(&nodes, 3, SEED);
    let links = pairs()?.count();
    let mut contenders = ours(pairs, nodes.len());
    contenders.push((
        "petgraph-gen",
        graph(|| petgraph_gen::barabasi_albert_graph(&mut SmallRng::seed_from_u64(SEED), 100_000, 3, None)),
    ));
    contenders.push((
        "rustworkx-core",
        graph(|| known(generators::barabasi_albert_graph(100_000, 3, Some(SEED), None, || (), || ()))),
    ));
    compare("scale_free of 100,000, 3 links", links, &contenders);
    Ok(())
}

/// The pairs from their construction on: walked inside, walked outside, and made a graph.
fn ours<'a, I>(pairs: impl Fn() -> Result<I, ShapeError> + Copy + 'a, count: usize) -> Vec<Contender<'a>>
where
    I: Iterator<Item = (&'a usize, &'a usize)>,
{
    vec![
        (
            "`for_each`",
            Box::new(move || {
                known(pairs()).for_each(|pair| {
                    black_box(pair);
                });
            }),
        ),
        (
            "`for`",
            Box::new(move || {
                for pair in known(pairs()) {
                    black_box(pair);
                }
            }),
        ),
        (
            "`for_each`, petgraph's graph built",
            Box::new(move || {
                let pairs = known(pairs());
                let mut graph = empty(count, pairs.size_hint().0);
                pairs.for_each(|(a, b)| {
                    graph.add_edge(NodeIndex::new(*a), NodeIndex::new(*b), ());
                });
                black_box(graph);
            }),
        ),
    ]
}

fn build<'a>(count: usize, links: usize, all: impl Fn(&mut dyn FnMut(usize, usize)) + 'a) -> Box<dyn Fn() + 'a> {
    Box::new(move || {
        let mut graph = empty(count, links);
        all(&mut |a, b| {
            graph.add_edge(NodeIndex::new(a), NodeIndex::new(b), ());
        });
        black_box(graph);
    })
}

fn graph<'a>(generate: impl Fn() -> Graph + 'a) -> Box<dyn Fn() + 'a> {
    Box::new(move || {
        black_box(generate());
    })
}

/// A graph without links, with room for this number.
fn empty(count: usize, links: usize) -> Graph {
    let mut graph = Graph::with_capacity(count, links);
    for _ in 0..count {
        graph.add_node(());
    }
    graph
}

fn known<T, E: std::fmt::Debug>(result: Result<T, E>) -> T {
    result.expect("the parameters fit")
}

/// Prints a row for each contender; the first is the measure of the others.
fn compare(topology: &str, pairs: usize, contenders: &[Contender]) {
    let peaks: Vec<f32> = contenders.iter().map(|(_, run)| peak(run)).collect();
    let mut times = vec![Vec::with_capacity(REPETITIONS); contenders.len()];
    for _ in 0..REPETITIONS {
        for (times, (_, run)) in times.iter_mut().zip(contenders) {
            let start = Instant::now();
            run();
            times.push(start.elapsed());
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for (((name, _), time), peak) in contenders.iter().zip(&medians).zip(peaks) {
        let rate = pairs as f64 / time.as_secs_f64() / 1e6;
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("| {topology} | {name} | {rate:.1} | {ratio:.2} | {peak:.1} |");
    }
}

/// The most memory that was in use at once, beyond what was before, in MiB.
fn peak(run: &dyn Fn()) -> f32 {
    let before = MEMORY.current_usage_as_mb();
    MEMORY.reset_peak_usage();
    run();
    MEMORY.peak_usage_as_mb() - before
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}
