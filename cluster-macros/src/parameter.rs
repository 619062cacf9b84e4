//! What is given for the parameters of a topology.

use cluster_topology::{Parameter, ParameterKind, ShapeError, Value};
use quote::ToTokens;
use syn::{Expr, Ident, Lit};

use crate::ast::{Argument, Call};
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::how::{How, Place};
use crate::messages;
use crate::model::{Given, GivenValue};
use crate::number::Number;
use crate::suggest::nearest;

/// What the language calls the function of a `shape(..)`.
const PAIRS: &str = "pairs";

/// Reads the parameters of a call; `None` where one is wrong, which is reported.
pub fn read(call: &Call, how: How, place: Place, errors: &mut Errors) -> Option<Vec<Given>> {
    let before = errors.len();
    let mut given: Vec<Given> = Vec::new();
    let mut open = how.parameters().iter().filter(|parameter| parameter.kind.is_required());
    for argument in &call.arguments {
        let parameter = match &argument.name {
            Some(name) => named(name, how, place, errors),
            None => unnamed(argument, how, place, &mut open, call, errors),
        };
        let Some(parameter) = parameter else { continue };
        let name = parameter.name();
        if let Some(first) = given.iter().find(|given| given.parameter == name) {
            let first = first.written.clone();
            errors.report_both(argument, &messages::parameter_twice(name), first, messages::FIRST_PARAMETER);
            continue;
        }
        let value = match parameter {
            Taken::Pairs => Some(GivenValue::Expression(argument.value.clone().into())),
            Taken::Parameter(parameter) => value(argument, &parameter, how, errors),
        };
        given.extend(value.map(|value| Given { parameter: name, value, written: argument.to_token_stream() }));
    }
    if errors.len() > before {
        return None;
    }
    let is_given = |name| given.iter().any(|given| given.parameter == name);
    let missing = match how {
        How::Own => (!is_given(PAIRS)).then_some(PAIRS),
        _ => how
            .parameters()
            .iter()
            .find(|taken| taken.kind.is_required() && !is_given(taken.name))
            .map(|taken| taken.name),
    };
    if let Some(missing) = missing {
        errors.report(call, messages::missing_parameter(how, missing, place));
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

fn named(name: &Ident, how: How, place: Place, errors: &mut Errors) -> Option<Taken> {
    if how == How::Own && name == PAIRS {
        return Some(Taken::Pairs);
    }
    let parameter = how.parameters().iter().find(|parameter| name == parameter.name);
    if parameter.is_none() {
        let text = name.to_string();
        let known = how.parameters().iter().map(|parameter| parameter.name);
        let known = known.chain((how == How::Own).then_some(PAIRS));
        let nearest = nearest(&text, known);
        errors.report(name, messages::unknown_parameter(how, &code(name), nearest, place));
    }
    parameter.copied().map(Taken::Parameter)
}

/// In a declaration, what must be given need not be named. A flag is its own name.
fn unnamed(
    argument: &Argument,
    how: How,
    place: Place,
    open: &mut dyn Iterator<Item = &Parameter>,
    call: &Call,
    errors: &mut Errors,
) -> Option<Taken> {
    let flag = how.parameters().iter().find(|parameter| {
        parameter.kind == ParameterKind::Flag
            && matches!(&argument.value, Expr::Path(path) if path.path.is_ident(parameter.name))
    });
    if let Some(flag) = flag {
        return Some(Taken::Parameter(*flag));
    }
    if place == Place::Statement {
        errors.report(argument, messages::unnamed_parameter(how));
        return None;
    }
    let is_first = call.arguments.first().is_some_and(|first| std::ptr::eq(first, argument));
    let taken = match how {
        How::Own if is_first => Some(Taken::Pairs),
        _ => open.next().copied().map(Taken::Parameter),
    };
    if taken.is_none() {
        errors.report(argument, messages::too_many_parameters(how, place));
    }
    taken
}

fn value(argument: &Argument, parameter: &Parameter, how: How, errors: &mut Errors) -> Option<GivenValue> {
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
        (ParameterKind::Flag, _) => Some(GivenValue::Literal(Value::Flag)),
        (ParameterKind::Probability, Number::Expression) => Some(GivenValue::Expression(expression.clone().into())),
        (ParameterKind::Probability, _) => match float(expression) {
            Some(probability) => Some(GivenValue::Literal(Value::Probability(probability))),
            None => wrong(messages::no_number(parameter.name), errors),
        },
        (_, Number::Expression) => Some(GivenValue::Expression(expression.clone().into())),
        (ParameterKind::Seed, Number::Literal(seed)) => Some(GivenValue::Literal(Value::Seed(seed))),
        (_, Number::Literal(number)) => match usize::try_from(number) {
            Ok(number) => Some(GivenValue::Literal(Value::Integer(number))),
            Err(_) => wrong(messages::TOO_LARGE_NUMBER.into(), errors),
        },
        (_, Number::TooLarge) => wrong(messages::TOO_LARGE_NUMBER.into(), errors),
        (_, Number::Negative) => wrong(messages::negative_parameter(parameter.name), errors),
        (_, Number::Fractional) => wrong(messages::fractional_parameter(parameter.name, how), errors),
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
pub fn literals(given: &[Given]) -> Option<Vec<(&'static str, Value)>> {
    let literal = |given: &Given| match given.value {
        GivenValue::Literal(value) => Some((given.parameter, value)),
        GivenValue::Expression(_) => None,
    };
    given.iter().map(literal).collect()
}

/// Where a broken rule is shown, if it is at a parameter.
pub fn place<'g>(error: &ShapeError, given: &'g [Given]) -> Option<&'g Given> {
    let parameter = error.parameter()?;
    given.iter().find(|given| given.parameter == parameter)
}
