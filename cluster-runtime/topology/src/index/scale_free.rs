use std::iter::FusedIterator;

use super::Draw;
use super::draw::MOST_LINKS;
use crate::ShapeError;
use crate::rng::Rng;

const NAME: &str = "scale_free";

/// A scale-free network of the indices below `count`: each new one is linked with `links` different older ones, drawn
/// with a probability in proportion to the links that they have, so that the rich get richer and a few become hubs.
///
/// Barabási and Albert, "Emergence of scaling in random networks" (1999). It begins with the index `links` and all
/// before it, a star; so it is always connected and has `links * (count - links)` links. Ordered by the newer index.
/// ```text
///   4   2   6
///    \  |  /
///   3 - 1 - 5 - 8
///       |
///       0 - 7
/// ```
/// ```
/// # use cluster_topology::index;
/// let network = index::scale_free(100, 2, 7)?;
/// assert_eq!(network.len(), 2 * 98);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For no links, and as many as nodes.
pub fn scale_free(count: usize, links: usize, seed: u64) -> Result<ScaleFree, ShapeError> {
    check(count, links)?;
    let mut rng = Rng::new(seed);
    let older = draw(count, links, &mut rng);
    Ok(ScaleFree { count, links, rng, older, next: 0, newer: links, drawn: 0 })
}

pub(crate) fn check(count: usize, links: usize) -> Result<(), ShapeError> {
    if links == 0 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "links", least: 1, found: links });
    }
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    if links >= count {
        return Err(ShapeError::TooGreat { shape: NAME, parameter: "links", found: links, count });
    }
    if links.saturating_mul(count - links) > MOST_LINKS {
        return Err(ShapeError::TooManyLinks { shape: NAME, most: MOST_LINKS });
    }
    Ok(())
}

/// The older end of every link. The newer one follows from its place: each new index has as many.
fn draw(count: usize, links: usize, rng: &mut Rng) -> Vec<u32> {
    let first_new = links as u32;
    let mut older = Vec::with_capacity(links * (count - links));
    older.extend(0..first_new);
    // The last index that was linked with each, so that none is linked with the same twice.
    let mut linked = vec![0; count];
    for new in first_new + 1..count as u32 {
        let before = older.len() as u32;
        for _ in 0..links {
            let end = loop {
                let end = random_end(&older[..before as usize], first_new..new, rng);
                if linked[end as usize] != new {
                    break end;
                }
            };
            linked[end as usize] = new;
            older.push(end);
        }
    }
    older
}

/// An end of a link, each equally likely, hence a node in proportion to its links: half of the ends are the older
/// ones, and of the other half all new nodes have the same share.
#[inline]
fn random_end(older: &[u32], new: std::ops::Range<u32>, rng: &mut Rng) -> u32 {
    match rng.below(2) {
        0 => older[rng.below(older.len() as u32) as usize],
        _ => new.start + rng.below(new.end - new.start),
    }
}

/// The pairs of [`scale_free`].
#[derive(Debug, Clone)]
pub struct ScaleFree {
    count: usize,
    links: usize,
    rng: Rng,
    older: Vec<u32>,
    next: usize,
    newer: usize,
    /// How many links of the newer one were walked.
    drawn: usize,
}

impl Iterator for ScaleFree {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let older = *self.older.get(self.next)?;
        self.next += 1;
        if self.drawn == self.links {
            self.newer += 1;
            self.drawn = 0;
        }
        self.drawn += 1;
        Some((older as usize, self.newer))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = self.older.len() - self.next;
        (length, Some(length))
    }
}

impl ExactSizeIterator for ScaleFree {}
impl FusedIterator for ScaleFree {}

impl Draw for ScaleFree {
    fn name(&self) -> &'static str {
        NAME
    }

    fn nodes(&self) -> usize {
        self.count
    }

    /// Every draw is connected.
    fn check_connectable(&self) -> Result<(), ShapeError> {
        Ok(())
    }

    fn rewind(&mut self) {
        (self.next, self.newer, self.drawn) = (0, self.links, 0);
    }

    fn redraw(&mut self) {
        self.older = draw(self.count, self.links, &mut self.rng);
        self.rewind();
    }
}
