//! Places for the vertices of a connected graph, by its form.

use super::form::{Form, Graph};
use super::geometry::{Half, Point};
use super::stress::stress;

/// The free space between two vertices.
const GAP: f64 = 40.0;
/// That between two vertices of a small circle, whose links cross it.
const WIDE_GAP: f64 = 66.0;
/// The most vertices of a small circle.
const SMALL: usize = 6;
/// The most vertices of a circle with wide gaps.
const LARGE: usize = 12;
/// How often those that are too close are pushed apart.
const PUSHES: usize = 60;
/// The longest row of a line; a longer one turns back.
const LONGEST_ROW: usize = 24;

pub(super) fn arrange(graph: &Graph, halves: &[Half]) -> Vec<Point> {
    let count = halves.len();
    match graph.form() {
        Form::Line(order) => line(&order, halves),
        Form::Ring(order) => circle(&order, halves, gap(count, GAP)),
        Form::Clique => circle(&(0..count).collect::<Vec<_>>(), halves, gap(count, WIDE_GAP)),
        Form::SmallWorld => circle(&(0..count).collect::<Vec<_>>(), halves, GAP / 2.0),
        Form::Star(hub) => around(hub, &(0..count).filter(|vertex| *vertex != hub).collect::<Vec<_>>(), halves),
        Form::Wheel(hub, rim) => around(hub, &rim, halves),
        Form::Tree => tree(graph, halves),
        Form::Grid(columns) | Form::Torus(columns) => grid(columns, halves),
        Form::Hypercube => hypercube(halves),
        Form::Bipartite(sides) => two_columns(&sides, halves),
        Form::Other => scattered(graph, halves),
    }
}

/// Without links: row by row, about as wide as high, or in one column.
pub(super) fn shelves(halves: &[Half], widest: f64) -> Vec<Point> {
    let mut points = Vec::with_capacity(halves.len());
    let (mut x, mut top, mut height) = (0.0, 0.0, 0.0_f64);
    for half in halves {
        if x > 0.0 && x + half.x * 2.0 > widest {
            (x, top, height) = (0.0, top + height + GAP, 0.0);
        }
        points.push(Point::new(x + half.x, top + half.y));
        x += half.x * 2.0 + GAP;
        height = height.max(half.y * 2.0);
    }
    points
}

pub(super) fn shelf_width(halves: &[Half]) -> f64 {
    let area: f64 = halves.iter().map(|half| (half.x * 2.0 + GAP) * (half.y * 2.0 + GAP)).sum();
    (area * 1.6).sqrt()
}

/// The largest of them.
pub(super) fn largest(halves: &[Half]) -> Half {
    halves.iter().fold(Point::ZERO, |most, half| Point::new(most.x.max(half.x), most.y.max(half.y)))
}

/// The radius at which so many of these fit on the share of a circle, in turns.
pub(super) fn radius(count: usize, half: Half, turns: f64) -> f64 {
    let gap = if count <= SMALL { WIDE_GAP } else { GAP };
    // Neighbours on a circle may stand in any direction of each other.
    let apart = (half * 2.0).length() + gap / 2.0;
    let step = turns / count as f64;
    let chord = Point::on_circle(step / 2.0).x * 2.0;
    // Two on opposite sides, or one.
    if step >= 0.5 { apart / 2.0 } else { apart / chord }
}

fn line(order: &[usize], halves: &[Half]) -> Vec<Point> {
    let mut points = vec![Point::ZERO; order.len()];
    let largest = largest(halves);
    if order.len() > LONGEST_ROW {
        for (position, vertex) in order.iter().enumerate() {
            let (row, column) = (position / LONGEST_ROW, position % LONGEST_ROW);
            let column = if row % 2 == 0 { column } else { LONGEST_ROW - 1 - column };
            points[*vertex] = cell(column, row, largest);
        }
        return points;
    }
    let mut x = 0.0;
    let mut before: Option<Half> = None;
    for vertex in order {
        let half = halves[*vertex];
        if let Some(before) = before {
            // The links between two high ones are many.
            x += WIDE_GAP + before.y.min(half.y) / 4.0;
        }
        points[*vertex] = Point::new(x + half.x, 0.0);
        x += half.x * 2.0;
        before = Some(half);
    }
    points
}

/// The gap on a circle of so many: this one, unless they are many.
fn gap(count: usize, wide: f64) -> f64 {
    if count <= LARGE { wide } else { GAP / 2.0 }
}

fn circle(order: &[usize], halves: &[Half], gap: f64) -> Vec<Point> {
    let points = unit_circle(order, halves.len());
    let scale = scale(&points, halves, gap);
    points.into_iter().map(|point| point * scale).collect()
}

/// One in the middle, the others around it.
fn around(hub: usize, others: &[usize], halves: &[Half]) -> Vec<Point> {
    let points = unit_circle(others, halves.len());
    let hub_and_others = halves.iter().enumerate().filter(|(vertex, _)| *vertex != hub).map(|(_, half)| *half);
    let largest = largest(&hub_and_others.collect::<Vec<_>>());
    let scale = scale(&points, halves, GAP).max(largest.x.max(largest.y) + halves[hub].x.max(halves[hub].y) + GAP);
    points.into_iter().map(|point| point * scale).collect()
}

