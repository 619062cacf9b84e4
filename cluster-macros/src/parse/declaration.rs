//! `NAME[count] = KIND: shape + shape`, `NAME[count] { statements }: shape + shape`

use proc_macro2::{Delimiter, Group, TokenTree};
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{Error, Ident, LitInt, Result, Token, token};

use super::call::call;
use super::expression;
use super::tokens::{group, is_punct, unexpected};
use crate::ast::{Count, Declaration};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{Pattern, Position};

/// The count in the brackets after a name.
pub fn count(brackets: Option<Group>, errors: &mut Errors) -> Count {
    let Some(brackets) = brackets else { return Count::Single };
    parse_count(&brackets).unwrap_or_else(|error| {
        errors.push(error);
        Count::Unreadable
    })
}

fn parse_count(brackets: &Group) -> Result<Count> {
    let mut content = brackets.stream().into_iter();
    let first = content.next();
    let is_dyn = matches!(&first, Some(TokenTree::Ident(word)) if word == "dyn");
    let expression = match is_dyn {
        true => content.collect(),
        false => brackets.stream(),
    };
    if expression.is_empty() {
        return Err(Error::new_spanned(brackets, messages::EMPTY_COUNT));
    }
    let expression = expression::expression(expression, "count")?;
    Ok(if is_dyn { Count::Dyn(expression) } else { Count::Constant(expression) })
}

/// `k(4)` or `k{4}` for `k[4]`: reported, and read as what was meant.
pub fn misbracketed_count(input: ParseStream, name: &Ident, errors: &mut Errors) -> Option<Count> {
    let ahead = input.fork();
    let written = group(&ahead, Delimiter::Parenthesis).or_else(|| group(&ahead, Delimiter::Brace))?;
    let holds_number = syn::parse2::<LitInt>(written.stream()).is_ok();
    let goes_on = ahead.peek(Token![:]) || ahead.peek(Token![=]);
    let is_count = match written.delimiter() {
        // Any other braces hold a cluster.
        Delimiter::Brace => holds_number,
        _ => goes_on || holds_number && Pattern::meant(&name.to_string()).is_none(),
    };
    if written.stream().is_empty() || !is_count {
        return None;
    }
    group(input, written.delimiter());
    errors.report(&written, messages::brackets_for_count(&code(name), &code(written.stream())));
    Some(count(Some(written), errors))
}

/// What follows the name, the count and the braces.
pub fn kind_and_shapes(input: ParseStream, declaration: &mut Declaration, errors: &mut Errors) -> Result<()> {
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        if declaration.body.is_some() {
            errors.report(equals, messages::KIND_OF_CLUSTER);
        }
        declaration.kind = expression::kind(input, equals, "=", errors)?;
    }
    if input.peek(Token![:]) {
        let colon: Token![:] = input.parse()?;
        shapes(input, colon.to_token_stream(), ":", declaration, errors)?;
    } else if is_shape(input) {
        let ahead = input.fork();
        let shape: Ident = ahead.parse()?;
        let parentheses = group(&ahead, Delimiter::Parenthesis);
        let (name, written) = (code(&declaration.name), code(quote!(#shape #parentheses)));
        errors.report(&shape, messages::missing_colon(&name, &declaration.count, &written));
        shapes(input, shape.to_token_stream(), ":", declaration, errors)?;
    }
    if input.peek(Token![=]) {
        let equals: Token![=] = input.parse()?;
        errors.report(equals, messages::KIND_AFTER_SHAPES);
        declaration.kind = expression::kind(input, equals, "=", errors)?;
    }
    if declaration.body.is_none() && input.peek(token::Brace) && !declaration.shapes.is_empty() {
        let braces: TokenTree = input.parse()?;
        errors.report(braces, messages::BODY_AFTER_SHAPES);
        declaration.count = Count::Unreadable;
    }
    Ok(())
}

/// Shapes, with `+` between them.
fn shapes(
    input: ParseStream,
    mut after: proc_macro2::TokenStream,
    mut written: &str,
    declaration: &mut Declaration,
    errors: &mut Errors,
) -> Result<()> {
    loop {
        if input.is_empty() || input.peek(Token![=]) {
            errors.report(after, messages::missing_shape(written));
            return Ok(());
        }
        if !input.peek(Ident::peek_any) {
            let number = input.peek(LitInt) || input.peek(token::Bracket);
            let message = if number { messages::number_as_shape } else { messages::expected_shape };
            return Err(unexpected(input, message));
        }
        let name = input.call(Ident::parse_any)?;
        let parentheses = group(input, Delimiter::Parenthesis);
        declaration.shapes.push(call(name, parentheses, Position::Declaration, errors));
        if input.peek(Token![+]) {
            let plus: Token![+] = input.parse()?;
            (after, written) = (plus.to_token_stream(), "+");
        } else if input.peek(Token![,]) && is_shape_after_comma(input) {
            let comma: Token![,] = input.parse()?;
            errors.report(comma, messages::COMMA_BETWEEN_SHAPES);
        } else if is_shape(input) {
            let next: Ident = input.fork().parse()?;
            errors.report(next, messages::MISSING_PLUS);
        } else {
            return Ok(());
        }
    }
}

fn is_shape_after_comma(input: ParseStream) -> bool {
    let ahead = input.fork();
    ahead.parse::<Token![,]>().is_ok() && is_shape(&ahead)
}

/// Whether the next tokens can only be a shape of this declaration, not a statement of its own.
fn is_shape(input: ParseStream) -> bool {
    let ahead = input.fork();
    let Ok(name) = ahead.parse::<Ident>() else { return false };
    let Some(shape) = Pattern::named(&name.to_string()) else { return false };
    match group(&ahead, Delimiter::Parenthesis) {
        Some(parentheses) if shape.takes_parameters() => {
            // A statement begins with a set.
            matches!(parentheses.stream().into_iter().next(), Some(TokenTree::Literal(_)))
        }
        Some(parentheses) => {
            let commas = parentheses.stream().into_iter().filter(|tree| is_punct(tree, ',')).count();
            shape.declaration_sets() == 1 && commas == 0
        }
        None => {
            !shape.takes_parameters() && shape.declaration_sets() == 0 && (ahead.is_empty() || ahead.peek(Token![+]))
        }
    }
}
