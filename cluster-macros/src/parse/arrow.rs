//! The arrow of `a -> b`, and those of other languages.

use proc_macro2::{Delimiter, Spacing, TokenStream};
use quote::quote;
use syn::Ident;
use syn::ext::IdentExt;
use syn::parse::ParseStream;

/// Words that people write between two nodes.
const WORDS: [&str; 7] = ["to", "with", "and", "from", "connects", "links", "linked"];

/// What the signs between two nodes begin with. What begins with a `=` or a `:` may be part of a declaration.
const SIGNS: [&str; 15] = ["-", "<", ">", "=>", "==", "~", "|", "+", "*", "^", "/", "%", "&", "..", "::"];

/// Whether an arrow comes next, of this language or of another.
pub fn peek(input: ParseStream) -> bool {
    arrow(input).is_some()
}

/// The next signs or the next word, if a set follows: `->`, `~>`, `to`.
pub fn arrow(input: ParseStream) -> Option<(String, TokenStream)> {
    let ahead = input.fork();
    if let Ok(word) = ahead.call(Ident::parse_any) {
        let is_arrow = WORDS.contains(&word.to_string().as_str()) && ahead.peek(Ident);
        return is_arrow.then(|| (word.to_string(), quote!(#word)));
    }
    let mut written = String::new();
    let mut tokens = TokenStream::new();
    let mut cursor = input.cursor();
    let mut spacing = Spacing::Joint;
    while let (Spacing::Joint, Some((punct, rest))) = (spacing, cursor.punct()) {
        written.push(punct.as_char());
        spacing = punct.spacing();
        tokens.extend(quote!(#punct));
        cursor = rest;
    }
    let is_arrow = SIGNS.iter().any(|sign| written.starts_with(sign));
    let is_followed = cursor.eof() || cursor.ident().is_some() || cursor.group(Delimiter::Bracket).is_some();
    (is_arrow && (is_followed || written == "->")).then_some((written, tokens))
}
