use crate::shape_error::ShapeError;

const NAME: &str = "tree";

/// Every index below `count` but 0, the root, with its parent: that of `i` is `(i - 1) / arity`.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::tree(6, 2)?.eq([(0, 1), (0, 2), (1, 3), (1, 4), (2, 5)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn tree(count: usize, arity: usize) -> Result<impl Iterator<Item = (usize, usize)>, ShapeError> {
    check(count, arity)?;
    // Counting is faster than dividing.
    let mut parent = 0;
    let mut missing = arity;
    Ok((1..count).map(move |child| {
        if missing == 0 {
            parent += 1;
            missing = arity;
        }
        missing -= 1;
        (parent, child)
    }))
}

pub(crate) fn check(count: usize, arity: usize) -> Result<(), ShapeError> {
    if arity == 0 {
        return Err(ShapeError::TooSmall { shape: NAME, parameter: "arity", least: 1, found: arity });
    }
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    Ok(())
}
