//! Rules and expansions, without a compiler.

mod accepted;
mod clusters;
mod code;
mod completion;
mod conditions;
mod counts;
mod expansion;
mod help;
mod links;
mod mistakes;
mod named;
mod names;
mod requirements;
mod shapes;
mod statements;
mod suggest;
mod topologies;

use proc_macro2::TokenStream;

/// Every mistake in `source`: what is said, and the text that it is shown at.
fn mistakes(source: &str) -> Vec<(String, String)> {
    let (_, errors) = crate::analyse(tokens(source));
    let each = errors.into_parts().0.into_iter().flatten();
    each.map(|error| (error.to_string(), error.span().source_text().unwrap_or_default())).collect()
}

fn tokens(source: &str) -> TokenStream {
    source.parse().expect("the source of a test is tokens")
}

/// Expects exactly these mistakes, in any order: the text under each, and a part of its message.
#[track_caller]
fn expect(source: &str, expected: &[(&str, &str)]) {
    let mut found = mistakes(source);
    for (message, _) in &found {
        let is_second_place =
            ["first declared", "first given", "first linked"].iter().any(|part| message.contains(part));
        assert!(is_second_place || message.contains("\nhelp: "), "`{source}` has a mistake without help: {message}");
    }
    for (text, part) in expected {
        let Some(index) = found.iter().position(|(message, shown)| shown == text && message.contains(part)) else {
            panic!("`{source}` should have a mistake at `{text}` that says `{part}`; it has {found:#?}");
        };
        found.remove(index);
    }
    assert!(found.is_empty(), "`{source}` has more mistakes than expected: {found:#?}");
}
