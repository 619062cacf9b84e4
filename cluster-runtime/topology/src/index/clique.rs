use std::iter::FusedIterator;

/// Every index below `count` with every greater one, row by row.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::clique(4).eq([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]));
/// ```
pub const fn clique(count: usize) -> Clique {
    Clique { first: 0, second: 1, count }
}

/// The pairs of [`clique`].
#[derive(Debug, Clone)]
pub struct Clique {
    first: usize,
    second: usize,
    count: usize,
}

impl Iterator for Clique {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        // In this form the compiler makes two nested loops of it, and sees that both are below `count`.
        while self.first < self.count {
            if self.second < self.count {
                let pair = (self.first, self.second);
                self.second += 1;
                return Some(pair);
            }
            self.first += 1;
            self.second = self.first + 1;
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let this_row = self.count.saturating_sub(self.second);
        let rows_below = pairs_among(self.count.saturating_sub(self.first + 1));
        let length = this_row.saturating_add(rows_below);
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let mut result = init;
        let mut start = self.second;
        for first in self.first..self.count {
            for second in start..self.count {
                result = f(result, (first, second));
            }
            start = first + 2;
        }
        result
    }
}

impl ExactSizeIterator for Clique {}
impl FusedIterator for Clique {}

fn pairs_among(count: usize) -> usize {
    if count.is_multiple_of(2) {
        (count / 2).saturating_mul(count.saturating_sub(1))
    } else {
        count.saturating_mul(count / 2)
    }
}
