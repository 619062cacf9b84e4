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

/// The first items, and how many more there are.
pub(crate) fn some_of<T: Display>(items: &[T], separator: &str) -> String {
    let mut text = items.iter().take(IN_SUMMARY).map(T::to_string).collect::<Vec<_>>().join(separator);
    if items.len() > IN_SUMMARY {
        text += &format!("{separator}and {} more", items.len() - IN_SUMMARY);
    }
    text
}
