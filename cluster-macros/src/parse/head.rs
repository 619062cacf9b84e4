//! `pub struct Followers<K: Kind>(kind: K, n: usize);`

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::parse::{ParseStream, Parser};
use syn::punctuated::Punctuated;
use syn::{
    Attribute, Error, Expr, GenericParam, Generics, Ident, Meta, Path, Result, Token, Type, TypeParam, Visibility,
    parenthesized, parse_quote, token,
};

use super::tokens::{before_comma, since, unexpected};
use crate::ast::{Head, Parameter};
use crate::code::{capitalized, code};
use crate::errors::Errors;
use crate::messages;

/// Items that are no cluster, and are taken for one.
const OTHER_ITEMS: [&str; 6] = ["enum", "union", "fn", "type", "mod", "trait"];

/// Types that are written like names.
const PRIMITIVES: [&str; 9] = ["usize", "u8", "u16", "u32", "u64", "f64", "bool", "str", "i32"];

/// Whether the input begins with the head of a named cluster.
pub fn peek(input: &TokenStream) -> bool {
    let parser = |input: ParseStream| {
        input.call(Attribute::parse_outer)?;
        input.parse::<Visibility>()?;
        let is_struct = input.peek(Token![struct]) && input.peek2(Ident);
        let is_head = is_struct || is_other_item(&input.fork());
        input.parse::<TokenStream>()?;
        Ok(is_head)
    };
    parser.parse2(input.clone()).unwrap_or(false)
}

/// Whether a keyword, a name and parameters come next: `enum Net(n: usize)`.
fn is_other_item(input: ParseStream) -> bool {
    let keyword = input.call(Ident::parse_any);
    keyword.is_ok_and(|keyword| OTHER_ITEMS.contains(&keyword.to_string().as_str()))
        && input.parse::<Ident>().is_ok()
        && (input.peek(token::Paren) || input.peek(token::Brace) || input.peek(Token![<]))
}

pub fn head(input: ParseStream, errors: &mut Errors) -> Result<Head> {
    let attributes = attributes(input, errors)?;
    let visibility = input.parse()?;
    let keyword = input.call(Ident::parse_any)?;
    let mut name: Ident = input.parse()?;
    if keyword != "struct" {
        name = Ident::new(&capitalized(&name.unraw().to_string()), name.span());
        let message = messages::other_item(&keyword.to_string(), &code(&name));
        if input.peek(token::Brace) {
            return Err(Error::new_spanned(keyword, message));
        }
        errors.report(&keyword, message);
    }
    let unreadable = |error: Error| Error::new(error.span(), messages::unreadable_head(&code(&name)));
    let mut generics: Generics = input.parse().map_err(unreadable)?;
    for parameter in &mut generics.params {
        let GenericParam::Type(TypeParam { ident, bounds, .. }) = parameter.clone() else { continue };
        if PRIMITIVES.contains(&&*code(&bounds)) {
            errors.report(&*parameter, messages::untyped_constant(&code(&ident), &code(&bounds)));
            *parameter = parse_quote!(const #ident: #bounds);
        }
    }
    let mut parameters = Punctuated::new();
    if input.peek(token::Brace) {
        return Err(unexpected(input, |_| messages::braces_of_named(&name.to_string())));
    }
    if input.peek(token::Paren) {
        let content;
        parenthesized!(content in input);
        while !content.is_empty() {
            parameters.extend(parameter(&content, errors)?);
            if !content.is_empty() && content.parse::<Option<Token![,]>>()?.is_none() {
                errors.push(unexpected(&content, messages::expected_comma_in_head));
            }
        }
    }
    if input.peek(Token![->]) {
        return Err(unexpected(input, |_| messages::missing_semicolon_of_named(&name.to_string())));
    }
    generics.where_clause = input.parse().map_err(unreadable)?;
    if input.parse::<Token![;]>().is_err() {
        return Err(Error::new_spanned(&name, messages::missing_semicolon_of_named(&name.to_string())));
    }
    // Nodes run on after the call that creates them, and borrow nothing.
    for parameter in generics.lifetimes() {
        errors.report(parameter, messages::lifetime(&code(&parameter.lifetime)));
    }
    Ok(Head { attributes, visibility, name, generics, parameters })
}

/// One parameter. What a function may have there and a cluster may not is reported, and that it has no type.
fn parameter(input: ParseStream, errors: &mut Errors) -> Result<Option<Parameter>> {
    let receiver = input.fork();
    let _ = (receiver.parse::<Option<Token![&]>>(), receiver.parse::<Option<Token![mut]>>());
    if receiver.peek(Token![self]) {
        errors.report(before_comma(input)?, messages::self_parameter());
        return Ok(None);
    }
    let begin = input.cursor();
    let (_, _): (Visibility, Option<Token![mut]>) = (input.parse()?, input.parse()?);
    let mut odd = since(begin, input);
    let name = super::name::name(input, errors, messages::expected_parameter)?;
    let text = name.to_string();
    if input.parse::<Option<Token![:]>>()?.is_none() {
        let is_type = PRIMITIVES.contains(&&*text) || text.starts_with(char::is_uppercase);
        let message = if is_type { messages::unnamed_type } else { messages::untyped_parameter };
        errors.report(&name, message(&text));
        return Ok(Some(Parameter { ty: parse_quote!(_), name }));
    }
    let ty: Type = input.parse().map_err(|_| unexpected(input, |_| messages::untyped_parameter(&text)))?;
    if matches!(ty, Type::Infer(_)) {
        errors.report(&ty, messages::untyped_parameter(&text));
    }
    if let Some(equals) = input.parse::<Option<Token![=]>>()? {
        input.parse::<Expr>()?;
        odd.extend(equals.to_token_stream());
    }
    if let Some(odd) = odd.into_iter().next() {
        errors.report(odd, messages::odd_parameter(&format!("{}: {}", code(&name), code(&ty))));
    }
    Ok(Some(Parameter { ty, name }))
}

/// All but `derive(Debug)`, which every cluster implements.
fn attributes(input: ParseStream, errors: &mut Errors) -> Result<Vec<Attribute>> {
    let mut attributes = input.call(Attribute::parse_outer)?;
    attributes.retain(|attribute| match &attribute.meta {
        Meta::List(list) if list.path.is_ident("derive") => {
            let traits = Punctuated::<Path, Token![,]>::parse_terminated.parse2(list.tokens.clone());
            let is_debug = |path: &Path| path.segments.last().is_some_and(|last| last.ident == "Debug");
            for other in traits.into_iter().flatten().filter(|path| !is_debug(path)) {
                errors.report(&other, messages::derive(&code(&other)));
            }
            false
        }
        _ => true,
    });
    Ok(attributes)
}
