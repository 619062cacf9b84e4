//! `require connected`, `require diameter <= 4`, `require degree(k) >= 3`, `require survives(1)`

use cluster_topology::{Comparison, Demand};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::ext::IdentExt;
use syn::parse::ParseStream;
use syn::{BinOp, Error, Expr, Ident, Lit, Result};

use super::expression::{expression, unreadable};
use super::set;
use super::tokens::{ahead, group, since, unexpected};
use crate::ast::Requirement;
use crate::code::code;
use crate::errors::{Errors, HalfWritten};
use crate::literal::{self, without_groups};
use crate::messages;
use crate::suggest::nearest;

/// The first word of a requirement, which may also be the name of a node.
const REQUIRE: &str = "require";

const DEMANDS: [&str; 4] = ["connected", "diameter", "degree", "survives"];

/// What other languages begin a requirement with.
const SYNONYMS: [&str; 9] = ["requires", "required", "assert", "ensure", "expect", "check", "must", "verify", "where"];

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

/// Whether a requirement comes next, whose first word may be another or missing.
pub fn peek(input: ParseStream) -> bool {
    let [word, what, sign] = ahead(input);
    let is_demand = |word: &str| DEMANDS.contains(&word);
    let is_comparison = |sign: &str| COMPARISONS.iter().any(|(written, ..)| *written != "=" && sign == *written);
    match word.as_str() {
        REQUIRE => input.peek2(Ident) || input.peek2(Lit) || what == "(" || what == "!",
        "survives" if what == "(" => sign.is_empty(),
        word if is_demand(word) => is_comparison(if what == "(" { &sign } else { &what }),
        word => is_demand(&what) && (SYNONYMS.contains(&word) || nearest(word, [REQUIRE]).is_some()),
    }
}

pub fn requirement(input: ParseStream, errors: &mut Errors) -> Result<Requirement> {
    let first: Ident = input.call(Ident::parse_any)?;
    if first == REQUIRE
        && let Some(content) = group(input, Delimiter::Parenthesis)
    {
        let message = messages::requirement_in_parentheses(&code(content.stream()));
        return Err(Error::new_spanned(quote!(#first #content), message));
    }
    let what: Ident = match DEMANDS.iter().any(|demand| first == demand) {
        true => first.clone(),
        false => input.parse().map_err(|_| unexpected(input, messages::expected_requirement))?,
    };
    if first != REQUIRE {
        let rest = input.cursor().token_stream();
        errors.report(&first, messages::other_requirement(&first.to_string(), &code(quote!(#what #rest))));
    }
    let token = Ident::new(REQUIRE, first.span());
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
        let rest = input.cursor().token_stream();
        let next = rest.clone().into_iter().skip_while(|tree| !DEMANDS.contains(&&*tree.to_string()));
        let next: TokenStream = next.collect();
        let written = code(&requirement.written);
        return Err(match next.is_empty() {
            true => unexpected(input, |found| messages::after_requirement(found, &written)),
            false => Error::new_spanned(rest, messages::joined_requirements(&code(next))),
        });
    }
    Ok(requirement)
}

/// Adds the number of a requirement: `<= 4`.
fn comparison(input: ParseStream, requirement: &mut Requirement, errors: &mut Errors) -> Result<Comparison> {
    let (head, begin, [sign]) = (&requirement.written, input.cursor(), ahead(input));
    // A sign may be followed by that of its number: `<-1`.
    let known = COMPARISONS.iter().filter(|(written, ..)| sign.starts_with(written));
    let Some((written, comparison, meant)) = known.max_by_key(|(written, ..)| written.len()) else {
        let rest = input.cursor().token_stream();
        let number = rest.into_iter().find(|tree| matches!(tree, TokenTree::Literal(_)));
        let number = number.map_or_else(|| "4".into(), |number| number.to_string());
        return Err(Error::new_spanned(head, messages::missing_comparison(&code(head), &number)));
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
