//! Arguments of a link: to the parameters of its topology, and its conditions.

use syn::{Expr, Ident};

use crate::ast;
use crate::code::code;
use crate::condition;
use crate::errors::Errors;
use crate::literal::{self, without_groups};
use crate::messages;
use crate::model::{Argument, ArgumentValue, RunTimeValue};
use crate::pattern::{Parameter, ParameterKind, Pattern, Position, Value};

/// The parameters of a link, and its conditions.
pub type Arguments = (Vec<Argument>, Vec<Argument>);

/// Reads the arguments of a link. `None` where one is wrong, which is reported.
pub fn read(
    call: &ast::Call,
    pattern: Pattern,
    position: Position,
    values: &mut Vec<RunTimeValue>,
    errors: &mut Errors,
) -> Option<Arguments> {
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
            Some(name) => find_parameter(name, pattern, errors),
            None => next_parameter(argument, pattern, position, &mut positional, errors),
        };
        let Some(parameter) = parameter else { continue };
        if let Some(first) = arguments.iter().find(|argument| argument.parameter.name == parameter.name) {
            let again = messages::parameter_twice(parameter.name);
            errors.report_both(&argument.written, &again, &first.written, messages::FIRST_GIVEN);
            continue;
        }
        match value(argument, parameter, pattern, values) {
            Ok(value) => arguments.push(Argument { parameter, value, written: argument.written.clone() }),
            Err(error) => errors.push(error),
        }
    }
    if errors.len() > before {
        return None;
    }
    let is_given = |name| arguments.iter().any(|argument| argument.parameter.name == name);
    let missing = parameters.iter().find(|parameter| parameter.kind.is_required() && !is_given(parameter.name));
    if let Some(missing) = missing {
        errors.report(&call.written, messages::missing_parameter(pattern, missing.name, position));
        return None;
    }
    Some(arguments.into_iter().partition(|argument| parameters.contains(&argument.parameter)))
}

fn find_parameter(name: &Ident, pattern: Pattern, errors: &mut Errors) -> Option<Parameter> {
    let text = name.to_string();
    let parameter = pattern.parameters().iter().find(|parameter| parameter.name == text).copied();
    let parameter = parameter.or_else(|| condition::named(&text));
    if parameter.is_none() {
        let meant = condition::meant(&text, pattern.parameters());
        errors.report(name, messages::unknown_parameter(pattern, &code(name), meant));
    }
    parameter
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
    if (parameter.is_none() || position == Position::Statement)
        && let Expr::Lit(literal) = without_groups(&argument.value)
        && let Some(condition) = literal::condition(&literal.lit)
    {
        errors.report(&argument.written, messages::unnamed_condition(condition.name, &code(&argument.written)));
        return None;
    }
    match parameter {
        None => {
            let name = code(&argument.written);
            let message = match condition::meant(&name, pattern.parameters()) {
                Some(meant) => messages::unknown_parameter(pattern, &name, Some(meant)),
                None => messages::too_many_parameters(pattern, position),
            };
            errors.report(&argument.written, message);
        }
        Some(parameter) if position == Position::Statement => {
            errors.report(&argument.written, messages::unnamed_parameter(parameter.name, &code(&argument.written)));
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
    let written = code(expression);
    let literal = match kind {
        ParameterKind::Flag if argument.name.is_some() => {
            return Err(syn::Error::new_spanned(&argument.written, messages::value_of_flag(name)));
        }
        ParameterKind::Flag => Ok(Some(Value::Flag)),
        ParameterKind::Function => Ok(None),
        ParameterKind::Time | ParameterKind::Rate => match literal::quantity(expression, kind) {
            Ok(quantity) => Ok(quantity.map(Value::Number)),
            Err(meant) => Err(messages::wrong_unit(parameter, &written, &meant)),
        },
        ParameterKind::Probability => match literal::float(expression) {
            Ok(None) => Ok(None),
            Ok(Some(probability)) if (0.0..=1.0).contains(&probability) => Ok(Some(Value::Probability(probability))),
            number => Err(messages::no_probability(name, &written, number.ok().flatten())),
        },
        ParameterKind::Integer | ParameterKind::Seed => match literal::whole(expression) {
            Ok(number) => Ok(number.map(Value::Number)),
            Err(mistake) => {
                Err(messages::no_whole_number(mistake, &format!("the `{name}` of a `{pattern}`"), &written))
            }
        },
    };
    match literal {
        Ok(Some(value)) => Ok(ArgumentValue::Literal(value)),
        Ok(None) => {
            values.push(RunTimeValue { expression: expression.clone(), is_function: kind == ParameterKind::Function });
            Ok(ArgumentValue::RunTime(values.len() - 1))
        }
        Err(message) => Err(syn::Error::new_spanned(expression, message)),
    }
}
