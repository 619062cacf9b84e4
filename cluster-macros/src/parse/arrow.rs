//! `a -> b`, and the arrows of other languages.

use proc_macro2::{Delimiter, Spacing, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Result, token};

use super::set;
use crate::ast::{Arrow, Cluster, Set, Statement};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;

/// Words that people write between two nodes.
const WORDS: [&str; 7] = ["to", "with", "and", "from", "connects", "links", "linked"];

/// What the signs between two nodes begin with. What begins with a `=` or a `:` may be part of a declaration.
const SIGNS: [&str; 15] = ["-", "<", ">", "=>", "==", "~", "|", "+", "*", "^", "/", "%", "&", "..", "::"];

/// Whether an arrow comes next, of this language or of another.
pub fn peek(input: ParseStream) -> bool {
    arrow(input).is_some()
}

/// The next signs or the next word, if a set follows: `->`, `~>`, `to`.
fn arrow(input: ParseStream) -> Option<(String, TokenStream)> {
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

/// The rest of a statement that begins with a set and goes on with an arrow.
pub fn arrows(input: ParseStream, mut from: Set, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    if !peek(input) {
        return Err(without_arrow(input, &from));
    }
    let mut arrows = 0;
    while let Some((written, arrow)) = arrow(input) {
        for _ in arrow.clone() {
            input.parse::<TokenTree>()?;
        }
        if input.is_empty() {
            return Err(Error::new_spanned(arrow, messages::missing_set(&written, &code(&from))));
        }
        let to = set::set(input, errors)?;
        arrows += 1;
        if arrows > 1 && written == "->" {
            errors.report(&arrow, messages::chained_arrow(&code(&from)));
        }
        cluster.statements.push(Statement::Arrow(Arrow { from, arrow, to: to.clone() }));
        from = to;
    }
    Ok(())
}

/// A set alone: `region.gw`, or the receiver of a method: `a.connect(b)`.
fn without_arrow(input: ParseStream, set: &Set) -> Error {
    let written = code(set);
    if let (Set::Path(steps), true) = (set, input.peek(token::Paren))
        && let [receiver @ .., method] = steps.as_slice()
    {
        let arguments: TokenStream = input.fork().parse().unwrap_or_default();
        let arguments = arguments.into_iter().next().map(code).unwrap_or_default();
        let message = messages::method(&code(quote!(#(#receiver)*)), &code(&method.name), &arguments);
        return Error::new_spanned(set, message);
    }
    match set {
        Set::List { .. } => Error::new_spanned(set, messages::set_without_arrow(&written)),
        _ => Error::new_spanned(set, messages::path_alone(&written)),
    }
}
