use std::iter::FusedIterator;

use crate::ShapeError;

const NAME: &str = "tree";

/// Every index below `count` but 0, the root, with its parent: `i`'s is `(i - 1) / arity`.
///
/// Each parent but the last has `arity` children, and the levels fill up from the left.
/// ```text
///       0
///      / \
///     1   2
///    / \  |
///   3   4 5
/// ```
/// ```
/// # use cluster_topology::index;
/// assert!(index::tree(6, 2)?.eq([(0, 1), (0, 2), (1, 3), (1, 4), (2, 5)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 2 nodes, and an arity of 0.
pub fn tree(count: usize, arity: usize) -> Result<Tree, ShapeError> {
    check(count, arity)?;
    Ok(Tree { parent: 0, siblings: arity, child: 1, arity, count })
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

/// The pairs of [`tree`].
#[derive(Debug, Clone)]
pub struct Tree {
    parent: usize,
    /// How many children the parent still gets.
    siblings: usize,
    child: usize,
    arity: usize,
    count: usize,
}

impl Iterator for Tree {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.child >= self.count {
            return None;
        }
        // Counting is quicker than dividing.
        if self.siblings == 0 {
            self.parent += 1;
            self.siblings = self.arity;
        }
        let pair = (self.parent, self.child);
        self.siblings -= 1;
        self.child += 1;
        Some(pair)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let length = self.count - self.child;
        (length, Some(length))
    }
}

impl ExactSizeIterator for Tree {}
impl FusedIterator for Tree {}
