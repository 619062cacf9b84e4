/// Every index below `count` with every greater one, row by row.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::clique(4).eq([(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]));
/// ```
pub fn clique(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |first| (first + 1..count).map(move |second| (first, second)))
}
