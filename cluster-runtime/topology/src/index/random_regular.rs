use super::draw::Draw;
use super::drawn::{Drawn, MOST_LINKS};
use super::link_set::LinkSet;
use crate::rng::Rng;
use crate::shape_error::ShapeError;

const NAME: &str = "random_regular";

/// A random network of the indices below `count` in which each has `degree` neighbours.
///
/// Drawn by pairing the ends of the links, as Steger and Wormald do ("Generating random regular graphs quickly", 1999):
/// each new pair is drawn from those that are still possible, each equally likely; if none is, the draw starts again.
/// If the degree is more than half of the other nodes, the links that are left out are drawn instead.
///
/// ```
/// # use cluster_topology::index;
/// assert_eq!(index::random_regular(10, 3, 7)?.count(), 15);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn random_regular(count: usize, degree: usize, seed: u64) -> Result<impl Draw, ShapeError> {
    check(count, degree)?;
    let connectable = check_connectable(count, degree);
    Ok(Drawn::new(NAME, count, connectable, seed, move |rng| draw(count, degree, rng)))
}

pub(crate) fn check(count: usize, degree: usize) -> Result<(), ShapeError> {
    if degree == 0 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "degree", least: 1, found: degree });
    }
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    if degree >= count {
        return Err(ShapeError::TooGreat { shape: NAME, parameter: "degree", found: degree, count });
    }
    if count % 2 == 1 && degree % 2 == 1 {
        return Err(ShapeError::OddEnds { degree, count });
    }
    if count.saturating_mul(degree) / 2 > MOST_LINKS {
        return Err(ShapeError::TooManyLinks { shape: NAME, most: MOST_LINKS });
    }
    Ok(())
}

pub(crate) fn check_connectable(count: usize, degree: usize) -> Result<(), ShapeError> {
    if degree == 1 && count > 2 {
        return Err(ShapeError::CannotBeConnected { shape: NAME, parameter: "degree", found: 1.0 });
    }
    Ok(())
}

fn draw(count: usize, degree: usize, rng: &mut Rng) -> Vec<(u32, u32)> {
    let others = count - 1;
    if degree <= others / 2 {
        let mut pairs = Vec::with_capacity(count * degree / 2);
        pair_ends(count, degree, rng, &mut pairs);
        return pairs;
    }
    let mut left_out = Vec::new();
    let links = pair_ends(count, others - degree, rng, &mut left_out);
    let nodes = 0..count as u32;
    let all = nodes.clone().flat_map(|a| (a + 1..nodes.end).map(move |b| (a, b)));
    all.filter(|(a, b)| !links.contains(*a, *b)).collect()
}

fn pair_ends(count: usize, degree: usize, rng: &mut Rng, pairs: &mut Vec<(u32, u32)>) -> LinkSet {
    let mut links = LinkSet::with_capacity(count * degree / 2);
    let mut ends = Vec::with_capacity(count * degree);
    loop {
        ends.extend((0..count as u32).flat_map(|node| std::iter::repeat_n(node, degree)));
        while let Some((a, b)) = take_pair(&mut ends, &mut links, rng) {
            pairs.push((a.min(b), a.max(b)));
        }
        if ends.is_empty() {
            return links;
        }
        ends.clear();
        links.clear();
        pairs.clear();
    }
}

/// Takes two ends that can be linked, each such two equally likely, and links them; `None` if no two can.
fn take_pair(ends: &mut Vec<u32>, links: &mut LinkSet, rng: &mut Rng) -> Option<(u32, u32)> {
    let mut refused = 0;
    while ends.len() >= 2 {
        let count = ends.len() as u32;
        let first = rng.below(count);
        let second = rng.below(count - 1);
        // Any but the first.
        let second = second + u32::from(second >= first);
        let (a, b) = (ends[first as usize], ends[second as usize]);
        if a != b && links.insert(a, b) {
            ends.swap_remove(first.max(second) as usize);
            ends.swap_remove(first.min(second) as usize);
            return Some((a, b));
        }
        refused += 1;
        // Nearly all ends are refused only when few are left, so all of them can be looked at.
        if refused % ends.len() == 0 && !any_pair_is_left(ends, links) {
            return None;
        }
    }
    None
}

fn any_pair_is_left(ends: &[u32], links: &LinkSet) -> bool {
    let mut rest = ends;
    while let [first, others @ ..] = rest {
        if others.iter().any(|other| other != first && !links.contains(*first, *other)) {
            return true;
        }
        rest = others;
    }
    false
}
