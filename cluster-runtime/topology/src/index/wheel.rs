use std::iter::FusedIterator;
use std::ops::Range;

use super::{Ring, ring};
use crate::ShapeError;

const NAME: &str = "wheel";

/// Index 0, the hub, with every other index below `count`, then the ring of those others.
///
/// ```text
///   1 --- 2
///   | \ / |
///   |  0  |
///   | / \ |
///   4 --- 3
/// ```
/// ```
/// # use cluster_topology::index;
/// assert!(index::wheel(4)?.eq([(0, 1), (0, 2), (0, 3), (1, 2), (2, 3), (3, 1)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 4 nodes.
pub fn wheel(count: usize) -> Result<Wheel, ShapeError> {
    check(count)?;
    Ok(Wheel { spokes: 1..count, rim: ring(count - 1) })
}

pub(crate) fn check(count: usize) -> Result<(), ShapeError> {
    if count < 4 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 4, count });
    }
    Ok(())
}

/// The pairs of [`wheel`].
#[derive(Debug, Clone)]
pub struct Wheel {
    spokes: Range<usize>,
    rim: Ring,
}

impl Iterator for Wheel {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        match self.spokes.next() {
            Some(other) => Some((0, other)),
            None => self.rim.next().map(past_the_hub),
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = self.spokes.len().saturating_add(self.rim.len());
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let result = self.spokes.fold(init, |result, other| f(result, (0, other)));
        self.rim.map(past_the_hub).fold(result, f)
    }
}

impl ExactSizeIterator for Wheel {}
impl FusedIterator for Wheel {}

#[inline]
fn past_the_hub((a, b): (usize, usize)) -> (usize, usize) {
    (a + 1, b + 1)
}
