//! The next token, and groups of tokens.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::Error;
use syn::parse::ParseStream;

use crate::messages;

pub fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// The error at the next token; `message` gets its text.
pub fn unexpected(input: ParseStream, message: impl FnOnce(&str) -> String) -> Error {
    match input.fork().parse::<TokenTree>() {
        Ok(tree) => Error::new(tree.span(), message(&messages::token_text(&tree))),
        Err(_) => input.error(message("nothing")),
    }
}

/// The next group, if it has this delimiter.
pub fn group(input: ParseStream, delimiter: Delimiter) -> Option<Group> {
    let group = input.step(|cursor| {
        let (content, span, rest) = cursor.group(delimiter).ok_or_else(|| cursor.error("no group"))?;
        let mut group = Group::new(delimiter, content.token_stream());
        group.set_span(span.join());
        Ok((group, rest))
    });
    group.ok()
}

/// A group of braces or brackets that is within more than `most` others.
pub fn nested_deeper(tokens: &TokenStream, most: usize) -> Option<Group> {
    let mut streams = vec![(tokens.clone().into_iter(), 0)];
    while let Some((trees, depth)) = streams.last_mut() {
        let depth = *depth;
        match trees.next() {
            Some(TokenTree::Group(group)) => {
                let is_counted = matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket);
                let depth = depth + usize::from(is_counted);
                if depth > most {
                    return Some(group);
                }
                streams.push((group.stream().into_iter(), depth));
            }
            Some(_) => {}
            None => {
                streams.pop();
            }
        }
    }
    None
}
