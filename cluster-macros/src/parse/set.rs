//! Sets of nodes: `a`, `k[0]`, `k[1..3]`, `region.gw`, `[a, b]`.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, LitInt, Result, Token};

use super::expression::{expression, parse_all};
use super::lookahead::holds_arguments;
use super::name;
use super::tokens::{group, is_punct, unexpected};
use crate::ast::{Selector, Set, Step};
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;

/// Sets separated by commas.
pub fn sets(tokens: TokenStream, errors: &mut Errors) -> Vec<Set> {
    let mut sets = Vec::new();
    let outcome = parse_all(tokens, |input| {
        while !input.is_empty() {
            sets.push(up_to_comma(input, errors)?);
        }
        Ok(())
    });
    outcome.unwrap_or_else(|error| errors.push(error));
    sets
}

/// The next set, and the comma after it. An unreadable set is reported, and still counts as one.
pub fn up_to_comma(input: ParseStream, errors: &mut Errors) -> Result<Set> {
    let mut tokens = TokenStream::new();
    while !input.is_empty() && !input.peek(Token![,]) {
        tokens.extend([input.parse::<TokenTree>()?]);
    }
    Ok(match input.parse::<Option<Token![,]>>()? {
        Some(comma) if tokens.is_empty() => {
            errors.report(comma, messages::SET_MISSING_BEFORE_COMMA);
            Set::Unreadable(comma.to_token_stream())
        }
        _ => whole_set(tokens, errors),
    })
}

fn whole_set(tokens: TokenStream, errors: &mut Errors) -> Set {
    let outcome = parse_all(tokens.clone(), |input| {
        let set = set(input, errors)?;
        match input.is_empty() {
            true => Ok(set),
            false => Err(unexpected(input, |found| messages::expected_comma(&code(&set), found))),
        }
    });
    outcome.unwrap_or_else(|error| {
        errors.push(error);
        Set::Unreadable(tokens)
    })
}

/// One set.
pub fn set(input: ParseStream, errors: &mut Errors) -> Result<Set> {
    if input.peek(Token![&]) {
        let (reference, mutable): (Token![&], Option<Token![mut]>) = (input.parse()?, input.parse()?);
        if let Ok(name) = input.fork().parse::<TokenTree>() {
            errors.report(quote!(#reference #mutable #name), messages::reference(&code(&name)));
        }
    }
    let parentheses = group(input, Delimiter::Parenthesis);
    if let Some(parentheses) = &parentheses {
        errors.report(parentheses, messages::set_in_parentheses(&code(parentheses.stream())));
    }
    if let Some(brackets) = parentheses.or_else(|| group(input, Delimiter::Bracket)) {
        if brackets.stream().is_empty() {
            return Err(Error::new_spanned(brackets, messages::EMPTY_LIST));
        }
        return Ok(Set::List { sets: sets(brackets.stream(), errors), brackets });
    }
    let name = name::name(input, errors, messages::expected_set)?;
    let conditions = group(&input.fork(), Delimiter::Parenthesis).filter(holds_arguments);
    let misbracketed = match conditions {
        Some(_) => None,
        None => group(input, Delimiter::Parenthesis).or_else(|| group(input, Delimiter::Brace)),
    };
    if let Some(index) = &misbracketed {
        errors.report(index, messages::index_in_brackets(&code(&name), &code(index.stream())));
    }
    let brackets = misbracketed.or_else(|| group(input, Delimiter::Bracket));
    path(input, name, brackets, errors)
}

/// A path that begins with this name and these brackets.
pub fn path(input: ParseStream, name: Ident, brackets: Option<Group>, errors: &mut Errors) -> Result<Set> {
    let mut steps = vec![step(None, name, brackets)?];
    while input.peek(Token![.]) && !input.peek(Token![..]) {
        let dot: Token![.] = input.parse()?;
        if input.is_empty() {
            errors.report(dot, messages::MISSING_MEMBER);
            return Ok(Set::Incomplete(steps));
        }
        if input.peek(LitInt) {
            let (number, place): (LitInt, String) = (input.parse()?, code(quote!(#(#steps)*)));
            let index = number.base10_parse::<u64>().unwrap_or(1).saturating_sub(1);
            errors.report(number, messages::number_as_member(&place, index));
            return Ok(Set::Unreadable(quote!(#(#steps)*)));
        }
        let name = name::name(input, errors, messages::expected_member)?;
        steps.push(step(Some(dot), name, group(input, Delimiter::Bracket))?);
    }
    Ok(Set::Path(steps))
}

/// One step of a path.
fn step(dot: Option<Token![.]>, name: Ident, brackets: Option<Group>) -> Result<Step> {
    let selector = match &brackets {
        Some(brackets) => selector(brackets)?,
        None => Selector::All,
    };
    Ok(Step { dot, name, brackets, selector })
}

fn selector(brackets: &Group) -> Result<Selector> {
    if brackets.stream().is_empty() {
        return Err(Error::new_spanned(brackets, messages::EMPTY_BRACKETS));
    }
    let parsed = expression(brackets.stream(), "index").map_err(|error| {
        let comma = brackets.stream().into_iter().find(|tree| is_punct(tree, ','));
        match (comma, colon_in_range(brackets)) {
            (Some(comma), _) => Error::new_spanned(comma, messages::SEVERAL_INDICES),
            (None, Some(message)) => Error::new_spanned(brackets, message),
            (None, None) => error,
        }
    })?;
    Ok(match without_groups(&parsed) {
        Expr::Range(range) => Selector::Range(range.clone().into()),
        index => Selector::Index(index.clone().into()),
    })
}

/// The message about `0:2`, which is `0..2`.
fn colon_in_range(brackets: &Group) -> Option<String> {
    let trees: Vec<TokenTree> = brackets.stream().into_iter().collect();
    let is_colon = |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':' && punct.spacing() == Spacing::Alone);
    let colon = trees.iter().position(is_colon)?;
    let is_path = colon > 0 && is_punct(&trees[colon - 1], ':');
    let bound = |trees: &[TokenTree]| code(trees.iter().cloned().collect::<TokenStream>());
    (!is_path).then(|| messages::colon_in_range(&bound(&trees[..colon]), &bound(&trees[colon + 1..])))
}
