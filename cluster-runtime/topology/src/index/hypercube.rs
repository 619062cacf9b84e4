use std::iter::FusedIterator;

use crate::ShapeError;

const NAME: &str = "hypercube";

/// Every index below `count` with every one that differs from it in one binary digit: one dimension after the other.
///
/// ```text
///   6 ----- 7
///   |\      |\
///   |  4 ----- 5
///   |  |    |  |
///   2 -|--- 3  |
///    \ |     \ |
///      0 ----- 1
/// ```
/// ```
/// # use cluster_topology::index;
/// assert!(index::hypercube(4)?.eq([(0, 1), (2, 3), (0, 2), (1, 3)]));
/// assert_eq!(index::hypercube(8)?.len(), 12);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For a number of nodes other than 2, 4, 8 and so on.
pub fn hypercube(count: usize) -> Result<Hypercube, ShapeError> {
    check(count)?;
    Ok(Hypercube { digit: 1, rank: 0, count })
}

pub(crate) fn check(count: usize) -> Result<(), ShapeError> {
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    if !count.is_power_of_two() {
        return Err(ShapeError::NotPowerOfTwo { count });
    }
    Ok(())
}

/// The pairs of [`hypercube`].
#[derive(Debug, Clone)]
pub struct Hypercube {
    /// The digit that differs, as the power of two that it stands for.
    digit: usize,
    /// The number of the next pair among those of this digit.
    rank: usize,
    count: usize,
}

impl Iterator for Hypercube {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        while self.digit < self.count {
            if self.rank < self.count / 2 {
                let pair = pair(self.rank, self.digit);
                self.rank += 1;
                return Some(pair);
            }
            self.digit <<= 1;
            self.rank = 0;
        }
        None
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let digits = (self.count.trailing_zeros() - self.digit.trailing_zeros()) as usize;
        let length = digits.saturating_mul(self.count / 2).saturating_sub(self.rank);
        (length, Some(length))
    }

    #[inline]
    fn fold<B, F>(self, init: B, mut f: F) -> B
    where
        F: FnMut(B, Self::Item) -> B,
    {
        let mut result = init;
        let (mut start, mut digit) = (self.rank, self.digit);
        while digit < self.count {
            for rank in start..self.count / 2 {
                result = f(result, pair(rank, digit));
            }
            start = 0;
            digit <<= 1;
        }
        result
    }
}

impl ExactSizeIterator for Hypercube {}
impl FusedIterator for Hypercube {}

/// The pair that has the digits of `rank` around the one that differs.
#[inline]
fn pair(rank: usize, digit: usize) -> (usize, usize) {
    let lower_digits = rank & (digit - 1);
    let first = ((rank - lower_digits) << 1) | lower_digits;
    (first, first | digit)
}
