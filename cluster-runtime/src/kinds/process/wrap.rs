//! `CLUSTER_WRAP="k.2=strace -f -o {dir}/trace"` runs a node's program by another one.

/// Nodes and the command lines that run their programs, separated by `;`.
const VARIABLE: &str = "CLUSTER_WRAP";

/// The command line that runs the program of this node, if there is one. `{dir}` is its directory.
pub(super) fn wrapper(node: &str, dir: &str) -> Option<Vec<String>> {
    let text = std::env::var(VARIABLE).unwrap_or_default();
    let words = words_for(&text, node)?;
    Some(words.split_whitespace().map(|word| word.replace("{dir}", dir)).collect())
}

/// Why a start is refused, if the variable cannot be read.
pub(super) fn refusal() -> Option<String> {
    let text = std::env::var(VARIABLE).unwrap_or_default();
    let wrong = entries(&text).find(|entry| split(entry).is_none())?;
    Some(format!("in the environment variable {VARIABLE}, `{wrong}` is no `NODE=PROGRAM ARGUMENTS`"))
}

fn words_for<'a>(text: &'a str, node: &str) -> Option<&'a str> {
    entries(text).filter_map(split).find_map(|(name, words)| (name == node).then_some(words))
}

fn entries(text: &str) -> impl Iterator<Item = &str> {
    text.split(';').map(str::trim).filter(|entry| !entry.is_empty())
}

fn split(entry: &str) -> Option<(&str, &str)> {
    let (name, words) = entry.split_once('=')?;
    (!words.trim().is_empty()).then_some((name.trim(), words))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_node_has_its_own_wrapper() {
        let text = "k.2=strace -f -e trace=network; hub = valgrind";
        assert_eq!(words_for(text, "k.2"), Some("strace -f -e trace=network"));
        assert_eq!(words_for(text, "hub").map(str::trim), Some("valgrind"));
        assert_eq!(words_for(text, "k.1"), None);
    }

    #[test]
    fn what_has_no_program_is_no_entry() {
        assert!(["k.2", "k.2=", "k.2= "].iter().all(|entry| split(entry).is_none()));
    }
}
