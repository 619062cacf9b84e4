use std::iter::FusedIterator;
use std::ops::Range;

use crate::ShapeError;

const NAME: &str = "grid";

/// The indices below `count` in rows of `columns`, each with the next one in its row and in its column: first the
/// rows, then the columns.
///
/// ```text
///   0 - 1 - 2
///   |   |   |
///   3 - 4 - 5
/// ```
/// ```
/// # use cluster_topology::index;
/// assert!(index::grid(6, 3)?.eq([(0, 1), (1, 2), (3, 4), (4, 5), (0, 3), (1, 4), (2, 5)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 2 nodes, no column, and a number of nodes that leaves the last row partial.
pub fn grid(count: usize, columns: usize) -> Result<Grid, ShapeError> {
    check(count, columns)?;
    Ok(Grid { rows: count / columns, right: 1, row_end: columns, columns, below: columns..count })
}

pub(crate) fn check(count: usize, columns: usize) -> Result<(), ShapeError> {
    if columns == 0 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "columns", least: 1, found: columns });
    }
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    if !count.is_multiple_of(columns) {
        return Err(ShapeError::PartialRow { shape: NAME, columns, count });
    }
    Ok(())
}

/// The pairs of [`grid`].
#[derive(Debug, Clone)]
pub struct Grid {
    /// How many rows are not done.
    rows: usize,
    /// The right one of the next pair in the row.
    right: usize,
    row_end: usize,
    columns: usize,
    /// The lower ones of the pairs in columns.
    below: Range<usize>,
}

impl Iterator for Grid {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.rows > 0 {
            if self.right < self.row_end {
                let pair = (self.right - 1, self.right);
                self.right += 1;
                return Some(pair);
            }
            self.rows -= 1;
            // After the last row they mean nothing.
            self.right = self.row_end.wrapping_add(1);
            self.row_end = self.row_end.wrapping_add(self.columns);
        }
        let below = self.below.next()?;
        Some((below - self.columns, below))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let in_rows = match self.rows {
            0 => 0,
            rows => (self.row_end - self.right).saturating_add((rows - 1).saturating_mul(self.columns - 1)),
        };
        let length = in_rows.saturating_add(self.below.len());
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let mut result = init;
        let (mut start, mut end) = (self.right, self.row_end);
        for _ in 0..self.rows {
            for right in start..end {
                result = f(result, (right - 1, right));
            }
            start = end.wrapping_add(1);
            end = end.wrapping_add(self.columns);
        }
        self.below.fold(result, |result, below| f(result, (below - self.columns, below)))
    }
}

impl ExactSizeIterator for Grid {}
impl FusedIterator for Grid {}
