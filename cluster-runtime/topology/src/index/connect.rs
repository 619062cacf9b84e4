/// Every index below `a` of one set with every index below `b` of another, row by row.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::connect(2, 2).eq([(0, 0), (0, 1), (1, 0), (1, 1)]));
/// ```
pub fn connect(a: usize, b: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..a).flat_map(move |first| (0..b).map(move |second| (first, second)))
}
