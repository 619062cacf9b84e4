/// Every index below `count` with the next one.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::line(4).eq([(0, 1), (1, 2), (2, 3)]));
/// ```
pub fn line(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (1..count).map(|second| (second - 1, second))
}
