use std::iter::FusedIterator;

use super::{Line, line};

/// Every index below `count` with the next one, and the last with the first. Two indices are one pair, one is none.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::ring(4).eq([(0, 1), (1, 2), (2, 3), (3, 0)]));
/// assert!(index::ring(2).eq([(0, 1)]));
/// assert!(index::ring(1).eq([]));
/// ```
pub const fn ring(count: usize) -> Ring {
    Ring { line: line(count), closing: if count > 2 { Some((count - 1, 0)) } else { None } }
}

/// The pairs of [`ring`].
#[derive(Debug, Clone)]
pub struct Ring {
    line: Line,
    closing: Option<(usize, usize)>,
}

impl Iterator for Ring {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.line.next().or_else(|| self.closing.take())
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = self.line.len() + usize::from(self.closing.is_some());
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let result = self.line.fold(init, &mut f);
        self.closing.into_iter().fold(result, f)
    }
}

impl ExactSizeIterator for Ring {}
impl FusedIterator for Ring {}
