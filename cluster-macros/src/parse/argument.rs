//! Arguments of a topology beside its sets: `3`, `columns = 3`, `connected`.

use proc_macro2::TokenStream;
use syn::parse::ParseStream;
use syn::{Error, Ident, Lit, Result, Token};

use super::expression::{parse_all, unreadable};
use super::set;
use super::tokens::unexpected;
use crate::ast::{Argument, Set};
use crate::code::code;
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
            let last = if position == Position::Statement && !is_parameter(input, pattern) {
                let set = set::set(input, errors)?;
                if !arguments.is_empty() {
                    errors.report(&set, messages::sets_come_first(pattern));
                }
                sets.push(set);
                code(sets.last())
            } else {
                arguments.push(argument(input, pattern)?);
                code(arguments.last())
            };
            if !input.is_empty() {
                let is_name = pattern.parameters().iter().any(|parameter| parameter.name == last);
                input.parse::<Token![,]>().map_err(|_| {
                    let message =
                        if is_name { messages::missing_equals } else { messages::expected_comma_of_parameters };
                    unexpected(input, |found| message(&last, found))
                })?;
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

fn argument(input: ParseStream, pattern: Pattern) -> Result<Argument> {
    let name = match has_name(input) {
        true => {
            let name: Ident = input.parse()?;
            let equals: Token![=] = input.parse()?;
            if input.is_empty() || input.peek(Token![,]) {
                return Err(Error::new_spanned(
                    equals,
                    messages::missing_value(&name.to_string(), pattern.form(Position::Statement)),
                ));
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
