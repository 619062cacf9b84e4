//! Names of nodes.

use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitStr, Result, parse_quote};

use super::tokens::unexpected;
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
        errors.report(&literal, messages::quoted_name(&name.to_string()));
        return Ok(name);
    }
    let name = input.call(Ident::parse_any).map_err(|_| unexpected(input, expected))?;
    if !is_keyword(&name) {
        return Ok(name);
    }
    let word = name.to_string();
    if matches!(word.as_str(), "self" | "Self" | "super" | "crate" | "_") {
        return Err(Error::new_spanned(name, messages::impossible_name(&word)));
    }
    errors.report(&name, messages::keyword_as_name(&word));
    Ok(Ident::new_raw(&word, name.span()))
}

/// Skips keywords of Rust before a name: `let a`, `pub a`. Returns whether there were any.
pub fn skip_keywords(input: ParseStream, errors: &mut Errors) -> Result<bool> {
    let mut skipped = false;
    loop {
        let ahead = input.fork();
        let Ok(word) = ahead.call(Ident::parse_any) else { return Ok(skipped) };
        if !is_keyword(&word) || !ahead.peek(Ident::peek_any) {
            return Ok(skipped);
        }
        if !skipped {
            errors.report(&word, messages::keyword_before_name(&word.to_string()));
        }
        skipped = true;
        input.call(Ident::parse_any)?;
    }
}

/// syn does not know `gen`, a keyword since edition 2024.
fn is_keyword(name: &Ident) -> bool {
    name == "gen" || syn::parse2::<Ident>(parse_quote!(#name)).is_err()
}
