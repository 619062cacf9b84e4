//! Sets of nodes: `a`, `k[0]`, `k[1..3]`, `region.gw`, `[a, b]`.

use proc_macro2::{Delimiter, Group, Literal, Spacing, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Expr, LitInt, Result, Token, parse_quote};

use super::expression::{expression, parse_all};
use super::lookahead::{begins_name, holds, holds_arguments};
use super::name;
use super::tokens::{
    ahead, before_comma, group, is_punct, is_word, next_group, refuse_second_brackets, since, unexpected, with_commas,
};
use crate::ast::{Path, Set, Step};
use crate::code::code;
use crate::errors::Errors;
use crate::messages::{self, Message};

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
        match ahead(input) {
            [end, _] if end.is_empty() => Ok(set),
            [sign, next] if sign == "-" && is_word(&next) => {
                let name = format!("{}_{next}", code(&set.written));
                Err(Error::new_spanned(&tokens, messages::dash_in_name(&name)))
            }
            _ => Err(unexpected(input, |found| messages::expected_comma(&code(&set.written), found))),
        }
    });
    Ok(set.unwrap_or_else(|error| {
        errors.push(error);
        Set::unreadable(tokens)
    }))
}

/// One set.
pub fn set(input: ParseStream, errors: &mut Errors) -> Result<Set> {
    if input.peek(Token![&]) || input.peek(Token![*]) {
        let (sign, mutable): (TokenTree, Option<Token![mut]>) = (input.parse()?, input.parse()?);
        if let Ok(name) = input.fork().parse::<TokenTree>() {
            errors.report(quote!(#sign #mutable #name), messages::reference(&sign.to_string(), &code(&name)));
        }
    }
    let Some(list) = next_group(input).filter(|list| !holds_arguments(list)) else { return path(input, errors) };
    input.parse::<Group>()?;
    if list.stream().is_empty() {
        return Err(Error::new_spanned(list, messages::empty_list()));
    }
    let is_bracketed = matches!(list.delimiter(), Delimiter::Bracket | Delimiter::None);
    let content = if is_bracketed { list.stream() } else { with_commas(list.stream()) };
    if !is_bracketed {
        errors.report(&list, messages::set_in_other_brackets(&code(&content)));
    }
    let sets = sets(content, errors);
    let is_broken = !is_bracketed || sets.iter().any(|set| set.is_broken);
    let paths = sets.into_iter().flat_map(|set| set.paths).collect();
    Ok(Set { paths, is_broken, written: list.to_token_stream() })
}

fn path(input: ParseStream, errors: &mut Errors) -> Result<Set> {
    let (begin, before) = (input.cursor(), errors.len());
    let mut steps = vec![first_step(input, errors)?];
    let mut is_broken = errors.len() > before;
    let mut mistake: Option<Message> = None;
    while input.peek(Token![::]) || input.peek(Token![.]) && !input.peek(Token![..]) {
        let before = since(begin, input);
        if input.parse::<Option<Token![::]>>()?.is_some() {
            mistake.get_or_insert(messages::path_by_colons);
        } else {
            let dot: Token![.] = input.parse()?;
            if input.is_empty() {
                errors.report(dot, messages::missing_member());
                let path = Path { steps, ends_in_dot: true, written: before.clone() };
                return Ok(Set { paths: vec![path], is_broken: true, written: before });
            }
        }
        match (input.parse::<Option<LitInt>>()?, steps.last_mut()) {
            (Some(number), Some(group)) => {
                let index = Literal::u64_unsuffixed(number.base10_parse::<u64>().unwrap_or(1).saturating_sub(1));
                group.selector = Some(parse_quote!(#index));
                mistake.get_or_insert(messages::number_as_member);
            }
            _ => {
                let name = name::name(input, errors, messages::expected_member)?;
                steps.push(Step { name, selector: selector(group(input, Delimiter::Bracket))? });
            }
        }
    }
    let written = since(begin, input);
    if let ([_, .., method], Some(arguments)) = (steps.as_slice(), next_group(input).filter(holds_values)) {
        let receiver = path_text(&steps[..steps.len() - 1]);
        let message = match mistake {
            None => messages::method(&receiver, &method.text(), &code(arguments)),
            Some(_) => messages::expected_set(&messages::found(&written)),
        };
        return Err(Error::new_spanned(&written, message));
    }
    if let Some(mistake) = mistake {
        errors.report(&written, mistake(&path_text(&steps)));
        is_broken = true;
    }
    let path = Path { steps, ends_in_dot: false, written: written.clone() };
    Ok(Set { paths: vec![path], is_broken, written })
}

/// `NAME[index]`. Other brackets are reported.
fn first_step(input: ParseStream, errors: &mut Errors) -> Result<Step> {
    let name = name::name(input, errors, messages::expected_set)?;
    let brackets = next_group(input).filter(|group| match group.delimiter() {
        Delimiter::Bracket => !holds(group, |input| begins_name(input, &[])),
        _ => !group.stream().is_empty() && !holds_arguments(group),
    });
    if let Some(index) = &brackets {
        input.parse::<Group>()?;
        if index.delimiter() != Delimiter::Bracket {
            errors.report(index, messages::in_brackets(&code(&name), &code(index.stream())));
        }
    }
    refuse_second_brackets(input, errors);
    Ok(Step { name, selector: selector(brackets)? })
}

/// Whether parentheses are those of a method.
fn holds_values(group: &Group) -> bool {
    group.delimiter() == Delimiter::Parenthesis && !holds_arguments(group)
}

fn path_text(steps: &[Step]) -> String {
    steps.iter().map(Step::text).collect::<Vec<_>>().join(".")
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
