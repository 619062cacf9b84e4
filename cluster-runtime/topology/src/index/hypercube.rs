use crate::shape_error::ShapeError;

const NAME: &str = "hypercube";

/// Every index below `count` with every one that differs from it in one binary digit: one dimension after the other.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::hypercube(4)?.eq([(0, 1), (2, 3), (0, 2), (1, 3)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn hypercube(count: usize) -> Result<impl Iterator<Item = (usize, usize)>, ShapeError> {
    check(count)?;
    let digits = (0..count.trailing_zeros()).map(|digit| 1 << digit);
    Ok(digits.flat_map(move |digit| (0..count / 2).map(move |rank| pair(rank, digit))))
}

/// The pair whose other digits are those of `rank`.
#[inline]
fn pair(rank: usize, digit: usize) -> (usize, usize) {
    let lower_digits = rank & (digit - 1);
    let first = ((rank - lower_digits) << 1) | lower_digits;
    (first, first | digit)
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
