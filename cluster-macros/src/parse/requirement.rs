//! `require connected`, `require diameter <= 4`, `require degree(k) >= 3`, `require survives(1)`

use cluster_topology::Comparison;
use proc_macro2::Delimiter;
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Expr, Ident, Result, Token};

use super::expression::{expression, unreadable};
use super::set;
use super::tokens::group;
use crate::ast::{Demand, Requirement};
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::number;
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
    let parentheses = group(input, Delimiter::Parenthesis);
    let head = quote!(#token #what #parentheses);
    let in_parentheses = parentheses.as_ref().filter(|parentheses| !parentheses.stream().is_empty());
    let mut requirement = Requirement { demand: Demand::Connected, sets: Vec::new(), number: None, written: head };
    match (what.to_string().as_str(), &parentheses, in_parentheses) {
        ("connected", None, _) => {}
        ("diameter", None, _) => requirement.demand = Demand::Diameter(comparison(input, &mut requirement)?),
        ("degree", _, Some(parentheses)) => {
            requirement.sets = set::sets(parentheses.stream(), errors);
            requirement.demand = Demand::Degree(comparison(input, &mut requirement)?);
        }
        ("survives", _, Some(parentheses)) => {
            requirement.demand = Demand::Survives;
            requirement.number = Some(number(expression(parentheses.stream(), "number")?)?);
        }
        (known, ..) if DEMANDS.contains(&known) => {
            return Err(Error::new_spanned(requirement.written, messages::misshapen_requirement(known)));
        }
        (unknown, ..) => {
            return Err(Error::new_spanned(&what, messages::unknown_requirement(unknown, nearest(unknown, DEMANDS))));
        }
    }
    Ok(requirement)
}

/// Adds the number of a requirement: `<= 4`.
fn comparison(input: ParseStream, requirement: &mut Requirement) -> Result<Comparison> {
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
    } else {
        return Err(Error::new_spanned(head, messages::missing_comparison(&code(head))));
    };
    if input.is_empty() {
        return Err(Error::new_spanned(head, messages::missing_bound(&code(head))));
    }
    let number = number(input.parse().map_err(|error| unreadable(&error, "number"))?)?;
    requirement.written = quote!(#head #sign #number);
    requirement.number = Some(number);
    Ok(comparison)
}

fn number(expression: Expr) -> Result<Expr> {
    match number::literal(&expression) {
        Ok(_) => Ok(without_groups(&expression).clone()),
        Err(mistake) => Err(Error::new_spanned(expression, messages::no_whole_number(mistake, "this number", "this"))),
    }
}
