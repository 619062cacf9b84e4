use std::iter::FusedIterator;
use std::vec;

use crate::ShapeError;

/// A shape of one's own: what `pairs` gives for `count`, checked.
///
/// ```
/// # use cluster_topology::index;
/// // Every index with the one on the other side.
/// let opposite = |count: usize| (0..count / 2).map(move |a| (a, a + count / 2));
/// assert!(index::shape(6, opposite)?.eq([(0, 3), (1, 4), (2, 5)]));
///
/// let error = index::shape(6, |count| [(0, count)]).expect_err("6 is no index of 6 nodes");
/// assert!(error.to_string().contains("(0, 6)"));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For a pair with an index that is not below `count`, or with the same index twice.
pub fn shape<P>(count: usize, pairs: impl FnOnce(usize) -> P) -> Result<Own, ShapeError>
where
    P: IntoIterator<Item = (usize, usize)>,
{
    let pairs: Result<Vec<_>, _> = pairs(count).into_iter().map(|pair| checked(pair, count)).collect();
    Ok(Own(pairs?.into_iter()))
}

fn checked(pair: (usize, usize), count: usize) -> Result<(usize, usize), ShapeError> {
    match pair {
        (a, b) if a >= count || b >= count => Err(ShapeError::NoSuchNode { pair, count }),
        (a, b) if a == b => Err(ShapeError::SelfPair { node: a }),
        _ => Ok(pair),
    }
}

/// The pairs of a [`shape`] of one's own.
#[derive(Debug, Clone)]
pub struct Own(vec::IntoIter<(usize, usize)>);

impl Iterator for Own {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.0.size_hint()
    }
}

impl ExactSizeIterator for Own {}
impl FusedIterator for Own {}
