/// The name of a node of a group, or of a cluster of a group of clusters: they are indexed from 0, and counted from 1.
///
/// ```
/// assert_eq!(cluster_topology::member_name("leaves", 0), "leaves.1");
/// ```
pub fn member_name(group: &str, index: usize) -> String {
    format!("{group}.{}", index.saturating_add(1))
}
