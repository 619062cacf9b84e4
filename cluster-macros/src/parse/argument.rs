//! What a topology takes beside its nodes: `3`, `columns = 3`, `connected`.

use cluster_topology::ParameterKind;
use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Error, Ident, Lit, Result, Token};

use super::expression::within;
use super::set;
use super::tokens::unexpected;
use crate::ast::{Argument, Set};
use crate::errors::Errors;
use crate::how::{How, Place};
use crate::messages;

/// The sets and the parameters of a topology. What cannot be read is reported, and keeps its place.
pub fn arguments(tokens: TokenStream, how: How, place: Place, errors: &mut Errors) -> (Vec<Set>, Vec<Argument>) {
    let (mut sets, mut arguments) = (Vec::new(), Vec::new());
    let outcome = within(tokens.clone(), |input| {
        while !input.is_empty() {
            if place == Place::Statement && !is_parameter(input, how) {
                let set = set::set(input, errors)?;
                if !arguments.is_empty() {
                    errors.report(&set, messages::sets_come_first(how));
                }
                sets.push(set);
            } else {
                arguments.push(argument(input)?);
            }
            if !input.is_empty() {
                input
                    .parse::<Token![,]>()
                    .map_err(|_| unexpected(input, messages::expected_comma_between_parameters))?;
            }
        }
        Ok(())
    });
    if let Err(error) = outcome {
        errors.push(error);
        sets.push(Set::Unreadable(tokens));
    }
    (sets, arguments)
}

fn argument(input: ParseStream) -> Result<Argument> {
    let name = match has_name(input) {
        true => {
            let name: Ident = input.parse()?;
            let equals: Token![=] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(Error::new_spanned(equals, messages::missing_value(&name.to_string())));
            }
            Some(name)
        }
        false => None,
    };
    let value = input
        .parse()
        .map_err(|error: Error| Error::new(error.span(), messages::unreadable("parameter", &error.to_string())))?;
    Ok(Argument { name, value })
}

/// Whether what comes next in a statement is a parameter, and not a set.
fn is_parameter(input: ParseStream, how: How) -> bool {
    let is_flag = |name: Ident| {
        how.parameters().iter().any(|parameter| parameter.kind == ParameterKind::Flag && name == parameter.name)
    };
    has_name(input) || input.peek(Lit) || input.fork().parse::<Ident>().is_ok_and(is_flag)
}

fn has_name(input: ParseStream) -> bool {
    input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>])
}
