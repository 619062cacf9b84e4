//! `require connected`, `require diameter <= 4`, `require degree(k) >= 3`, `require survives(1)`

use cluster_topology::Comparison;
use proc_macro2::{Delimiter, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{BinOp, Error, Expr, Ident, Result, Token};

use super::expression::{expression, unreadable};
use super::set;
use super::tokens::{group, unexpected};
use crate::ast::{Demand, Requirement};
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::expression::without_groups;
use crate::messages;
use crate::number;
use crate::suggest::nearest;

/// The first word of a requirement, which may also be the name of a node.
const REQUIRE: &str = "require";

const DEMANDS: [&str; 4] = ["connected", "diameter", "degree", "survives"];

/// What other languages begin a requirement with.
const SYNONYMS: [&str; 8] = ["requires", "required", "assert", "ensure", "expect", "check", "must", "verify"];

/// Whether a requirement comes next.
pub fn peek(input: ParseStream) -> bool {
    let ahead = input.fork();
    let (Ok(word), Ok(what)) = (ahead.parse::<Ident>(), ahead.parse::<Ident>()) else { return false };
    word == REQUIRE || is_other_word(&word.to_string()) && DEMANDS.contains(&what.to_string().as_str())
}

fn is_other_word(word: &str) -> bool {
    SYNONYMS.contains(&word) || nearest(word, [REQUIRE]).is_some()
}

pub fn requirement(input: ParseStream, errors: &mut Errors) -> Result<Requirement> {
    let mut token: Ident = input.parse()?;
    let what: Ident = input.parse()?;
    if token != REQUIRE {
        let rest = input.cursor().token_stream();
        errors.report(&token, messages::other_requirement(&token.to_string(), &code(quote!(#what #rest))));
        token = Ident::new(REQUIRE, token.span());
    }
    let parentheses = group(input, Delimiter::Parenthesis);
    let head = quote!(#token #what #parentheses);
    let in_parentheses = parentheses.as_ref().filter(|parentheses| !parentheses.stream().is_empty());
    let mut requirement = Requirement { demand: Demand::Connected, sets: Vec::new(), number: None, written: head };
    match (what.to_string().as_str(), &parentheses, in_parentheses) {
        ("connected", None, _) => {}
        ("diameter", None, _) => requirement.demand = Demand::Diameter(comparison(input, &mut requirement, errors)?),
        ("degree", _, Some(parentheses)) => {
            requirement.sets = set::sets(parentheses.stream(), errors);
            requirement.demand = Demand::Degree(comparison(input, &mut requirement, errors)?);
        }
        ("survives", _, Some(parentheses)) => {
            requirement.demand = Demand::Survives;
            requirement.number = Some(number(expression(parentheses.stream(), "number")?)?);
        }
        (known, ..) if DEMANDS.contains(&known) => {
            return Err(Error::new_spanned(requirement.written, messages::misshapen_requirement(known)));
        }
        (unknown, ..) => {
            errors.half_written(HalfWritten::Requirement(what.clone()));
            return Err(Error::new_spanned(&what, messages::unknown_requirement(unknown, nearest(unknown, DEMANDS))));
        }
    }
    if !input.is_empty() {
        let written = code(&requirement.written);
        return Err(unexpected(input, |found| messages::after_requirement(found, &written)));
    }
    Ok(requirement)
}

/// Adds the number of a requirement: `<= 4`.
fn comparison(input: ParseStream, requirement: &mut Requirement, errors: &mut Errors) -> Result<Comparison> {
    let head = &requirement.written;
    let (comparison, sign) = if input.peek(Token![==]) {
        (Comparison::Equal, input.parse::<Token![==]>()?.to_token_stream())
    } else if input.peek(Token![<=]) {
        (Comparison::AtMost, input.parse::<Token![<=]>()?.to_token_stream())
    } else if input.peek(Token![>=]) {
        (Comparison::AtLeast, input.parse::<Token![>=]>()?.to_token_stream())
    } else if input.peek(Token![<]) {
        (Comparison::Less, input.parse::<Token![<]>()?.to_token_stream())
    } else if input.peek(Token![>]) {
        (Comparison::Greater, input.parse::<Token![>]>()?.to_token_stream())
    } else if let Some((comparison, meant, sign)) = foreign_comparison(input)? {
        errors.report(&sign, messages::foreign_comparison(&code(&sign).replace(' ', ""), meant));
        (comparison, sign)
    } else {
        return Err(Error::new_spanned(head, messages::missing_comparison(&code(head))));
    };
    if input.is_empty() {
        return Err(Error::new_spanned(head, messages::missing_bound(&code(head))));
    }
    let number: Expr = input.parse().map_err(|error| unreadable(&error, "number"))?;
    if let Expr::Binary(binary) = &number
        && matches!(binary.op, BinOp::Lt(_) | BinOp::Le(_) | BinOp::Gt(_) | BinOp::Ge(_) | BinOp::Eq(_) | BinOp::Ne(_))
    {
        let first = &binary.left;
        let message = messages::second_comparison(&code(quote!(#head #sign #first)));
        return Err(Error::new_spanned(binary.op, message));
    }
    let number = self::number(number)?;
    requirement.written = quote!(#head #sign #number);
    requirement.number = Some(number);
    Ok(comparison)
}

/// `=`, `=<` or `=>`: the comparison that was meant, and how it is written.
fn foreign_comparison(input: ParseStream) -> Result<Option<(Comparison, &'static str, TokenStream)>> {
    if input.peek(Token![=>]) {
        let sign: Token![=>] = input.parse()?;
        return Ok(Some((Comparison::AtLeast, ">=", sign.to_token_stream())));
    }
    if !input.peek(Token![=]) {
        return Ok(None);
    }
    let (equals, less): (Token![=], Option<Token![<]>) = (input.parse()?, input.parse()?);
    let (comparison, meant) = if less.is_some() { (Comparison::AtMost, "<=") } else { (Comparison::Equal, "==") };
    Ok(Some((comparison, meant, quote!(#equals #less))))
}

fn number(expression: Expr) -> Result<Expr> {
    match number::literal(&expression) {
        Ok(_) => Ok(without_groups(&expression).clone()),
        Err(mistake) => {
            let message = messages::no_whole_number(mistake, "what a requirement compares with", &code(&expression));
            Err(Error::new_spanned(expression, message))
        }
    }
}
