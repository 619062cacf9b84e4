//! "Did you mean": the known name that is nearest to a misspelt one, or that others have another word for.

/// What other languages, tools and papers call a word of ours.
const SYNONYMS: [(&str, &[&str]); 20] = [
    ("clique", &["mesh", "full_mesh", "complete"]),
    ("ring", &["cycle", "circle"]),
    ("line", &["path", "chain"]),
    ("connect", &["link", "edge"]),
    ("grid", &["lattice"]),
    ("random_regular", &["regular"]),
    ("gnp", &["random", "erdos_renyi"]),
    ("scale_free", &["barabasi_albert"]),
    ("small_world", &["watts_strogatz"]),
    ("arity", &["branching", "children", "fanout"]),
    ("columns", &["cols", "width"]),
    ("links", &["m"]),
    ("neighbours", &["k"]),
    ("probability", &["p"]),
    ("latency", &["delay", "lag", "ping", "rtt"]),
    ("jitter", &["variance"]),
    ("rate", &["bandwidth", "throughput", "bitrate", "speed"]),
    ("loss", &["drop", "drop_rate", "packet_loss", "lose"]),
    ("duplicate", &["duplication"]),
    ("reorder", &["reordering", "out_of_order"]),
];

/// The word of the language that was meant by another, in whatever case.
pub fn word<'a>(written: &str, words: impl Iterator<Item = &'a str> + Clone) -> Option<&'a str> {
    let written = written.to_lowercase();
    let synonym = SYNONYMS.iter().find(|(_, others)| others.contains(&&*written)).map_or(&*written, |(ours, _)| ours);
    words.clone().find(|word| *word == synonym).or_else(|| nearest(&written, words))
}

/// The candidate nearest to `name`, if one is close enough.
pub fn nearest<'a>(name: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let root_of_name = root(name);
    let tolerance = (name.chars().count() / 3).clamp(1, 3);
    let distance = |candidate| if root(candidate) == root_of_name { 0 } else { distance(name, candidate) };
    candidates
        .into_iter()
        .filter(|candidate| *candidate != name && candidate.len().abs_diff(name.len()) <= MOST_ADDED)
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, candidate)| *distance <= tolerance && *distance < candidate.chars().count())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// A plural is so much longer, and a misspelt name is not.
const MOST_ADDED: usize = 3;

/// The same for names that differ in their case or number only: `leaf` for `Leaves`.
fn root(name: &str) -> String {
    let name = name.to_lowercase();
    for (plural, singular) in [("ves", "f"), ("ies", "y"), ("sses", "ss"), ("xes", "x"), ("s", "")] {
        if let Some(stem) = name.strip_suffix(plural).filter(|stem| stem.len() > 1) {
            return format!("{stem}{singular}");
        }
    }
    name
}

/// Insertions, deletions, replacements and swaps of neighbours that lead from `a` to `b` (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut rows = vec![vec![0; b.len() + 1]; a.len() + 1];
    rows[0] = (0..=b.len()).collect();
    for i in 1..=a.len() {
        rows[i][0] = i;
        for j in 1..=b.len() {
            let replaced = rows[i - 1][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            rows[i][j] = replaced.min(rows[i - 1][j] + 1).min(rows[i][j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                rows[i][j] = rows[i][j].min(rows[i - 2][j - 2] + 1);
            }
        }
    }
    rows[a.len()][b.len()]
}
