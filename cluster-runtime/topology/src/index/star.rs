/// The hub, index 0 of a set of its own, with every index below `others` of the other set.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::star(3).eq([(0, 0), (0, 1), (0, 2)]));
/// ```
pub fn star(others: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..others).map(|other| (0, other))
}
