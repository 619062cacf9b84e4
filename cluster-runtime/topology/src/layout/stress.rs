//! Places for a graph without a known form: the distances in the picture follow those in the graph.

use std::collections::VecDeque;

use super::form::Graph;
use super::geometry::Point;

const ROUNDS: usize = 150;

/// Stress majorization (Gansner, Koren and North, "Graph drawing by stress majorization", 2004), vertex by vertex, from a
/// circle on. Neighbours are about 1 apart.
pub(super) fn stress(graph: &Graph) -> Vec<Point> {
    let count = graph.count();
    let distances: Vec<Vec<f64>> = (0..count).map(|start| distances(graph, start)).collect();
    let radius = count as f64 / 6.0;
    let mut points: Vec<Point> =
        (0..count).map(|vertex| Point::on_circle(vertex as f64 / count as f64) * radius).collect();
    for _ in 0..ROUNDS {
        for vertex in 0..count {
            points[vertex] = best(vertex, &points, &distances[vertex]);
        }
    }
    points
}

/// Where a vertex has the least stress while all the others stay.
fn best(vertex: usize, points: &[Point], distances: &[f64]) -> Point {
    let at = points[vertex];
    let mut sum = Point::ZERO;
    let mut weights = 0.0;
    for (other, point) in points.iter().enumerate().filter(|(other, _)| *other != vertex) {
        let away = at - *point;
        let weight = 1.0 / (distances[other] * distances[other]);
        sum = sum + (*point + away * (distances[other] / away.length().max(0.01))) * weight;
        weights += weight;
    }
    sum * (1.0 / weights)
}

fn distances(graph: &Graph, start: usize) -> Vec<f64> {
    let mut distances = vec![0.0; graph.count()];
    let mut seen = vec![false; graph.count()];
    seen[start] = true;
    let mut queue = VecDeque::from([start]);
    while let Some(vertex) = queue.pop_front() {
        for far in graph.neighbours(vertex).iter().copied() {
            if !std::mem::replace(&mut seen[far], true) {
                distances[far] = distances[vertex] + 1.0;
                queue.push_back(far);
            }
        }
    }
    distances
}