/// A circle with a radius of 1; vertices that are not in the order are in its middle.
fn unit_circle(order: &[usize], count: usize) -> Vec<Point> {
    let mut points = vec![Point::ZERO; count];
    // Four are a square.
    let turn = if order.len() == 4 { -0.125 } else { 0.0 };
    for (position, vertex) in order.iter().enumerate() {
        points[*vertex] = Point::on_circle(position as f64 / order.len() as f64 + turn);
    }
    points
}

/// The least scale at which none of them covers another.
fn scale(points: &[Point], halves: &[Half], gap: f64) -> f64 {
    let mut scale = 0.0_f64;
    for (a, point) in points.iter().enumerate() {
        for (b, other) in points.iter().enumerate().skip(a + 1) {
            let away = *point - *other;
            let apart = halves[a] + halves[b] + Point::new(gap, gap);
            scale = scale.max((apart.x / away.x.abs().max(0.01)).min(apart.y / away.y.abs().max(0.01)));
        }
    }
    scale
}

fn tree(graph: &Graph, halves: &[Half]) -> Vec<Point> {
    let count = graph.count();
    // Breadth first from the first vertex: each with its parent.
    let mut order = vec![0];
    let mut parents = vec![usize::MAX; count];
    let mut levels = vec![0; count];
    for position in 0..count {
        let vertex = order[position];
        let parent = parents[vertex];
        for child in graph.neighbours(vertex).iter().copied().filter(|far| *far != parent) {
            parents[child] = vertex;
            levels[child] = levels[vertex] + 1;
            order.push(child);
        }
    }
    let largest = largest(halves);
    let mut widths = vec![0.0_f64; count];
    for vertex in order.iter().rev().copied() {
        widths[vertex] = widths[vertex].max(halves[vertex].x * 2.0 + GAP / 2.0);
        if vertex != 0 {
            widths[parents[vertex]] += widths[vertex];
        }
    }
    // The left edge of what is left of each one's share.
    let mut lefts = vec![0.0; count];
    let mut points = vec![Point::ZERO; count];
    for vertex in order {
        let mut left = 0.0;
        if vertex != 0 {
            let parent = parents[vertex];
            left = lefts[parent];
            lefts[parent] += widths[vertex];
        }
        lefts[vertex] = left;
        points[vertex] = Point::new(left + widths[vertex] / 2.0, levels[vertex] as f64 * (largest.y * 2.0 + GAP));
    }
    points
}

fn cell(column: usize, row: usize, half: Half) -> Point {
    Point::new(column as f64 * (half.x * 2.0 + GAP), row as f64 * (half.y * 2.0 + GAP))
}

fn grid(columns: usize, halves: &[Half]) -> Vec<Point> {
    let largest = largest(halves);
    (0..halves.len()).map(|index| cell(index % columns, index / columns, largest)).collect()
}

/// Each dimension has a direction: to the right, up, into the picture, and again on a larger scale.
fn hypercube(halves: &[Half]) -> Vec<Point> {
    let half = largest(halves);
    let (right, up) = ((half.x * 2.0 + GAP) * 1.6, (half.y * 2.0 + GAP) * 1.7);
    let directions = [Point::new(right, 0.0), Point::new(0.0, -up), Point::new(right * 0.45, -up * 0.5)];
    (0..halves.len())
        .map(|index| {
            let dimensions = (0..usize::BITS).filter(|bit| index >> bit & 1 == 1);
            dimensions.fold(Point::ZERO, |at, bit| {
                let scale = (0..bit / 3).fold(1.0, |scale, _| scale * 2.1);
                at + directions[bit as usize % 3] * scale
            })
        })
        .collect()
}

fn two_columns(sides: &[bool], halves: &[Half]) -> Vec<Point> {
    let largest = largest(halves);
    let far = sides.iter().filter(|far| **far).count();
    let counts = [sides.len() - far, far];
    let between = largest.x * 2.0 + WIDE_GAP + counts[0].max(counts[1]) as f64 * 12.0;
    let mut next = [0, 0];
    sides
        .iter()
        .map(|far| {
            let side = usize::from(*far);
            let row = next[side] as f64 - (counts[side] - 1) as f64 / 2.0;
            next[side] += 1;
            Point::new(side as f64 * between, row * (largest.y * 2.0 + GAP / 2.0))
        })
        .collect()
}

/// By the distances in the graph; those that would cover each other are pushed apart.
fn scattered(graph: &Graph, halves: &[Half]) -> Vec<Point> {
    let unit = largest(halves).length() + WIDE_GAP * 1.6;
    let mut points: Vec<Point> = stress(graph).into_iter().map(|point| point * unit).collect();
    for _ in 0..PUSHES {
        push_apart(&mut points, halves);
    }
    let scale = scale(&points, halves, GAP / 4.0).max(1.0);
    points.into_iter().map(|point| point * scale).collect()
}

/// Moves every two that are too close half of what they lack, each in the direction in which that is less.
fn push_apart(points: &mut [Point], halves: &[Half]) {
    for a in 0..points.len() {
        for b in a + 1..points.len() {
            let away = points[b] - points[a];
            let apart = halves[a] + halves[b] + Point::new(GAP / 2.0, GAP / 2.0);
            let (x, y) = (apart.x - away.x.abs(), apart.y - away.y.abs());
            if x <= 0.0 || y <= 0.0 {
                continue;
            }
            let push = match x < y {
                true => Point::new((x / 2.0).copysign(away.x), 0.0),
                false => Point::new(0.0, (y / 2.0).copysign(away.y)),
            };
            points[a] = points[a] - push;
            points[b] = points[b] + push;
        }
    }
}
