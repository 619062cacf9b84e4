use std::iter::FusedIterator;

use crate::ShapeError;

const NAME: &str = "torus";

/// The indices below `count` in rows of `columns`, each row and each column a ring: first the rows, then the columns.
///
/// Every index has four neighbours.
/// ```text
///     |   |   |
///   - 0 - 1 - 2 -
///     |   |   |
///   - 3 - 4 - 5 -
///     |   |   |
///   - 6 - 7 - 8 -
///     |   |   |
/// ```
/// ```
/// # use cluster_topology::index;
/// let mut torus = index::torus(9, 3)?;
/// assert_eq!(torus.len(), 18);
/// assert!(torus.by_ref().take(3).eq([(0, 1), (1, 2), (2, 0)]));
/// assert_eq!(torus.last(), Some((8, 2)));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 3 rows or 3 columns, and a number of nodes that leaves the last row partial.
pub fn torus(count: usize, columns: usize) -> Result<Torus, ShapeError> {
    check(count, columns)?;
    Ok(Torus { left: 0, row_end: columns, above: 0, columns, count })
}

pub(crate) fn check(count: usize, columns: usize) -> Result<(), ShapeError> {
    let rows = count.checked_div(columns).unwrap_or(0);
    if columns < 3 {
        return Err(ShapeError::SmallTorus { rows, columns });
    }
    if !count.is_multiple_of(columns) {
        return Err(ShapeError::PartialRow { shape: NAME, columns, count });
    }
    if rows < 3 {
        return Err(ShapeError::SmallTorus { rows, columns });
    }
    Ok(())
}

/// The pairs of [`torus`].
#[derive(Debug, Clone)]
pub struct Torus {
    /// The left one of the next pair in a row.
    left: usize,
    row_end: usize,
    /// The upper one of the next pair in a column, once the rows are done.
    above: usize,
    columns: usize,
    count: usize,
}

impl Iterator for Torus {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.left < self.count {
            let left = self.left;
            self.left += 1;
            let mut right = self.left;
            if right == self.row_end {
                right -= self.columns;
                // After the last row it means nothing.
                self.row_end = self.row_end.wrapping_add(self.columns);
            }
            Some((left, right))
        } else if self.above < self.count {
            let above = self.above;
            self.above += 1;
            let to_last_row = self.count - self.columns;
            let below = if above < to_last_row { above + self.columns } else { above - to_last_row };
            Some((above, below))
        } else {
            None
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = (self.count - self.left).saturating_add(self.count - self.above);
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let mut result = init;
        let (mut start, mut row_end) = (self.left, self.row_end);
        while start < self.count {
            for right in start + 1..row_end {
                result = f(result, (right - 1, right));
            }
            result = f(result, (row_end - 1, row_end - self.columns));
            start = row_end;
            row_end = row_end.wrapping_add(self.columns);
        }
        let to_last_row = self.count - self.columns;
        for above in self.above..to_last_row {
            result = f(result, (above, above + self.columns));
        }
        for above in self.above.max(to_last_row)..self.count {
            result = f(result, (above, above - to_last_row));
        }
        result
    }
}

impl ExactSizeIterator for Torus {}
impl FusedIterator for Torus {}
