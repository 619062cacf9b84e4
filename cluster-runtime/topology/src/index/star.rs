use std::iter::FusedIterator;

use super::{Connect, connect};

/// The hub, index 0 of a set of its own, with every index below `others` of the other set.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::star(3).eq([(0, 0), (0, 1), (0, 2)]));
/// ```
pub const fn star(others: usize) -> Star {
    Star(connect(1, others))
}

/// The pairs of [`star`].
#[derive(Debug, Clone)]
pub struct Star(Connect);

impl Iterator for Star {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }

    #[inline]
    fn fold<B, F>(self, init: B, f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        self.0.fold(init, f)
    }
}

impl ExactSizeIterator for Star {}
impl FusedIterator for Star {}
