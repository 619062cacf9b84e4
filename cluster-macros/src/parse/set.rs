//! Sets of nodes: `a`, `k[0]`, `k[1..3]`, `region.gw`, `[a, b]`.

use proc_macro2::{Delimiter, Group, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Expr, LitInt, Result, Token};

use super::expression::{expression, parse_all};
use super::lookahead::holds_arguments;
use super::name;
use super::tokens::{before_comma, group, is_punct, next_group, since, unexpected};
use crate::ast::{Path, Set, Step};
use crate::code::code;
use crate::errors::Errors;
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
    let tokens = before_comma(input)?;
    let comma: Option<Token![,]> = input.parse()?;
    if let (Some(comma), true) = (comma, tokens.is_empty()) {
        errors.report(comma, messages::set_missing_before_comma());
        return Ok(Set::unreadable(comma.to_token_stream()));
    }
    let set = parse_all(tokens.clone(), |input| {
        let set = set(input, errors)?;
        match input.is_empty() {
            true => Ok(set),
            false => Err(unexpected(input, |found| messages::expected_comma(&code(&set.written), found))),
        }
    });
    Ok(set.unwrap_or_else(|error| {
        errors.push(error);
        Set::unreadable(tokens)
    }))
}

/// One set.
pub fn set(input: ParseStream, errors: &mut Errors) -> Result<Set> {
    if input.peek(Token![&]) {
        let (reference, mutable): (Token![&], Option<Token![mut]>) = (input.parse()?, input.parse()?);
        if let Ok(name) = input.fork().parse::<TokenTree>() {
            errors.report(quote!(#reference #mutable #name), messages::reference(&code(&name)));
        }
    }
    let Some(list) = next_group(input).filter(|group| group.delimiter() != Delimiter::Brace) else {
        return path(input, errors);
    };
    input.parse::<Group>()?;
    if list.delimiter() == Delimiter::Parenthesis {
        errors.report(&list, messages::set_in_parentheses(&code(list.stream())));
    }
    if list.stream().is_empty() {
        return Err(Error::new_spanned(list, messages::empty_list()));
    }
    let sets = sets(list.stream(), errors);
    let is_broken = sets.iter().any(|set| set.is_broken);
    let paths = sets.into_iter().flat_map(|set| set.paths).collect();
    Ok(Set { paths, is_broken, written: list.to_token_stream() })
}

fn path(input: ParseStream, errors: &mut Errors) -> Result<Set> {
    let begin = input.cursor();
    let name = name::name(input, errors, messages::expected_set)?;
    let misbracketed =
        next_group(input).filter(|group| group.delimiter() != Delimiter::Bracket && !holds_arguments(group));
    let brackets = match misbracketed {
        Some(index) => {
            errors.report(&index, messages::in_brackets(&code(&name), &code(index.stream())));
            Some(input.parse()?)
        }
        None => group(input, Delimiter::Bracket),
    };
    let mut steps = vec![Step { name, selector: selector(brackets)? }];
    while input.peek(Token![.]) && !input.peek(Token![..]) {
        let before = since(begin, input);
        let dot: Token![.] = input.parse()?;
        if input.is_empty() {
            errors.report(dot, messages::missing_member());
            let path = Path { steps, ends_in_dot: true, written: before.clone() };
            return Ok(Set { paths: vec![path], is_broken: true, written: before });
        }
        if input.peek(LitInt) {
            let number: LitInt = input.parse()?;
            let index = number.base10_parse::<u64>().unwrap_or(1).saturating_sub(1);
            errors.report(number, messages::number_as_member(&code(&before), index));
            return Ok(Set::unreadable(before));
        }
        let name = name::name(input, errors, messages::expected_member)?;
        steps.push(Step { name, selector: selector(group(input, Delimiter::Bracket))? });
    }
    let written = since(begin, input);
    let path = Path { steps, ends_in_dot: false, written: written.clone() };
    Ok(Set { paths: vec![path], is_broken: false, written })
}

/// The index or the range in brackets.
fn selector(brackets: Option<Group>) -> Result<Option<Expr>> {
    let Some(brackets) = brackets else { return Ok(None) };
    if brackets.stream().is_empty() {
        return Err(Error::new_spanned(brackets, messages::empty_brackets()));
    }
    expression(brackets.stream(), "index").map(Some).map_err(|error| {
        let comma = brackets.stream().into_iter().find(|tree| is_punct(tree, ','));
        match (comma, colon_in_range(&brackets)) {
            (Some(comma), _) => Error::new_spanned(comma, messages::several_indices()),
            (None, Some(message)) => Error::new_spanned(brackets, message),
            (None, None) => error,
        }
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
