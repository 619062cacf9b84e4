/// The values of each key, in the order of the keys. There are few of them: a map of trees would be more to compile than to do.
pub(crate) fn grouped<K: Ord, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Vec<(K, Vec<V>)> {
    let mut groups: Vec<(K, Vec<V>)> = Vec::new();
    for (key, value) in pairs {
        match groups.binary_search_by(|(present, _)| present.cmp(&key)) {
            Ok(found) => groups[found].1.push(value),
            Err(place) => groups.insert(place, (key, vec![value])),
        }
    }
    groups
}
