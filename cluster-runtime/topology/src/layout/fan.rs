//! Turns the nodes around a hub away from its other links.

use super::block::{Block, Content};
use super::geometry::Point;
use super::outline::Outline;

/// The least share of a circle between a fan and another link, at either side.
const APART: f64 = 0.1;
/// The share that a fan takes at least, as its radius is computed for it.
const LEAST: f64 = 0.6;

pub(super) fn turn(root: &mut Block, outline: &Outline) {
    let mut points = vec![Point::ZERO; outline.neighbours.len()];
    note(root, Point::ZERO, &mut points);
    turn_within(root, Point::ZERO, &points, outline);
}

/// Notes where the nodes are.
fn note(block: &Block, around: Point, points: &mut [Point]) {
    let at = around + block.at;
    match &block.content {
        Content::Symbol(seed) => seed.nodes.iter().for_each(|node| points[*node] = at),
        Content::Blocks { blocks, .. } => blocks.iter().for_each(|block| note(block, at, points)),
    }
}

fn turn_within(block: &mut Block, around: Point, points: &[Point], outline: &Outline) {
    let at = around + block.at;
    let own = block.nodes();
    let Content::Blocks { blocks, is_fan, .. } = &mut block.content else { return };
    if *is_fan {
        let (hub, leaves) = blocks.split_at_mut(1);
        let far =
            hub[0].nodes().into_iter().flat_map(|node| &outline.neighbours[node]).filter(|far| !own.contains(far));
        let mut others: Vec<f64> = far.map(|far| (points[*far] - at).turns()).collect();
        others.sort_by(f64::total_cmp);
        spread(leaves, &others);
    }
    blocks.iter_mut().for_each(|block| turn_within(block, at, points, outline));
}

/// Spreads the leaves over the greatest gap between the directions of the other links.
fn spread(leaves: &mut [Block], others: &[f64]) {
    let (Some(first), Some(last)) = (others.first(), others.last()) else { return };
    let next = others.iter().copied().skip(1).chain([first + 1.0]);
    let gaps = others.iter().copied().zip(next).map(|(start, end)| (start, end - start));
    let (start, gap) = gaps.fold((*last, 0.0), |best, gap| if gap.1 > best.1 + 1e-9 { gap } else { best });
    let share = (gap - 2.0 * APART).max(LEAST);
    let count = leaves.len() as f64;
    for (position, leaf) in leaves.iter_mut().enumerate() {
        let turns = start + gap / 2.0 + share * ((position as f64 + 0.5) / count - 0.5);
        leaf.at = Point::on_circle(turns) * leaf.at.length();
    }
}
