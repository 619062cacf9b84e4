//! `require connected`, `require diameter <= 4`, `require degree(k) >= 3`, `require survives(1)`

use cluster_topology::Comparison;
use proc_macro2::{Delimiter, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, Result, Token};

use super::expression::content;
use super::set;
use super::tokens::group;
use crate::ast::{Demand, Requirement};
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::number::Number;
use crate::suggest::nearest;

/// The first word of a requirement, which may also be the name of a node.
const REQUIRE: &str = "require";

const DEMANDS: [&str; 4] = ["connected", "diameter", "degree", "survives"];

/// Whether a requirement comes next.
pub fn peek(input: ParseStream) -> bool {
    input.peek2(Ident) && input.fork().parse::<Ident>().is_ok_and(|word| word == REQUIRE)
}

pub fn requirement(input: ParseStream, errors: &mut Errors) -> Result<Requirement> {
    let token: Ident = input.parse()?;
    let what: Ident = input.parse()?;
    let parentheses = group(input, Delimiter::Parenthesis)?;
    let head = quote!(#token #what #parentheses);
    let (demand, rest) = match (what.to_string().as_str(), &parentheses) {
        ("connected", None) => (Demand::Connected, None),
        ("diameter", None) => {
            let (comparison, bound, written) = bound(input, &head)?;
            (Demand::Diameter(comparison, bound), Some(written))
        }
        ("degree", Some(parentheses)) if !parentheses.stream().is_empty() => {
            let sets = set::sets(parentheses.stream(), errors);
            let (comparison, bound, written) = bound(input, &head)?;
            (Demand::Degree(sets, comparison, bound), Some(written))
        }
        ("survives", Some(parentheses)) if !parentheses.stream().is_empty() => {
            (Demand::Survives(number(content(parentheses, "number")?)?), None)
        }
        (known, _) if DEMANDS.contains(&known) => {
            return Err(Error::new_spanned(head, messages::misshapen_requirement(known)));
        }
        (unknown, _) => {
            return Err(Error::new_spanned(&what, messages::unknown_requirement(unknown, nearest(unknown, DEMANDS))));
        }
    };
    Ok(Requirement { demand, written: quote!(#head #rest) })
}

/// `<= 4`
fn bound(input: ParseStream, head: &impl ToTokens) -> Result<(Comparison, Expr, TokenStream)> {
    let sign = input.cursor();
    let comparison = if input.peek(Token![==]) {
        input.parse::<Token![==]>()?;
        Comparison::Equal
    } else if input.peek(Token![<=]) {
        input.parse::<Token![<=]>()?;
        Comparison::AtMost
    } else if input.peek(Token![>=]) {
        input.parse::<Token![>=]>()?;
        Comparison::AtLeast
    } else if input.peek(Token![<]) {
        input.parse::<Token![<]>()?;
        Comparison::Less
    } else if input.peek(Token![>]) {
        input.parse::<Token![>]>()?;
        Comparison::Greater
    } else {
        return Err(Error::new_spanned(head, messages::missing_comparison(&code(head))));
    };
    if input.is_empty() {
        return Err(Error::new_spanned(head, messages::missing_bound(&code(head))));
    }
    let expression = input
        .parse()
        .map_err(|error: Error| Error::new(error.span(), messages::unreadable("number", &error.to_string())))?;
    let sign = comparison_tokens(sign.token_stream(), comparison);
    let bound = number(expression)?;
    let written = quote!(#sign #bound);
    Ok((comparison, bound, written))
}

/// The tokens of the comparison itself.
fn comparison_tokens(tokens: TokenStream, comparison: Comparison) -> TokenStream {
    let length = match comparison {
        Comparison::Less | Comparison::Greater => 1,
        Comparison::Equal | Comparison::AtMost | Comparison::AtLeast => 2,
    };
    tokens.into_iter().take(length).collect()
}

fn number(expression: Expr) -> Result<Expr> {
    let message = match Number::read(&expression) {
        Number::Negative => messages::NEGATIVE_REQUIREMENT,
        Number::Fractional => messages::FRACTIONAL_REQUIREMENT,
        Number::TooLarge => messages::TOO_LARGE_NUMBER,
        Number::Literal(_) | Number::Expression => return Ok(without_groups(&expression).clone()),
    };
    Err(Error::new_spanned(expression, message))
}
