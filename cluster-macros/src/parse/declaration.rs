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
use crate::suggest::nearest;

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
    let mut written = Group::new(Delimiter::Bracket, expression);
    written.set_span(brackets.span());
    let expression = expression::content(&written, "count")?;
    Ok(if is_dyn { Count::Dyn(expression) } else { Count::Constant(expression) })
}

/// `k(4)` or `k{4}` for `k[4]`: reported, and read as what was meant.
pub fn misbracketed_count(input: ParseStream, name: &Ident, errors: &mut Errors) -> Result<Option<Count>> {
    let ahead = input.fork();
    let Some(group) = (match group(&ahead, Delimiter::Parenthesis)? {
        Some(parentheses) => Some(parentheses),
        None => self::group(&ahead, Delimiter::Brace)?,
    }) else {
        return Ok(None);
    };
    let text = name.to_string();
    let is_shape =
        Pattern::named(&text).or(nearest(&text, Pattern::all().map(Pattern::name)).and_then(Pattern::named)).is_some();
    let holds_number = syn::parse2::<LitInt>(group.stream()).is_ok();
    let goes_on = ahead.peek(Token![:]) || ahead.peek(Token![=]);
    let is_count = match group.delimiter() {
        // Any other braces hold a cluster.
        Delimiter::Brace => holds_number,
        _ if is_shape => goes_on,
        _ => goes_on || holds_number,
    };
    if group.stream().is_empty() || !is_count {
        return Ok(None);
    }
    self::group(input, group.delimiter())?;
    let mut brackets = Group::new(Delimiter::Bracket, group.stream());
    brackets.set_span(group.span());
    errors.report(&group, messages::brackets_for_count(&code(name), &code(group.stream())));
    Ok(Some(count(Some(brackets), errors)))
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
        let parentheses = group(&ahead, Delimiter::Parenthesis)?;
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
        let parentheses = group(input, Delimiter::Parenthesis)?;
        declaration.shapes.push(call(name, parentheses, Position::Declaration, errors));
        if input.peek(Token![+]) {
            let plus: Token![+] = input.parse()?;
            (after, written) = (plus.to_token_stream(), "+");
        } else if input.peek(Token![,]) && is_shape_after_comma(input)? {
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

fn is_shape_after_comma(input: ParseStream) -> Result<bool> {
    let ahead = input.fork();
    ahead.parse::<Token![,]>()?;
    Ok(is_shape(&ahead))
}

/// Whether the next tokens can only be a shape of this declaration, not a statement of its own.
fn is_shape(input: ParseStream) -> bool {
    let ahead = input.fork();
    let Ok(name) = ahead.parse::<Ident>() else { return false };
    let Some(shape) = Pattern::named(&name.to_string()) else { return false };
    match group(&ahead, Delimiter::Parenthesis) {
        Ok(Some(parentheses)) if shape.takes_parameters() => {
            // A statement begins with a set.
            matches!(parentheses.stream().into_iter().next(), Some(TokenTree::Literal(_)))
        }
        Ok(Some(parentheses)) => {
            let commas = parentheses.stream().into_iter().filter(|tree| is_punct(tree, ',')).count();
            shape.declaration_sets() == 1 && commas == 0
        }
        _ => !shape.takes_parameters() && shape.declaration_sets() == 0 && (ahead.is_empty() || ahead.peek(Token![+])),
    }
}
