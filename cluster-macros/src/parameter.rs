//! What is given for the parameters of a topology.

use cluster_topology::{Parameter, ParameterKind, ShapeError, Value};
use quote::ToTokens;
use syn::{Expr, Ident, Lit};

use crate::ast::{Argument, Call};
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::model::{self, ArgumentValue};
use crate::number::Number;
use crate::pattern::{Pattern, Position};
use crate::suggest::nearest;

/// What the language calls the function of a `shape(..)`.
const PAIRS: &str = "pairs";

/// Reads the parameters of a call; `None` where one is wrong, which is reported.
pub fn read(call: &Call, pattern: Pattern, position: Position, errors: &mut Errors) -> Option<Vec<model::Argument>> {
    let before = errors.len();
    let mut given: Vec<model::Argument> = Vec::new();
    let mut open = pattern.parameters().iter().filter(|parameter| parameter.kind.is_required());
    for argument in &call.arguments {
        let parameter = match &argument.name {
            Some(name) => find_parameter(name, pattern, position, errors),
            None => next_parameter(argument, pattern, position, &mut open, call, errors),
        };
        let Some(parameter) = parameter else { continue };
        let name = parameter.name();
        if let Some(first) = given.iter().find(|given| given.parameter == name) {
            let first = first.written.clone();
            errors.report_both(argument, &messages::parameter_twice(name), first, messages::FIRST_PARAMETER);
            continue;
        }
        let value = match parameter {
            Taken::Pairs => Some(ArgumentValue::Expression(argument.value.clone().into())),
            Taken::Parameter(parameter) => value(argument, &parameter, pattern, errors),
        };
        given.extend(value.map(|value| model::Argument {
            parameter: name,
            value,
            written: argument.to_token_stream(),
        }));
    }
    if errors.len() > before {
        return None;
    }
    let is_given = |name| given.iter().any(|given| given.parameter == name);
    let missing = match pattern {
        Pattern::Custom => (!is_given(PAIRS)).then_some(PAIRS),
        _ => pattern
            .parameters()
            .iter()
            .find(|taken| taken.kind.is_required() && !is_given(taken.name))
            .map(|taken| taken.name),
    };
    if let Some(missing) = missing {
        errors.report(call, messages::missing_parameter(pattern, missing, position));
        return None;
    }
    Some(given)
}

#[derive(Clone, Copy)]
enum Taken {
    Parameter(Parameter),
    /// The function of a `shape(..)`.
    Pairs,
}

impl Taken {
    fn name(self) -> &'static str {
        match self {
            Taken::Parameter(parameter) => parameter.name,
            Taken::Pairs => PAIRS,
        }
    }
}

fn find_parameter(name: &Ident, pattern: Pattern, position: Position, errors: &mut Errors) -> Option<Taken> {
    if pattern == Pattern::Custom && name == PAIRS {
        return Some(Taken::Pairs);
    }
    let parameter = pattern.parameters().iter().find(|parameter| name == parameter.name);
    if parameter.is_none() {
        let text = name.to_string();
        let known = pattern.parameters().iter().map(|parameter| parameter.name);
        let known = known.chain((pattern == Pattern::Custom).then_some(PAIRS));
        let nearest = nearest(&text, known);
        errors.report(name, messages::unknown_parameter(pattern, &code(name), nearest, position));
    }
    parameter.copied().map(Taken::Parameter)
}

/// In a declaration, what must be given need not be named. A flag is its own name.
fn next_parameter(
    argument: &Argument,
    pattern: Pattern,
    position: Position,
    open: &mut dyn Iterator<Item = &Parameter>,
    call: &Call,
    errors: &mut Errors,
) -> Option<Taken> {
    let flag = pattern.parameters().iter().find(|parameter| {
        parameter.kind == ParameterKind::Flag
            && matches!(&argument.value, Expr::Path(path) if path.path.is_ident(parameter.name))
    });
    if let Some(flag) = flag {
        return Some(Taken::Parameter(*flag));
    }
    if position == Position::Statement {
        errors.report(argument, messages::unnamed_parameter(pattern));
        return None;
    }
    let is_first = call.arguments.first().is_some_and(|first| std::ptr::eq(first, argument));
    let taken = match pattern {
        Pattern::Custom if is_first => Some(Taken::Pairs),
        _ => open.next().copied().map(Taken::Parameter),
    };
    if taken.is_none() {
        errors.report(argument, messages::too_many_parameters(pattern, position));
    }
    taken
}

fn value(argument: &Argument, parameter: &Parameter, pattern: Pattern, errors: &mut Errors) -> Option<ArgumentValue> {
    let expression = &argument.value;
    let wrong = |message: String, errors: &mut Errors| {
        errors.report(expression, message);
        None
    };
    match (parameter.kind, Number::read(expression)) {
        (ParameterKind::Flag, _) if argument.name.is_some() => {
            errors.report(argument, messages::value_of_flag(parameter.name));
            None
        }
        (ParameterKind::Flag, _) => Some(ArgumentValue::Literal(Value::Flag)),
        (ParameterKind::Probability, Number::Expression) => Some(ArgumentValue::Expression(expression.clone().into())),
        (ParameterKind::Probability, _) => match float(expression) {
            Some(probability) => Some(ArgumentValue::Literal(Value::Probability(probability))),
            None => wrong(messages::no_number(parameter.name), errors),
        },
        (_, Number::Expression) => Some(ArgumentValue::Expression(expression.clone().into())),
        (ParameterKind::Seed, Number::Literal(seed)) => Some(ArgumentValue::Literal(Value::Seed(seed))),
        (_, Number::Literal(number)) => match usize::try_from(number) {
            Ok(number) => Some(ArgumentValue::Literal(Value::Integer(number))),
            Err(_) => wrong(messages::TOO_LARGE_NUMBER.into(), errors),
        },
        (_, Number::TooLarge) => wrong(messages::TOO_LARGE_NUMBER.into(), errors),
        (_, Number::Negative) => wrong(messages::negative_parameter(parameter.name), errors),
        (_, Number::Fractional) => wrong(messages::fractional_parameter(parameter.name, pattern), errors),
    }
}

/// A literal number, with its sign.
fn float(expression: &Expr) -> Option<f64> {
    match without_groups(expression) {
        Expr::Unary(unary) => float(&unary.expr).map(|number| -number),
        Expr::Lit(literal) => match &literal.lit {
            Lit::Float(number) => number.base10_parse().ok(),
            Lit::Int(number) => number.base10_parse().ok(),
            _ => None,
        },
        _ => None,
    }
}

/// The literals, if nothing else is given.
pub fn literals(arguments: &[model::Argument]) -> Option<Vec<(&'static str, Value)>> {
    let literal = |argument: &model::Argument| match argument.value {
        ArgumentValue::Literal(value) => Some((argument.parameter, value)),
        ArgumentValue::Expression(_) => None,
    };
    arguments.iter().map(literal).collect()
}

/// The argument that breaks a rule, if one does.
pub fn culprit<'a>(error: &ShapeError, arguments: &'a [model::Argument]) -> Option<&'a model::Argument> {
    let parameter = error.parameter()?;
    arguments.iter().find(|argument| argument.parameter == parameter)
}
