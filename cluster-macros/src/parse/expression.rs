//! Rust expressions inside a declaration list: kinds, counts, indices, ranges.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::discouraged::Speculative;
use syn::parse::{ParseStream, Parser};
use syn::{Error, Expr, Result, Token, braced};

use super::tokens::is_punct;
use crate::errors::Errors;
use crate::literal::without_groups;
use crate::messages;

/// Parses all of `tokens`. An error at their end is shown at the last token, not at the whole macro.
pub fn parse_all<T>(tokens: TokenStream, parser: impl FnOnce(ParseStream) -> Result<T>) -> Result<T> {
    let end = tokens.clone().into_iter().last().map_or_else(Span::call_site, |tree| tree.span());
    let mut group = Group::new(Delimiter::Brace, tokens);
    group.set_span(end);
    let parser = |input: ParseStream| {
        let content;
        braced!(content in input);
        parser(&content)
    };
    parser.parse2(TokenTree::Group(group).into())
}

/// All of `tokens` as one expression.
pub fn expression(tokens: TokenStream, role: &str) -> Result<Expr> {
    parse_all(tokens, |input| input.parse()).map_err(|error| unreadable(&error, role))
}

/// The kind after `use` or `=`. A missing one is reported, and so is a literal; parsing goes on.
pub fn kind(input: ParseStream, after: impl ToTokens, written: &str, errors: &mut Errors) -> Result<Option<Expr>> {
    if input.is_empty() || input.peek(Token![:]) && !input.peek(Token![::]) {
        errors.report(after, messages::missing_kind(written));
        return Ok(None);
    }
    if let Some(kind) = before_dot(input, errors) {
        return Ok(Some(kind));
    }
    let kind: Expr = input.parse().map_err(|error| unreadable(&error, "kind"))?;
    if let Expr::Lit(literal) = without_groups(&kind) {
        errors.report(literal, messages::literal_as_kind(&literal.to_token_stream().to_string()));
        return Ok(None);
    }
    Ok(Some(kind))
}

/// The kind before a `.` at its end, which is reported: the editor completes its methods.
fn before_dot(input: ParseStream, errors: &mut Errors) -> Option<Expr> {
    let ahead = input.fork();
    let mut trees: Vec<TokenTree> = Vec::new();
    while !ahead.is_empty() && (ahead.peek(Token![::]) || !ahead.peek(Token![:])) {
        let length = if ahead.peek(Token![::]) { 2 } else { 1 };
        trees.extend((0..length).map_while(|_| ahead.parse::<TokenTree>().ok()));
    }
    let dot = trees.pop().filter(|tree| is_punct(tree, '.'))?;
    let kind = syn::parse2(trees.into_iter().collect()).ok()?;
    errors.report(dot, messages::unreadable("kind", true));
    input.advance_to(&ahead);
    Some(kind)
}

/// An error of syn in our words.
pub fn unreadable(error: &Error, role: &str) -> Error {
    let is_incomplete = error.to_string().starts_with("unexpected end of input");
    Error::new(error.span(), messages::unreadable(role, is_incomplete))
}
