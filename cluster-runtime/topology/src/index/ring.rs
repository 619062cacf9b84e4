use super::line::line;

/// Every index below `count` with the next one, and the last with the first. Two indices are one pair, one is none.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::ring(4).eq([(0, 1), (1, 2), (2, 3), (3, 0)]));
/// assert!(index::ring(2).eq([(0, 1)]));
/// assert!(index::ring(1).eq([]));
/// ```
pub fn ring(count: usize) -> impl Iterator<Item = (usize, usize)> {
    let closing = (count > 2).then(|| (count - 1, 0));
    line(count).chain(closing)
}
