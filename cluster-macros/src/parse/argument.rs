//! Arguments of a topology beside its sets: `3`, `columns = 3`, `connected`.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Error, Ident, Lit, Result, Token};

use super::expression::{parse_all, unreadable};
use super::set;
use super::tokens::unexpected;
use crate::ast::{Argument, Set};
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{ParameterKind, Pattern, Position};

/// The sets and the parameters of a topology. An unreadable rest is reported and kept as an unreadable set.
pub fn arguments(
    tokens: TokenStream,
    pattern: Pattern,
    position: Position,
    errors: &mut Errors,
) -> (Vec<Set>, Vec<Argument>) {
    let (mut sets, mut arguments) = (Vec::new(), Vec::new());
    let outcome = parse_all(tokens.clone(), |input| {
        while !input.is_empty() {
            if position == Position::Statement && !is_parameter(input, pattern) {
                let set = set::set(input, errors)?;
                if !arguments.is_empty() {
                    errors.report(&set, messages::sets_come_first(pattern));
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
    let value = input.parse().map_err(|error| unreadable(&error, "parameter"))?;
    Ok(Argument { name, value })
}

/// Whether the next argument of a statement is a parameter, not a set.
fn is_parameter(input: ParseStream, pattern: Pattern) -> bool {
    let is_flag = |name: Ident| {
        pattern.parameters().iter().any(|parameter| parameter.kind == ParameterKind::Flag && name == parameter.name)
    };
    has_name(input) || input.peek(Lit) || input.fork().parse::<Ident>().is_ok_and(is_flag)
}

fn has_name(input: ParseStream) -> bool {
    input.peek(Ident) && input.peek2(Token![=]) && !input.peek2(Token![==]) && !input.peek2(Token![=>])
}
