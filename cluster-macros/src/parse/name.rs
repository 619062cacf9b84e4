//! Names of nodes.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::{format_ident, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::parse::discouraged::Speculative;
use syn::{Error, Ident, LitStr, Result, Token, token};

use super::lookahead::is_arrow;
use super::tokens::{ahead, group, is_word, unexpected};
use crate::code::code;
use crate::errors::Errors;
use crate::messages::{self, Message};

/// A name; a keyword is reported and read as the raw name that was meant.
pub fn name(input: ParseStream, errors: &mut Errors, expected: Message) -> Result<Ident> {
    let literal = input.fork().parse::<LitStr>().ok();
    let word = |input: ParseStream| Ok((is_keyword(input), input.call(Ident::parse_any)?));
    let word = match &literal {
        Some(literal) => literal.parse_with(word),
        None => word(input),
    };
    let (is_keyword, mut name) = word.map_err(|_| unexpected(input, expected))?;
    let word = name.to_string();
    if matches!(word.as_str(), "self" | "Self" | "super" | "crate" | "_") {
        return Err(Error::new_spanned(name, messages::impossible_name(&word)));
    }
    if is_keyword {
        name = Ident::new_raw(&word, name.span());
    }
    if let Some(literal) = literal {
        input.parse::<LitStr>()?;
        errors.report(literal, messages::quoted_name(&code(&name)));
    } else if is_keyword {
        errors.report(&name, messages::keyword_as_name(&word));
    }
    Ok(name)
}

/// Whether the next word is a keyword. syn does not know `gen`, one since edition 2024.
fn is_keyword(input: ParseStream) -> bool {
    !input.peek(Ident) || input.fork().parse::<Ident>().is_ok_and(|word| word == "gen")
}

/// Words of other languages before the name of a node.
const NOUNS: [&str; 7] = ["node", "nodes", "group", "cluster", "subgraph", "vertex", "server"];

/// Words of other languages before all statements: `graph TD`.
const TITLES: [&str; 4] = ["graph", "digraph", "flowchart", "topology"];

/// The directions of a picture in a title.
const DIRECTIONS: [&str; 5] = ["TD", "TB", "BT", "LR", "RL"];

/// Skips what is no name before a name: `let a`, `pub a`, `node a`. Returns whether there was anything.
pub fn skip_words(input: ParseStream, errors: &mut Errors) -> Result<bool> {
    let mut skipped = TokenStream::new();
    while is_before_name(&input.fork(), skipped.is_empty())? {
        let [word, next, end] = ahead(input);
        if TITLES.contains(&&*word) && (end.is_empty() || DIRECTIONS.contains(&&*next)) {
            let (title, rest): (TokenTree, TokenTree) = (input.parse()?, input.parse()?);
            errors.report(quote!(#title #rest), messages::title());
            return Ok(true);
        }
        if word == "struct" {
            return Err(Error::new_spanned(skip_word(input)?, messages::late_head(&next)));
        }
        skipped.extend(skip_word(input)?);
    }
    if !skipped.is_empty() {
        errors.report(&skipped, messages::word_before_name(&code(&skipped)));
    }
    Ok(!skipped.is_empty())
}

/// `leaf-node[3]: ring`: reported, and read as `leaf_node[3]: ring`.
pub fn dashed(input: ParseStream, errors: &mut Errors) -> Option<Ident> {
    let ahead = input.fork();
    let (first, dash, second): (Ident, Token![-], Ident) =
        (ahead.parse().ok()?, ahead.parse().ok()?, ahead.parse().ok()?);
    let name = format_ident!("{first}_{second}", span = first.span());
    let end = ahead.fork();
    group(&end, Delimiter::Bracket);
    if !end.peek(token::Brace) && !end.peek(Token![:]) && !end.peek(Token![=]) {
        return None;
    }
    errors.report(quote!(#first #dash #second), messages::dash_in_name(&code(&name)));
    input.advance_to(&ahead);
    Some(name)
}

/// A keyword, or the first word if it may be of another language, and another word after it.
fn is_before_name(input: ParseStream, is_first: bool) -> Result<bool> {
    let [word] = ahead(input);
    let is_other = is_first && (NOUNS.contains(&&*word) || TITLES.contains(&&*word));
    if !is_word(&word) || !is_other && !is_keyword(input) {
        return Ok(false);
    }
    skip_word(input)?;
    Ok(input.peek(Ident::peek_any) && !is_arrow(input))
}

/// `node`, or `pub(crate)`
fn skip_word(input: ParseStream) -> Result<TokenStream> {
    let word = input.call(Ident::parse_any)?;
    let visible = (word == "pub").then(|| group(input, Delimiter::Parenthesis)).flatten();
    Ok(quote!(#word #visible))
}
