//! Arguments of a topology to its parameters.

use quote::ToTokens;
use syn::{Expr, Ident, Lit};

use crate::ast::{self, Call};
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::model::{Argument, ArgumentValue, RunTimeValue};
use crate::number::{self, Mistake};
use crate::pattern::{Parameter, ParameterKind, Pattern, Position, Value};
use crate::suggest::nearest;

/// Reads the arguments of a call. `None` where one is wrong, which is reported.
pub fn read(
    call: &Call,
    pattern: Pattern,
    position: Position,
    values: &mut Vec<RunTimeValue>,
    errors: &mut Errors,
) -> Option<Vec<Argument>> {
    let before = errors.len();
    let parameters = pattern.parameters();
    let mut positional = parameters.iter().filter(|parameter| parameter.kind.is_required());
    let mut arguments: Vec<Argument> = Vec::new();
    for (index, argument) in call.arguments.iter().enumerate() {
        if pattern == Pattern::Custom && index > 0 {
            // Only the first can be its function.
            positional.next();
        }
        let parameter = match &argument.name {
            Some(name) => find_parameter(name, pattern, position, errors),
            None => next_parameter(argument, pattern, position, &mut positional, errors),
        };
        let Some(parameter) = parameter else { continue };
        if let Some(first) = arguments.iter().find(|argument| argument.parameter.name == parameter.name) {
            let again = messages::parameter_twice(parameter.name);
            errors.report_both(argument, &again, &first.written, messages::FIRST_GIVEN);
            continue;
        }
        match value(argument, parameter, pattern, values) {
            Ok(value) => arguments.push(Argument { parameter, value, written: argument.to_token_stream() }),
            Err(error) => errors.push(error),
        }
    }
    if errors.len() > before {
        return None;
    }
    let is_given = |name| arguments.iter().any(|argument| argument.parameter.name == name);
    let missing = parameters.iter().find(|parameter| parameter.kind.is_required() && !is_given(parameter.name));
    if let Some(missing) = missing {
        errors.report(call, messages::missing_parameter(pattern, missing.name, position));
        return None;
    }
    Some(arguments)
}

fn find_parameter(name: &Ident, pattern: Pattern, position: Position, errors: &mut Errors) -> Option<Parameter> {
    let parameters = pattern.parameters();
    let parameter = parameters.iter().find(|parameter| name == parameter.name);
    if parameter.is_none() {
        let text = name.to_string();
        let nearest = nearest(&text, parameters.iter().map(|parameter| parameter.name));
        errors.report(name, messages::unknown_parameter(pattern, &code(name), nearest, position));
    }
    parameter.copied()
}

/// In a declaration, required parameters need no names. A flag is its own name.
fn next_parameter<'p>(
    argument: &ast::Argument,
    pattern: Pattern,
    position: Position,
    positional: &mut impl Iterator<Item = &'p Parameter>,
    errors: &mut Errors,
) -> Option<Parameter> {
    let is_flag = |parameter: &Parameter| {
        parameter.kind == ParameterKind::Flag
            && matches!(&argument.value, Expr::Path(path) if path.path.is_ident(parameter.name))
    };
    if let Some(flag) = pattern.parameters().iter().find(|parameter| is_flag(parameter)) {
        return Some(*flag);
    }
    let parameter = positional.next();
    match parameter {
        None => {
            let name = code(argument);
            let nearest = nearest(&name, pattern.parameters().iter().map(|parameter| parameter.name));
            let message = match nearest {
                Some(_) => messages::unknown_parameter(pattern, &name, nearest, position),
                None => messages::too_many_parameters(pattern, position),
            };
            errors.report(argument, message);
        }
        Some(parameter) if position == Position::Statement => {
            errors.report(argument, messages::unnamed_parameter(parameter.name, &code(argument)));
            return None;
        }
        Some(_) => {}
    }
    parameter.copied()
}

fn value(
    argument: &ast::Argument,
    parameter: Parameter,
    pattern: Pattern,
    values: &mut Vec<RunTimeValue>,
) -> syn::Result<ArgumentValue> {
    let Parameter { name, kind } = parameter;
    let expression = &argument.value;
    let refuse = |mistake| {
        let what = format!("the `{name}` of a `{pattern}`");
        let message = messages::no_whole_number(mistake, &what, &code(expression));
        syn::Error::new_spanned(expression, message)
    };
    let literal = match (kind, number::literal(expression)) {
        (ParameterKind::Flag, _) if argument.name.is_some() => {
            return Err(syn::Error::new_spanned(argument, messages::value_of_flag(name)));
        }
        (ParameterKind::Flag, _) => Value::Flag,
        (ParameterKind::Function, _) | (_, Ok(None)) => {
            let is_function = kind == ParameterKind::Function;
            values.push(RunTimeValue { expression: expression.clone(), is_function });
            return Ok(ArgumentValue::RunTime(values.len() - 1));
        }
        (ParameterKind::Probability, _) => Value::Probability(
            float(expression)
                .ok_or_else(|| syn::Error::new_spanned(expression, messages::no_number(name, &code(expression))))?,
        ),
        (_, Err(mistake)) => return Err(refuse(mistake)),
        (ParameterKind::Seed, Ok(Some(seed))) => Value::Seed(seed),
        (ParameterKind::Integer, Ok(Some(number))) => {
            Value::Integer(usize::try_from(number).map_err(|_| refuse(Mistake::TooLarge))?)
        }
    };
    Ok(ArgumentValue::Literal(literal))
}

/// A literal number, with its sign.
fn float(expression: &Expr) -> Option<f64> {
    match without_groups(expression) {
        Expr::Unary(unary) => float(&unary.expr).map(|number| -number),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) if matches!(number.suffix(), "" | "f32" | "f64") => number.base10_parse().ok(),
            Lit::Int(number) if number.suffix().is_empty() => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}
