use super::ring::ring;
use crate::shape_error::ShapeError;

const NAME: &str = "wheel";

/// Index 0, the hub, with every other index below `count`, then the ring of those others.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::wheel(4)?.eq([(0, 1), (0, 2), (0, 3), (1, 2), (2, 3), (3, 1)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn wheel(count: usize) -> Result<impl Iterator<Item = (usize, usize)>, ShapeError> {
    check(count)?;
    let spokes = (1..count).map(|other| (0, other));
    let rim = ring(count - 1).map(|(a, b)| (a + 1, b + 1));
    Ok(spokes.chain(rim))
}

pub(crate) fn check(count: usize) -> Result<(), ShapeError> {
    if count < 4 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 4, count });
    }
    Ok(())
}
