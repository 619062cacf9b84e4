//! The ways of links, around symbols that they do not belong to.

use std::collections::BTreeMap;

use super::geometry::{Bounds, Point, along};
use super::picture::{LinkState, Route};
use super::scene::{Scene, bounds};
use super::subject::{Drawn, Subject};

/// How far a way is bent, in pixels, in the order in which it is tried.
const BENDS: [f64; 14] =
    [22.0, -22.0, 36.0, -36.0, 52.0, -52.0, 76.0, -76.0, 110.0, -110.0, 160.0, -160.0, 230.0, -230.0];
/// How many points of a way are looked at.
const STEPS: u32 = 32;
/// The space between a way and a symbol.
const SPACE: f64 = 3.0;

pub(super) fn routes(scene: &Scene, subject: &Subject) -> Vec<Route> {
    let mut symbol_of = vec![0; subject.names.len()];
    for (index, symbol) in scene.symbols.iter().enumerate() {
        symbol.nodes.iter().for_each(|node| symbol_of[*node] = index);
    }
    let mut merged: BTreeMap<((usize, usize), LinkState), Vec<&Drawn>> = BTreeMap::new();
    for link in &subject.links {
        let (a, b) = (symbol_of[link.ends.0], symbol_of[link.ends.1]);
        merged.entry(((a.min(b), a.max(b)), link.state)).or_default().push(link);
    }
    let obstacles: Vec<Bounds> = scene
        .symbols
        .iter()
        .map(|symbol| {
            let bounds = bounds(symbol);
            let space = Point::new(SPACE, SPACE);
            Bounds { low: bounds.low - space, high: bounds.high + space }
        })
        .collect();
    let mut before = None;
    let mut parallel = 0;
    merged
        .into_iter()
        .map(|((ends, state), links)| {
            // The routes between the same symbols are next to each other.
            parallel = if before.replace(ends) == Some(ends) { parallel + 1 } else { 0 };
            let first = |link: &&Drawn| symbol_of[link.ends.0] == ends.0;
            let one_way = links.iter().all(|link| link.one_way);
            let forward = links.iter().all(first);
            let backward = !forward && !links.iter().any(first);
            let one_way = one_way && ends.0 != ends.1 && (forward || backward);
            let path = path(scene, &obstacles, ends, parallel);
            let (symbols, path) = match one_way && backward {
                true => ((ends.1, ends.0), path.into_iter().rev().collect()),
                false => (ends, path),
            };
            Route { symbols, links: links.iter().map(|link| link.ends).collect(), one_way, state, path }
        })
        .collect()
}

/// The straight line, or else the first bend that passes the fewest symbols.
fn path(scene: &Scene, obstacles: &[Bounds], (a, b): (usize, usize), parallel: usize) -> Vec<Point> {
    let (start, end) = (scene.symbols[a].center, scene.symbols[b].center);
    if a == b {
        return ear(start, scene.symbols[a].width, scene.symbols[a].height, parallel);
    }
    let near: Vec<&Bounds> =
        obstacles.iter().enumerate().filter(|(index, _)| ![a, b].contains(index)).map(|(_, of)| of).collect();
    let passed = |path: &[Point]| {
        let points: Vec<Point> = (1..STEPS).map(|step| along(path, f64::from(step) / f64::from(STEPS))).collect();
        near.iter().filter(|bounds| points.iter().any(|point| bounds.contains(*point))).count()
    };
    let away = end - start;
    let across = Point::new(away.y, -away.x) * (1.0 / away.length().max(1.0));
    let mut best = match parallel {
        0 => vec![start, end],
        _ => bend(start, end, across, BENDS[parallel - 1]),
    };
    let mut fewest = passed(&best);
    for amount in BENDS.into_iter().skip(parallel) {
        if fewest == 0 {
            break;
        }
        let bent = bend(start, end, across, amount);
        let passed = passed(&bent);
        if passed < fewest {
            (best, fewest) = (bent, passed);
        }
    }
    best
}

fn bend(start: Point, end: Point, across: Point, amount: f64) -> Vec<Point> {
    let aside = across * (amount * 4.0 / 3.0);
    let inwards = (end - start) * 0.15;
    vec![start, start + inwards + aside, end - inwards + aside, end]
}

/// From a symbol to itself.
fn ear(center: Point, width: f64, height: f64, parallel: usize) -> Vec<Point> {
    let reach = 34.0 + 16.0 * parallel as f64;
    let (top, side) = (center.y - height / 2.0, width / 4.0);
    let at = |x: f64, y: f64| Point::new(center.x + x, y);
    vec![at(-side, top), at(-side, top - reach), at(side, top - reach), at(side, top)]
}
