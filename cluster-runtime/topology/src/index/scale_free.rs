use std::ops::Range;

use super::draw::Draw;
use super::drawn::{Drawn, MOST_LINKS};
use crate::rng::Rng;
use crate::shape_error::ShapeError;

const NAME: &str = "scale_free";

/// A network of the indices below `count`: each new one is linked with `links` different older ones, drawn with a
/// probability in proportion to the links that they have. Ordered by the newer index.
///
/// It begins with the index `links` and all before it, a star; so it is always connected and has
/// `links * (count - links)` links.
///
/// ```
/// # use cluster_topology::index;
/// assert_eq!(index::scale_free(100, 2, 7)?.count(), 2 * 98);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn scale_free(count: usize, links: usize, seed: u64) -> Result<impl Draw, ShapeError> {
    check(count, links)?;
    Ok(Drawn::new(NAME, count, Ok(()), seed, move |rng| draw(count, links, rng)))
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

/// The links, each from the older to the newer index.
fn draw(count: usize, links: usize, rng: &mut Rng) -> Vec<(u32, u32)> {
    let first_new = links as u32;
    let mut drawn = Vec::with_capacity(links * (count - links));
    drawn.extend((0..first_new).map(|older| (older, first_new)));
    // The last index that was linked with each, so that none is linked with the same twice.
    let mut linked = vec![0; count];
    for new in first_new + 1..count as u32 {
        let before = drawn.len();
        for _ in 0..links {
            let end = loop {
                let end = random_end(&drawn[..before], first_new..new, rng);
                if linked[end as usize] != new {
                    break end;
                }
            };
            linked[end as usize] = new;
            drawn.push((end, new));
        }
    }
    drawn
}

/// An end of a link, each equally likely, hence a node in proportion to its links: half of the ends are the older
/// ones, and of the other half all new nodes have the same share.
#[inline]
fn random_end(links: &[(u32, u32)], new: Range<u32>, rng: &mut Rng) -> u32 {
    match rng.below(2) {
        0 => links[rng.below(links.len() as u32) as usize].0,
        _ => new.start + rng.below(new.end - new.start),
    }
}
