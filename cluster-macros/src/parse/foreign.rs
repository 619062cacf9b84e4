//! Statements of other languages: reported, and read as what was meant where that is clear.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::buffer::Cursor;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, Result, Token};

use super::lookahead::{begins_condition, has_unit, holds, holds_arguments};
use super::tokens::{ahead, is_punct, next_group, next_text, since, with_commas};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::Pattern;

/// Skips `for i in 0..3 { .. }` and `let n = 3`, which are reported.
pub fn statement(input: ParseStream, errors: &mut Errors) -> Result<bool> {
    let ([word], ahead) = (ahead(input), input.fork());
    let is_value = ["const", "static", "let"].contains(&&*word);
    if !is_value && !["for", "while", "loop", "if", "match"].contains(&&*word) {
        return Ok(false);
    }
    let keyword = ahead.call(Ident::parse_any)?;
    let rest: Vec<TokenTree> = ahead.cursor().token_stream().into_iter().collect();
    let is_body = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
    let end = match (rest.first(), rest.last()) {
        (Some(TokenTree::Ident(_)), Some(TokenTree::Literal(_))) if is_value => rest.len(),
        (Some(first), _) if !is_value => match rest.iter().position(is_body) {
            Some(body) => body + 1,
            None if matches!(first, TokenTree::Ident(_)) => rest.len(),
            None => return Ok(false),
        },
        _ => return Ok(false),
    };
    errors.report(keyword, if is_value { messages::value(&word) } else { messages::control_flow(&word) });
    for _ in 0..=end {
        input.parse::<TokenTree>()?;
    }
    Ok(true)
}

/// `connect[a, b]`, `connect{a, b}` and `connect a b` for `connect(a, b)`.
pub fn sets(input: ParseStream, name: &Ident, errors: &mut Errors) -> Option<(Ident, Group)> {
    let (group, rest) = (next_group(input), input.cursor().token_stream());
    let (written, content) = match &group {
        Some(group) => (group.to_token_stream(), group.stream()),
        None if input.peek(Ident) => (quote!(#name #rest), rest),
        None => return None,
    };
    let has = |sign| content.clone().into_iter().any(|tree| is_punct(&tree, sign));
    let has_number = content.clone().into_iter().any(|tree| matches!(tree, TokenTree::Literal(_)));
    let is_body = group.as_ref().is_some_and(|group| group.delimiter() == Delimiter::Brace) && has(';');
    if has_number || is_body || ['=', ':', '#'].into_iter().any(has) {
        return None;
    }
    // What no sign divides in brackets is a count.
    let is_list = group.as_ref().is_none_or(|group| group.delimiter() != Delimiter::Bracket) || has(',') || has(';');
    let (text, sets) = (name.to_string(), with_commas(content.clone()));
    let is_several = is_list && sets.clone().into_iter().any(|tree| is_punct(&tree, ','));
    let pattern = match &group {
        Some(_) => Pattern::named(&text).filter(|_| is_several)?,
        // Any other word before one name is a missing `;`.
        None => {
            if is_several { Pattern::meant(&text) } else { Pattern::named(&text) }.filter(|shape| shape.is_shape())?
        }
    };
    errors.report(written, messages::parentheses(pattern.name(), &code(&sets)));
    match group {
        Some(_) => drop(input.parse::<Group>().ok()?),
        None => drop(input.parse::<TokenStream>().ok()?),
    }
    Some((Ident::new(pattern.name(), name.span()), Group::new(Delimiter::Parenthesis, sets)))
}

/// `a -> b latency = 40ms`, `connect(a, b) (latency = 40ms)`
pub fn conditions_behind(begin: Cursor, input: ParseStream) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    let ahead = input.fork();
    ahead.parse::<Option<Token![,]>>()?;
    let message = |conditions| messages::conditions_behind(&code(since(begin, input)), &code(conditions));
    let message = match next_group(&ahead) {
        Some(group) if holds(&group, |input| begins_condition(input) || has_unit(input)) => message(group.stream()),
        Some(group) if holds_arguments(&group) => messages::stray(&next_text(&ahead)),
        None if begins_condition(&ahead) => message(ahead.cursor().token_stream()),
        _ => return Ok(()),
    };
    Err(Error::new_spanned(input.cursor().token_stream(), message))
}
