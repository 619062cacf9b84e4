//! `pub struct Followers<K: Kind>(kind: K, n: usize);`

use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{Attribute, Error, Generics, Ident, Meta, Path, Result, Token, Visibility, parenthesized, token};

use crate::ast::{Head, Parameter};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;

/// Whether the input begins with the head of a named cluster.
pub fn peek(input: &TokenStream) -> bool {
    let parser = |input: ParseStream| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let is_struct = input.peek(Token![struct]) && input.peek2(Ident);
        input.parse::<TokenStream>()?;
        Ok(is_struct)
    };
    parser.parse2(input.clone()).unwrap_or(false)
}

/// The head, and the rest of the input.
pub fn split(input: TokenStream, errors: &mut Errors) -> Result<(Head, TokenStream)> {
    let parser = |input: ParseStream| Ok((head(input, errors)?, input.parse()?));
    parser.parse2(input)
}

fn head(input: ParseStream, errors: &mut Errors) -> Result<Head> {
    let attributes = attributes(input, errors)?;
    let visibility = input.parse()?;
    input.parse::<Token![struct]>()?;
    let name: Ident = input.parse()?;
    let mut generics: Generics = input.parse()?;
    let mut parameters = Punctuated::new();
    if input.peek(token::Brace) {
        return Err(input.error(messages::braces_of_named(&name.to_string())));
    }
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        parameters = Punctuated::parse_terminated_with(&content, parameter)?;
    }
    generics.where_clause = input.parse()?;
    if !input.peek(Token![;]) {
        return Err(Error::new_spanned(&name, messages::missing_semicolon_of_named(&name.to_string())));
    }
    input.parse::<Token![;]>()?;
    Ok(Head { attributes, visibility, name, generics, parameters })
}

fn parameter(input: ParseStream) -> Result<Parameter> {
    let name: Ident = input.parse()?;
    if !input.peek(Token![:]) {
        return Err(Error::new_spanned(&name, messages::untyped_parameter(&name.to_string())));
    }
    input.parse::<Token![:]>()?;
    Ok(Parameter { ty: input.parse()?, name })
}

/// All but `derive(Debug)`, which every cluster implements.
fn attributes(input: ParseStream, errors: &mut Errors) -> Result<Vec<Attribute>> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    attributes.retain(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => {
            let traits = Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.tokens.clone());
            for other in traits.into_iter().flatten().filter(|path| !is_debug(path)) {
                errors.report(&other, messages::derive(&code(&other)));
            }
            false
        }
        _ => true,
    });
    Ok(attributes)
}

fn is_debug(path: &Path) -> bool {
    path.segments.last().is_some_and(|last| last.ident == "Debug")
}
