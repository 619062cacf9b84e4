use std::vec;

use crate::shape_error::ShapeError;

/// A shape of one's own: what `pairs` gives for `count`, checked.
///
/// ```
/// # use cluster_topology::index;
/// let opposite = |count: usize| (0..count / 2).map(move |a| (a, a + count / 2));
/// assert!(index::shape(6, opposite)?.eq([(0, 3), (1, 4), (2, 5)]));
///
/// let error = index::shape(6, |count| [(0, count)]).expect_err("6 is no index of 6 nodes");
/// assert!(error.to_string().contains("(0, 6)"));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn shape<P>(count: usize, pairs: impl FnOnce(usize) -> P) -> Result<vec::IntoIter<(usize, usize)>, ShapeError>
where
    P: IntoIterator<Item = (usize, usize)>,
{
    let pairs: Result<Vec<_>, _> = pairs(count).into_iter().map(|pair| checked(pair, count)).collect();
    Ok(pairs?.into_iter())
}

fn checked(pair: (usize, usize), count: usize) -> Result<(usize, usize), ShapeError> {
    match pair {
        (a, b) if a >= count || b >= count => Err(ShapeError::NoSuchNode { pair, count }),
        (a, b) if a == b => Err(ShapeError::SelfPair { node: a }),
        _ => Ok(pair),
    }
}
