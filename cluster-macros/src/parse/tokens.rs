//! What comes next, and what was read.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use syn::buffer::Cursor;
use syn::parse::ParseStream;
use syn::{Error, Result, Token};

use crate::messages;

pub fn is_punct(tree: &TokenTree, character: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == character)
}

/// Whether the text of a token is that of a name.
pub fn is_word(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// The error at the next token; `message` gets its text.
pub fn unexpected(input: ParseStream, message: impl FnOnce(&str) -> String) -> Error {
    match input.fork().parse::<TokenTree>() {
        Ok(tree) => Error::new(tree.span(), message(&messages::token_text(&tree))),
        Err(_) => input.error(message("nothing")),
    }
}

/// The texts of the next tokens. Signs that are written together are one, brackets are the one that opens them, and after the
/// last token there are empty texts.
pub fn ahead<const N: usize>(input: ParseStream) -> [String; N] {
    let mut cursor = input.cursor();
    std::array::from_fn(|_| {
        let mut text = String::new();
        while let Some((tree, rest)) = cursor.token_tree() {
            cursor = rest;
            match tree {
                TokenTree::Punct(punct) => {
                    text.push(punct.as_char());
                    if punct.spacing() == proc_macro2::Spacing::Joint {
                        continue;
                    }
                }
                TokenTree::Group(group) => text += opening(group.delimiter()),
                word => text += &word.to_string(),
            }
            break;
        }
        text
    })
}

fn opening(delimiter: Delimiter) -> &'static str {
    match delimiter {
        Delimiter::Parenthesis => "(",
        Delimiter::Bracket => "[",
        Delimiter::Brace => "{",
        Delimiter::None => "",
    }
}

/// The next group, whatever its brackets. It stays.
pub fn next_group(input: ParseStream) -> Option<Group> {
    input.fork().parse().ok()
}

/// The next group, if it has this delimiter.
pub fn group(input: ParseStream, delimiter: Delimiter) -> Option<Group> {
    next_group(input).filter(|group| group.delimiter() == delimiter)?;
    input.parse().ok()
}

/// What was read since `begin`.
pub fn since(begin: Cursor, input: ParseStream) -> TokenStream {
    let trees = std::iter::successors(begin.token_tree(), |(_, cursor)| cursor.token_tree());
    trees.take_while(|(_, cursor)| *cursor <= input.cursor()).map(|(tree, _)| tree).collect()
}

/// The next tokens up to a comma, or all.
pub fn before_comma(input: ParseStream) -> Result<TokenStream> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(tokens)
}

/// A group of braces or brackets that is within more than `most` others.
pub fn nested_deeper(tokens: TokenStream, most: usize) -> Option<Group> {
    tokens.into_iter().find_map(|tree| {
        let TokenTree::Group(group) = tree else { return None };
        let is_counted = matches!(group.delimiter(), Delimiter::Brace | Delimiter::Bracket);
        match most.checked_sub(usize::from(is_counted)) {
            Some(most) => nested_deeper(group.stream(), most),
            None => Some(group),
        }
    })
}
