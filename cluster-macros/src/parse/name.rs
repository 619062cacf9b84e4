//! Names of nodes.

use proc_macro2::{Delimiter, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Result, token};

use super::tokens::{group, unexpected};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;

/// A name; a keyword is reported and read as the raw name that was meant.
pub fn name(input: ParseStream, errors: &mut Errors, expected: fn(&str) -> String) -> Result<Ident> {
    if input.peek(LitStr) {
        let literal: LitStr = input.parse()?;
        let name = literal
            .parse_with(Ident::parse_any)
            .map_err(|_| Error::new_spanned(&literal, expected(&code(&literal))))?;
        let name = if is_keyword(&name) { Ident::new_raw(&name.to_string(), name.span()) } else { name };
        errors.report(&literal, messages::quoted_name(&code(&name)));
        return Ok(name);
    }
    // syn knows keywords by peeking.
    let is_keyword_of_syn = !input.peek(Ident);
    let name = input.call(Ident::parse_any).map_err(|_| unexpected(input, expected))?;
    if !is_keyword_of_syn && name != LATE_KEYWORD {
        return Ok(name);
    }
    let word = name.to_string();
    if matches!(word.as_str(), "self" | "Self" | "super" | "crate" | "_") {
        return Err(Error::new_spanned(name, messages::impossible_name(&word)));
    }
    errors.report(&name, messages::keyword_as_name(&word));
    Ok(Ident::new_raw(&word, name.span()))
}

/// Words of other languages before the name of a node.
const NOUNS: [&str; 7] = ["node", "nodes", "group", "cluster", "subgraph", "vertex", "server"];

/// Words of other languages before all statements: `graph TD`.
const TITLES: [&str; 4] = ["graph", "digraph", "flowchart", "topology"];

/// Skips what is no name before a name: `let a`, `pub a`, `node a`. Returns whether there was anything.
pub fn skip_words(input: ParseStream, errors: &mut Errors) -> Result<bool> {
    let mut first = None;
    while let Some(word) = skip_word(input, first.is_none())? {
        first.get_or_insert(word);
    }
    let Some(word) = &first else { return Ok(false) };
    let name = input.fork().call(Ident::parse_any).map(code).unwrap_or_default();
    let message = match word.to_string().as_str() {
        "struct" => messages::late_head(&name),
        word => messages::word_before_name(word, &name),
    };
    errors.report(word, message);
    Ok(true)
}

/// The next word, if another follows. It may be of another language if it is the first.
fn skip_word(input: ParseStream, is_first: bool) -> Result<Option<Ident>> {
    if !input.peek2(Ident::peek_any) && !input.peek2(token::Paren) {
        return Ok(None);
    }
    let is_keyword = !input.peek(Ident) || input.fork().parse::<Ident>()? == LATE_KEYWORD;
    let ahead = input.fork();
    let Ok(word) = ahead.call(Ident::parse_any) else { return Ok(None) };
    let text = word.to_string();
    if text == "pub" {
        group(&ahead, Delimiter::Parenthesis);
    }
    let is_skipped = is_keyword || is_first && (NOUNS.contains(&&*text) || TITLES.contains(&&*text));
    if !is_skipped || !ahead.peek(Ident::peek_any) || super::arrow::peek(&ahead) {
        return Ok(None);
    }
    if TITLES.contains(&&*text) && input.cursor().token_stream().into_iter().count() == 2 {
        return Err(Error::new_spanned(input.parse::<TokenStream>()?, messages::TITLE));
    }
    input.call(Ident::parse_any)?;
    if text == "pub" {
        group(input, Delimiter::Parenthesis);
    }
    Ok(Some(word))
}

/// A keyword since edition 2024, which syn does not know.
const LATE_KEYWORD: &str = "gen";

pub fn is_keyword(name: &Ident) -> bool {
    name == LATE_KEYWORD || syn::parse2::<Ident>(name.to_token_stream()).is_err()
}
