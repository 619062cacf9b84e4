//! `star(hub)`, `clique(a, b)`, `grid(k, columns = 3, latency = 5ms)`: in the parentheses are sets, then parameters, then
//! conditions.

use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::parse::ParseStream;
use syn::{Error, Lit, Result, Token};

use super::expression::{parse_all, unreadable};
use super::lookahead::{begins_name, has_unit, holds_arguments};
use super::set;
use super::tokens::{ahead, before_comma, since, unexpected};
use crate::ast::{Argument, Call, Set};
use crate::code::code;
use crate::condition;
use crate::errors::Errors;
use crate::literal;
use crate::messages::{self, Message};
use crate::pattern::{Parameter, ParameterKind, Pattern, Position};

/// A call of `name`.
pub fn call(name: &Ident, parentheses: Option<Group>, position: Position, errors: &mut Errors) -> Call {
    let text = name.to_string();
    let written = quote!(#name #parentheses);
    let bare = Pattern::named(&text).filter(|pattern| position == Position::Declaration && pattern.is_bare());
    let (sets, arguments) = match (parentheses, bare) {
        (Some(group), Some(pattern)) if !holds_arguments(&group) => {
            errors.report(&written, messages::wrong_sets(pattern, position, 0));
            (vec![Set::unreadable(group.stream())], Vec::new())
        }
        // A misspelt topology takes parameters too.
        (Some(group), _) => arguments(&text, group.stream(), Pattern::meant(&text), position, errors),
        (None, _) => (Vec::new(), Vec::new()),
    };
    Call { name: name.to_token_stream(), sets, arguments, written }
}

/// The sets and the arguments of a call. An unreadable rest is reported and kept as an unreadable set.
pub fn arguments(
    name: &str,
    tokens: TokenStream,
    pattern: Option<Pattern>,
    position: Position,
    errors: &mut Errors,
) -> (Vec<Set>, Vec<Argument>) {
    let (mut sets, mut arguments): (Vec<Set>, Vec<Argument>) = (Vec::new(), Vec::new());
    let mut late: Option<(TokenStream, Message)> = None;
    let parameters = pattern.map_or(&[] as &[_], Pattern::parameters);
    let takes_sets = position == Position::Statement || pattern.is_none_or(Pattern::is_shape);
    let outcome = parse_all(tokens.clone(), |input| {
        while !input.is_empty() {
            if takes_sets && !is_argument(input, parameters) {
                let set = set::up_to_comma(input, errors)?;
                if !arguments.is_empty() {
                    late.get_or_insert((set.written.clone(), messages::late_set));
                }
                sets.push(set);
                continue;
            }
            let argument = argument(input, pattern)?;
            if !is_condition(&argument) && !parameters.is_empty() && arguments.iter().any(is_condition) {
                late.get_or_insert((argument.written.clone(), messages::late_parameter));
            }
            comma(input, &argument)?;
            arguments.push(argument);
        }
        Ok(())
    });
    let takes_them = pattern.is_some_and(|pattern| sets.len() <= *pattern.sets(position).end());
    if let Err(error) = outcome {
        errors.push(error);
        sets.push(Set::unreadable(tokens));
    } else if let Some((late, message)) = late.filter(|_| takes_them) {
        let (conditions, parameters) = arguments.into_iter().partition(is_condition);
        arguments = parameters;
        arguments.extend::<Vec<_>>(conditions);
        let sets = sets.iter().map(|set| code(&set.written));
        let ordered: Vec<String> = sets.chain(arguments.iter().map(|argument| code(&argument.written))).collect();
        errors.report(late, message(&format!("{name}({})", ordered.join(", "))));
    }
    (sets, arguments)
}

fn is_condition(argument: &Argument) -> bool {
    argument.name.as_ref().is_some_and(|name| condition::named(&name.to_string()).is_some())
}

/// Whether the next argument of a call that takes sets is none.
fn is_argument(input: ParseStream, parameters: &[Parameter]) -> bool {
    let [word] = ahead(input);
    let is_flag = |parameter: &Parameter| parameter.kind == ParameterKind::Flag && word == parameter.name;
    begins_name(input, parameters)
        || has_unit(input)
        || !parameters.is_empty() && (input.peek(Lit) || is_closure(input) || parameters.iter().any(is_flag))
}

fn is_closure(input: ParseStream) -> bool {
    input.peek(Token![|]) || input.peek(Token![move])
}

fn argument(input: ParseStream, pattern: Option<Pattern>) -> Result<Argument> {
    let begin = input.cursor();
    let parameters = pattern.map_or(&[] as &[_], Pattern::parameters);
    let name: Option<Ident> = begins_name(input, parameters).then(|| input.parse()).transpose()?;
    if let Some(name) = &name {
        let written = code(name);
        if parameters.iter().any(|parameter| parameter.kind == ParameterKind::Flag && *name == parameter.name) {
            let value = before_comma(input)?;
            return Err(Error::new_spanned(quote!(#name #value), messages::value_of_flag(&written)));
        }
        let ([sign], value) = (ahead(input), input.fork().parse::<Lit>());
        if sign != "=" {
            let value = value.map(code).unwrap_or_default();
            return Err(unexpected(input, |found| messages::missing_equals(&written, found, &value)));
        }
        let equals: Token![=] = input.parse()?;
        if input.is_empty() || input.peek(Token![,]) {
            let example = match (condition::named(&written), pattern) {
                (Some(condition), _) => messages::condition_example(condition),
                (None, Some(pattern)) => pattern.form(Position::Statement).into(),
                (None, None) => format!("{written} = 3"),
            };
            return Err(Error::new_spanned(equals, messages::missing_value(&written, &example)));
        }
    }
    if let Some((number, written)) = foreign_probability(input) {
        let positional = parameters.iter().find(|parameter| parameter.kind == ParameterKind::Probability);
        let name = name.map_or_else(|| positional.map_or("loss", |parameter| parameter.name).into(), code);
        return Err(Error::new_spanned(&written, messages::no_probability(&name, &code(&written), Some(number))));
    }
    let value = input.parse().map_err(|error| unreadable(&error, "parameter"))?;
    Ok(Argument { name, value, written: since(begin, input) })
}

/// `1%` or `.1`
fn foreign_probability(input: ParseStream) -> Option<(f64, TokenStream)> {
    let [first, second, end] = ahead(input);
    let number = match (&*first, &*second) {
        (".", digits) => format!("0.{digits}"),
        (number, "%") => number.into(),
        _ => return None,
    };
    let number = number.parse().ok().filter(|_| matches!(&*end, "" | ","))?;
    Some((number, before_comma(&input.fork()).ok()?))
}

/// The comma after an argument, unless it is the last.
fn comma(input: ParseStream, last: &Argument) -> Result<()> {
    let [unit] = ahead(input);
    if literal::is_unit(&unit) {
        let (value, word): (_, Ident) = (&last.value, input.parse()?);
        return Err(Error::new_spanned(quote!(#value #word), messages::split_unit(&format!("{}{unit}", code(value)))));
    }
    if !input.is_empty() && input.parse::<Token![,]>().is_err() {
        return Err(unexpected(input, |found| messages::expected_comma(&code(&last.written), found)));
    }
    Ok(())
}
