use std::iter::FusedIterator;

use super::Draw;
use super::draw::{Drawn, MOST_LINKS, check_probability};
use super::link_set::LinkSet;
use crate::ShapeError;
use crate::rng::Rng;

const NAME: &str = "small_world";

/// A small world of the indices below `count`: a ring in which each is linked with its next `neighbours`, half on
/// either side, and then the far end of each link is moved with this probability.
///
/// Watts and Strogatz, "Collective dynamics of 'small-world' networks" (1998): the links to the next index are gone
/// through around the ring, then those to the next but one, and so on; the new far end is any index that the near one
/// has no link with, each equally likely. So a probability of 0 gives the ordered ring, a small one a few shortcuts
/// that bring all close to each other, and 1 disorder (in the picture 1 - 2 became 1 - 4). An index that has links with all others keeps them.
/// ```text
///     0 - 1
///    /   /
///   5   /   2
///    \ /   /
///     4 - 3
/// ```
/// ```
/// # use cluster_topology::index;
/// assert!(index::small_world(6, 2, 0.0, 7)?.eq(index::ring(6)));
/// assert_eq!(index::small_world(100, 4, 0.1, 7)?.len(), 200);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For neighbours that are odd or none in number, or as many as all nodes, and a probability that is not between 0
/// and 1.
pub fn small_world(count: usize, neighbours: usize, probability: f64, seed: u64) -> Result<SmallWorld, ShapeError> {
    check(count, neighbours, probability)?;
    let mut rng = Rng::new(seed);
    let pairs = Drawn::new(draw(count, neighbours, probability, &mut rng));
    Ok(SmallWorld { count, neighbours, probability, rng, pairs })
}

pub(crate) fn check(count: usize, neighbours: usize, probability: f64) -> Result<(), ShapeError> {
    if neighbours < 2 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "neighbours", least: 2, found: neighbours });
    }
    if neighbours % 2 == 1 {
        return Err(ShapeError::OddNeighbours { neighbours });
    }
    check_probability(NAME, probability)?;
    if count < 3 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 3, count });
    }
    if neighbours >= count {
        return Err(ShapeError::TooGreat { shape: NAME, parameter: "neighbours", found: neighbours, count });
    }
    if count.saturating_mul(neighbours / 2) > MOST_LINKS {
        return Err(ShapeError::TooManyLinks { shape: NAME, most: MOST_LINKS });
    }
    Ok(())
}

fn draw(count: usize, neighbours: usize, probability: f64, rng: &mut Rng) -> Vec<(u32, u32)> {
    let mut world = World::ordered(count, neighbours / 2);
    // Of 53 random bits, as many as a floating-point number holds, so that 1 is certain.
    let moved = (probability * (1_u64 << 53) as f64) as u64;
    for link in 0..world.links.len() {
        if (rng.next() >> 11) < moved {
            world.move_link(link, rng);
        }
    }
    world.links
}

/// The links: `reach` rounds around the ring, each with a link from every node to the one so many places on.
struct World {
    count: u32,
    reach: u32,
    links: Vec<(u32, u32)>,
    moved: LinkSet,
    degrees: Vec<u32>,
}

impl World {
    fn ordered(count: usize, reach: usize) -> World {
        let (nodes, reach) = (count as u32, reach as u32);
        let mut links = Vec::with_capacity(count * reach as usize);
        for distance in 1..=reach {
            let to_first = nodes - distance;
            links.extend((0..to_first).map(|node| (node, node + distance)));
            links.extend((to_first..nodes).map(|node| (node, node - to_first)));
        }
        World { count: nodes, reach, links, moved: LinkSet::with_capacity(0), degrees: vec![2 * reach; count] }
    }

    fn move_link(&mut self, link: usize, rng: &mut Rng) {
        let (near, old) = self.links[link];
        if self.degrees[near as usize] == self.count - 1 {
            return;
        }
        let far = loop {
            let far = rng.below(self.count);
            if far != near && !self.linked(near, far) {
                break far;
            }
        };
        self.links[link] = (near, far);
        self.moved.insert(near, far);
        self.degrees[old as usize] -= 1;
        self.degrees[far as usize] += 1;
    }

    fn linked(&self, a: u32, b: u32) -> bool {
        self.in_place(a, b) || self.in_place(b, a) || self.moved.contains(a, b)
    }

    /// Whether the ordered link from `a` to `b` is, or was and not moved.
    fn in_place(&self, a: u32, b: u32) -> bool {
        let distance = if b > a { b - a } else { b + (self.count - a) };
        distance <= self.reach && {
            let link = (distance - 1) as usize * self.count as usize + a as usize;
            self.links[link] == (a, b)
        }
    }
}

/// The pairs of [`small_world`].
#[derive(Debug, Clone)]
pub struct SmallWorld {
    count: usize,
    neighbours: usize,
    probability: f64,
    rng: Rng,
    pairs: Drawn,
}

impl Iterator for SmallWorld {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.pairs.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.pairs.len(), Some(self.pairs.len()))
    }
}

impl ExactSizeIterator for SmallWorld {}
impl FusedIterator for SmallWorld {}

impl Draw for SmallWorld {
    fn name(&self) -> &'static str {
        NAME
    }

    fn nodes(&self) -> usize {
        self.count
    }

    /// Some draw is always connected: one that moves no link, or moves each to a place that keeps all together.
    fn check_connectable(&self) -> Result<(), ShapeError> {
        Ok(())
    }

    fn rewind(&mut self) {
        self.pairs.rewind();
    }

    fn redraw(&mut self) {
        self.pairs = Drawn::new(draw(self.count, self.neighbours, self.probability, &mut self.rng));
    }
}
