//! Tokens as a person would write them, for messages.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::ToTokens;

/// The source of `tokens`, spaced as rustfmt would space it.
pub fn code(tokens: impl ToTokens) -> String {
    let mut code = String::new();
    write(tokens.to_token_stream(), &mut code);
    code
}

/// The name of a type that is named after a node: `BigNet` for `big_net`.
pub fn capitalized(name: &str) -> String {
    let capitalized = |word: &str| -> String {
        let mut letters = word.chars();
        letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
    };
    name.split('_').map(capitalized).collect()
}

/// Whether a sign here is that of a number, not one between two operands.
fn is_before_operand(code: &str) -> bool {
    code.trim_end().chars().last().is_none_or(|last| !last.is_alphanumeric() && !matches!(last, '_' | ')' | ']' | '}'))
}

fn write(tokens: TokenStream, code: &mut String) {
    let mut trees = tokens.into_iter().peekable();
    while let Some(tree) = trees.next() {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = match group.delimiter() {
                    Delimiter::Parenthesis => ("(", ")"),
                    Delimiter::Bracket => ("[", "]"),
                    Delimiter::Brace => (" { ", " }"),
                    Delimiter::None => ("", ""),
                };
                code.push_str(open);
                write(group.stream(), code);
                code.push_str(close);
            }
            TokenTree::Punct(punct) => match punct.as_char() {
                separator @ (',' | ';') => {
                    code.push(separator);
                    code.push(' ');
                }
                '%' if punct.spacing() == Spacing::Alone && trees.peek().is_none() => code.push('%'),
                ':' if punct.spacing() == Spacing::Alone && !code.ends_with(':') => code.push_str(": "),
                tight @ ('.' | ':' | '&' | '?' | '!' | '#' | '\'' | '|') => code.push(tight),
                '-' if punct.spacing() == Spacing::Alone && is_before_operand(code) => code.push('-'),
                loose => {
                    if !code.ends_with(['-', '=', '<', '>', ' ']) {
                        code.push(' ');
                    }
                    code.push(loose);
                    if punct.spacing() == Spacing::Alone {
                        code.push(' ');
                    }
                }
            },
            word => {
                if code.ends_with(|last: char| last.is_alphanumeric() || matches!(last, '_' | ')' | ']')) {
                    code.push(' ');
                }
                code.push_str(&word.to_string());
            }
        }
    }
}
