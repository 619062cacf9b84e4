use super::draw::Draw;
use super::drawn::{Drawn, MOST_LINKS};
use super::link_set::LinkSet;
use super::probability;
use crate::rng::Rng;
use crate::shape_error::ShapeError;

const NAME: &str = "small_world";

/// A ring of the indices below `count` in which each is linked with its next `neighbours`, half on either side, and
/// then the far end of each link is moved with this probability.
///
/// The links to the next index are gone through around the ring, then those to the next but one, and so on. The new
/// far end is any index that the near one has no link with, each equally likely; an index that has links with all
/// others keeps them.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::small_world(6, 2, 0.0, 7)?.eq(index::ring(6)));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn small_world(count: usize, neighbours: usize, probability: f64, seed: u64) -> Result<impl Draw, ShapeError> {
    check(count, neighbours, probability)?;
    // Some draw is always connected, such as one that moves no link.
    Ok(Drawn::new(NAME, count, Ok(()), seed, move |rng| draw(count, neighbours, probability, rng)))
}

pub(crate) fn check(count: usize, neighbours: usize, probability: f64) -> Result<(), ShapeError> {
    if neighbours < 2 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "neighbours", least: 2, found: neighbours });
    }
    if neighbours % 2 == 1 {
        return Err(ShapeError::OddNeighbours { neighbours });
    }
    probability::check(NAME, probability)?;
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

/// The links: `reach` rounds around the ring, each with a link from every node to the next at one distance.
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
        self.unmoved(a, b) || self.unmoved(b, a) || self.moved.contains(a, b)
    }

    /// Whether `a` and `b` still have the ordered link from `a` to `b`.
    fn unmoved(&self, a: u32, b: u32) -> bool {
        let distance = if b > a { b - a } else { b + (self.count - a) };
        distance <= self.reach && {
            let link = (distance - 1) as usize * self.count as usize + a as usize;
            self.links[link] == (a, b)
        }
    }
}
