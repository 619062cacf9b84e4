//! The rate of pairs of `clique` and `ring` against a plain loop over the same items and against petgraph building
//! the same graph, as ratios of the median of interleaved repetitions.
#![allow(clippy::disallowed_methods, reason = "a benchmark measures the system itself")]

use std::env;
use std::hint::black_box;
use std::time::{Duration, Instant};

use cluster_topology as topology;
use petgraph::graph::{NodeIndex, UnGraph};

const REPETITIONS: usize = 101;

fn main() {
    // `cargo test --benches` runs this file too, without the flag.
    if !env::args().any(|argument| argument == "--bench") {
        return;
    }
    println!("| shape | pairs by | million pairs a second | time, plain loop = 1 |");
    println!("|---|---|--:|--:|");
    let clique: Vec<u64> = (0..2_000).collect();
    let pairs = topology::clique(&clique).count();
    compare(
        "clique of 2,000",
        pairs,
        &clique,
        &[
            ("plain double loop", clique_by_plain_loop),
            ("`topology::clique`, `for`", clique_by_for),
            ("`topology::clique`, `for_each`", clique_by_for_each),
            ("petgraph, graph built", clique_by_petgraph),
        ],
    );
    let ring: Vec<u64> = (0..1_000_000).collect();
    let pairs = topology::ring(&ring).count();
    compare(
        "ring of 1,000,000",
        pairs,
        &ring,
        &[
            ("plain loop", ring_by_plain_loop),
            ("`topology::ring`, `for`", ring_by_for),
            ("`topology::ring`, `for_each`", ring_by_for_each),
            ("petgraph, graph built", ring_by_petgraph),
        ],
    );
}

type Contender = (&'static str, fn(&[u64]));

/// Prints a row for each contender; the first is the measure of the others.
fn compare(shape: &str, pairs: usize, items: &[u64], contenders: &[Contender]) {
    let mut times = vec![Vec::with_capacity(REPETITIONS); contenders.len()];
    for _ in 0..REPETITIONS {
        for (times, (_, run)) in times.iter_mut().zip(contenders) {
            let start = Instant::now();
            run(black_box(items));
            times.push(start.elapsed());
        }
    }
    let medians: Vec<Duration> = times.into_iter().map(median).collect();
    for ((name, _), time) in contenders.iter().zip(&medians) {
        let rate = pairs as f64 / time.as_secs_f64() / 1e6;
        let ratio = time.as_secs_f64() / medians[0].as_secs_f64();
        println!("| {shape} | {name} | {rate:.0} | {ratio:.2} |");
    }
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times[times.len() / 2]
}

fn clique_by_plain_loop(items: &[u64]) {
    for first in 0..items.len() {
        for second in first + 1..items.len() {
            black_box((&items[first], &items[second]));
        }
    }
}

fn clique_by_for(items: &[u64]) {
    for pair in topology::clique(items) {
        black_box(pair);
    }
}

fn clique_by_for_each(items: &[u64]) {
    topology::clique(items).for_each(|pair| {
        black_box(pair);
    });
}

fn clique_by_petgraph(items: &[u64]) {
    let mut graph = nodes(items, items.len() * (items.len() - 1) / 2);
    for first in 0..items.len() {
        for second in first + 1..items.len() {
            graph.add_edge(NodeIndex::new(first), NodeIndex::new(second), ());
        }
    }
    black_box(graph);
}

fn ring_by_plain_loop(items: &[u64]) {
    for second in 1..items.len() {
        black_box((&items[second - 1], &items[second]));
    }
    black_box((&items[items.len() - 1], &items[0]));
}

fn ring_by_for(items: &[u64]) {
    for pair in topology::ring(items) {
        black_box(pair);
    }
}

fn ring_by_for_each(items: &[u64]) {
    topology::ring(items).for_each(|pair| {
        black_box(pair);
    });
}

fn ring_by_petgraph(items: &[u64]) {
    let mut graph = nodes(items, items.len());
    for first in 0..items.len() {
        let second = (first + 1) % items.len();
        graph.add_edge(NodeIndex::new(first), NodeIndex::new(second), ());
    }
    black_box(graph);
}

/// A graph of the items, with room for all its links.
fn nodes(items: &[u64], links: usize) -> UnGraph<u64, ()> {
    let mut graph = UnGraph::with_capacity(items.len(), links);
    for item in items {
        graph.add_node(*item);
    }
    graph
}
