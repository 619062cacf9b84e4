/// These values, each once, in their order. For each type, a sort would be several times as much to compile, and a tree many times.
pub(crate) fn ordered<T: Ord>(values: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut ordered = Vec::new();
    for value in values {
        if let Err(place) = ordered.binary_search(&value) {
            ordered.insert(place, value);
        }
    }
    ordered
}
