//! Errors and lists as text.

use std::error::Error;
use std::fmt::Display;

/// The number of items that a summary names.
pub(crate) const IN_SUMMARY: usize = 3;

/// An error and its sources in one line: the text of many errors leaves the cause to their source.
pub(super) fn error_chain(error: &(dyn Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        let why = source.to_string();
        if !text.contains(&why) {
            text += ": ";
            text += &why;
        }
        next = source.source();
    }
    text
}

/// The reason of a refusal, or the first ones, each in a line of its own with its help below it.
pub(super) fn reasons<T: Display>(items: &[T]) -> String {
    match items {
        [only] => format!(": {only}"),
        _ => format!(" for {} reasons:{}", items.len(), list(items, IN_SUMMARY)),
    }
}

/// A list of the first items, and of how many more there are.
pub(super) fn list<T: Display>(items: &[T], most: usize) -> String {
    let first = items.iter().take(most).map(|item| item.to_string().replace('\n', "\n    "));
    let more = (items.len() > most).then(|| format!("and {} more", items.len() - most));
    first.chain(more).map(|item| format!("\n  - {item}")).collect()
}

/// The first items, and how many more there are.
pub(crate) fn some_of<T: Display>(items: &[T], separator: &str) -> String {
    let mut text = items.iter().take(IN_SUMMARY).map(T::to_string).collect::<Vec<_>>().join(separator);
    if items.len() > IN_SUMMARY {
        text += &format!("{separator}and {} more", items.len() - IN_SUMMARY);
    }
    text
}
