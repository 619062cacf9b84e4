//! `require connected`, `require diameter <= 4`, `require degree(k) >= 3`, `require survives(1)`

use cluster_topology::Comparison;
use proc_macro2::{Delimiter, TokenTree};
use quote::quote;
use syn::parse::ParseStream;
use syn::{BinOp, Error, Expr, Ident, Result};

use super::expression::{expression, unreadable};
use super::set;
use super::tokens::{ahead, group, since, unexpected};
use crate::ast::{Demand, Requirement};
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::literal::{self, without_groups};
use crate::messages;
use crate::suggest::nearest;

/// The first word of a requirement, which may also be the name of a node.
const REQUIRE: &str = "require";

const DEMANDS: [&str; 4] = ["connected", "diameter", "degree", "survives"];

/// What other languages begin a requirement with.
const SYNONYMS: [&str; 8] = ["requires", "required", "assert", "ensure", "expect", "check", "must", "verify"];

/// How comparisons are written, and then how other languages write them.
const COMPARISONS: [(&str, Comparison, &str); 8] = [
    ("==", Comparison::Equal, "=="),
    ("<=", Comparison::AtMost, "<="),
    (">=", Comparison::AtLeast, ">="),
    ("<", Comparison::Less, "<"),
    (">", Comparison::Greater, ">"),
    ("=", Comparison::Equal, "=="),
    ("=<", Comparison::AtMost, "<="),
    ("=>", Comparison::AtLeast, ">="),
];

/// Whether a requirement comes next.
pub fn peek(input: ParseStream) -> bool {
    let [word, what] = ahead(input);
    let is_other_word = || SYNONYMS.contains(&&*word) || nearest(&word, [REQUIRE]).is_some();
    input.peek2(Ident) && (word == REQUIRE || is_other_word() && DEMANDS.contains(&&*what))
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
    let written = quote!(#token #what #parentheses);
    let content = parentheses.as_ref().map(|parentheses| parentheses.stream()).filter(|content| !content.is_empty());
    let mut requirement = Requirement { demand: Demand::Connected, sets: Vec::new(), number: None, written };
    match (what.to_string().as_str(), parentheses.is_some(), content) {
        ("connected", false, _) => {}
        ("diameter", false, _) => requirement.demand = Demand::Diameter(comparison(input, &mut requirement, errors)?),
        ("degree", _, Some(content)) => {
            requirement.sets = set::sets(content, errors);
            requirement.demand = Demand::Degree(comparison(input, &mut requirement, errors)?);
        }
        ("survives", _, Some(content)) => {
            requirement.demand = Demand::Survives;
            requirement.number = Some(number(expression(content, "number")?)?);
        }
        (known, ..) if DEMANDS.contains(&known) => {
            return Err(Error::new_spanned(requirement.written, messages::misshapen_requirement(known)));
        }
        (unknown, ..) => {
            errors.half_written(HalfWritten::Word("requirements", what.clone()));
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
    let (head, begin, [sign]) = (&requirement.written, input.cursor(), ahead(input));
    // A sign may be followed by that of its number: `<-1`.
    let known = COMPARISONS.iter().filter(|(written, ..)| sign.starts_with(written));
    let Some((written, comparison, meant)) = known.max_by_key(|(written, ..)| written.len()) else {
        return Err(Error::new_spanned(head, messages::missing_comparison(&code(head))));
    };
    for _ in written.chars() {
        input.parse::<TokenTree>()?;
    }
    let sign = since(begin, input);
    if written != meant {
        errors.report(&sign, messages::foreign_comparison(written, meant));
    }
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
    Ok(*comparison)
}

fn number(expression: Expr) -> Result<Expr> {
    match literal::whole(&expression) {
        Ok(_) => Ok(without_groups(&expression).clone()),
        Err(mistake) => {
            let message = messages::no_whole_number(mistake, "what a requirement compares with", &code(&expression));
            Err(Error::new_spanned(expression, message))
        }
    }
}
