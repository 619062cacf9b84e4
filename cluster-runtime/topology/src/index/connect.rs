use std::iter::FusedIterator;

/// Every index below `a` of one set with every index below `b` of another, row by row.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::connect(2, 2).eq([(0, 0), (0, 1), (1, 0), (1, 1)]));
/// ```
pub const fn connect(a: usize, b: usize) -> Connect {
    Connect {
        first: 0,
        second: 0,
        // Rows without columns would be walked for nothing.
        rows: if b == 0 { 0 } else { a },
        columns: b,
    }
}

/// The pairs of [`connect`].
#[derive(Debug, Clone)]
pub struct Connect {
    first: usize,
    second: usize,
    rows: usize,
    columns: usize,
}

impl Iterator for Connect {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.first < self.rows {
            if self.second < self.columns {
                let pair = (self.first, self.second);
                self.second += 1;
                return Some(pair);
            }
            self.first += 1;
            self.second = 0;
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = (self.rows - self.first).saturating_mul(self.columns).saturating_sub(self.second);
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let mut result = init;
        let mut start = self.second;
        for first in self.first..self.rows {
            for second in start..self.columns {
                result = f(result, (first, second));
            }
            start = 0;
        }
        result
    }
}

impl ExactSizeIterator for Connect {}
impl FusedIterator for Connect {}
