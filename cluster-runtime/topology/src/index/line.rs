use std::iter::FusedIterator;
use std::ops::Range;

/// Every index below `count` with the next one.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::line(4).eq([(0, 1), (1, 2), (2, 3)]));
/// ```
pub const fn line(count: usize) -> Line {
    Line { seconds: 1..count }
}

/// The pairs of [`line()`].
#[derive(Debug, Clone)]
pub struct Line {
    seconds: Range<usize>,
}

impl Iterator for Line {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.seconds.next().map(with_previous)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.seconds.size_hint()
    }

    #[inline]
    fn fold<B, F>(self, init: B, f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        self.seconds.map(with_previous).fold(init, f)
    }
}

impl ExactSizeIterator for Line {}
impl FusedIterator for Line {}

#[inline]
fn with_previous(second: usize) -> (usize, usize) {
    (second - 1, second)
}
