//! What is in the parentheses of a call: sets, then parameters, then conditions.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Lit, Result, Token};

use super::expression::{parse_all, unreadable};
use super::lookahead::{has_name, has_unit, lacks_equals};
use super::set;
use super::tokens::unexpected;
use crate::ast::{Argument, Set};
use crate::code::code;
use crate::condition;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{Parameter, ParameterKind, Pattern, Position};
use crate::unit;

/// The sets and the arguments of a call. An unreadable rest is reported and kept as an unreadable set.
pub fn arguments(
    name: &str,
    tokens: TokenStream,
    pattern: Option<Pattern>,
    position: Position,
    errors: &mut Errors,
) -> (Vec<Set>, Vec<Argument>) {
    let (mut sets, mut arguments): (Vec<Set>, Vec<Argument>) = (Vec::new(), Vec::new());
    let mut late = None;
    let most_sets = match position {
        Position::Declaration => pattern.map_or(0, Pattern::declaration_sets),
        Position::Statement => usize::MAX,
    };
    let takes_sets = position == Position::Statement || pattern.is_none_or(Pattern::is_shape);
    let outcome = parse_all(tokens.clone(), |input| {
        while !input.is_empty() {
            if takes_sets && !is_argument(input, pattern) {
                let set = set::up_to_comma(input, errors)?;
                if !arguments.is_empty() {
                    late.get_or_insert((set.to_token_stream(), messages::LATE_SET));
                }
                sets.push(set);
                continue;
            }
            let argument = argument(input, pattern)?;
            if !is_condition(&argument) && !parameters(pattern).is_empty() && arguments.iter().any(is_condition) {
                late.get_or_insert((argument.to_token_stream(), messages::LATE_PARAMETER));
            }
            comma(input, &argument)?;
            arguments.push(argument);
        }
        Ok(())
    });
    if let Err(error) = outcome {
        errors.push(error);
        sets.push(Set::Unreadable(tokens));
    } else if let Some((late, problem)) = late.filter(|_| sets.len() <= most_sets) {
        let (conditions, parameters): (Vec<_>, Vec<_>) = arguments.iter().partition(|argument| is_condition(argument));
        let ordered = sets.iter().map(code).chain(parameters.into_iter().chain(conditions).map(code));
        errors.report(late, messages::late(problem, name, &ordered.collect::<Vec<_>>().join(", ")));
    }
    (sets, arguments)
}

fn parameters(pattern: Option<Pattern>) -> &'static [Parameter] {
    pattern.map_or(&[], Pattern::parameters)
}

fn is_condition(argument: &Argument) -> bool {
    argument.name.as_ref().is_some_and(|name| condition::named(&name.to_string()).is_some())
}

/// Whether the next argument of a call that takes sets is none.
fn is_argument(input: ParseStream, pattern: Option<Pattern>) -> bool {
    let is_flag = |name: Ident| {
        parameters(pattern).iter().any(|parameter| parameter.kind == ParameterKind::Flag && name == parameter.name)
    };
    has_name(input.cursor())
        || lacks_equals(input.cursor(), parameters(pattern))
        || has_unit(input.cursor())
        || !parameters(pattern).is_empty() && (input.peek(Lit) || input.fork().parse::<Ident>().is_ok_and(is_flag))
}

fn argument(input: ParseStream, pattern: Option<Pattern>) -> Result<Argument> {
    let name: Option<Ident> = match has_name(input.cursor()) || lacks_equals(input.cursor(), parameters(pattern)) {
        true => Some(input.parse()?),
        false => None,
    };
    if let Some(name) = &name {
        let written = code(name);
        if !input.peek(Token![=]) {
            return Err(unexpected(input, |found| messages::missing_equals(&written, found)));
        }
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            let example = match condition::named(&written) {
                Some(condition) => messages::condition_example(condition),
                None => {
                    pattern.map_or_else(|| format!("{written} = 3"), |pattern| pattern.form(Position::Statement).into())
                }
            };
            return Err(Error::new_spanned(equals, messages::missing_value(&written, &example)));
        }
    }
    if let Some((percentage, written)) = percentage(input) {
        let name = name.map_or_else(|| "loss".into(), code);
        return Err(Error::new_spanned(&written, messages::no_probability(&name, &code(&written), Some(percentage))));
    }
    let value = input.parse().map_err(|error| unreadable(&error, "parameter"))?;
    Ok(Argument { name, value })
}

/// `1%`
fn percentage(input: ParseStream) -> Option<(f64, TokenStream)> {
    let ahead = input.fork();
    let (number, sign): (Literal, Token![%]) = (ahead.parse().ok()?, ahead.parse().ok()?);
    let is_last = ahead.is_empty() || ahead.peek(Token![,]);
    let percentage = number.to_string().parse().ok().filter(|_| is_last)?;
    Some((percentage, quote!(#number #sign)))
}

/// The comma after an argument, unless it is the last.
fn comma(input: ParseStream, last: &Argument) -> Result<()> {
    if input.is_empty() {
        return Ok(());
    }
    if let Ok(unit) = input.fork().parse::<Ident>()
        && unit::is_unit(&unit.to_string())
    {
        let value = &last.value;
        let joined = format!("{}{unit}", code(value));
        return Err(Error::new_spanned(quote!(#value #unit), messages::split_unit(&joined)));
    }
    input
        .parse::<Token![,]>()
        .map(drop)
        .map_err(|_| unexpected(input, |found| messages::expected_comma_of_parameters(&code(last), found)))
}
