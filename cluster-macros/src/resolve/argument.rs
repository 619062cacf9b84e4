//! Arguments of a link: to the parameters of its topology, and its conditions.

use syn::{Expr, Ident};

use super::resolver::Resolver;
use crate::ast;
use crate::code::code;
use crate::condition::{self, CONDITIONS};
use crate::literal::{self, without_groups};
use crate::messages;
use crate::model::{Argument, Known};
use crate::pattern::{Parameter, ParameterKind, Pattern, Position, Value};

/// The parameters of a link, and its conditions.
pub type Arguments = (Vec<Argument>, Vec<Argument>);

impl Resolver<'_> {
    /// Reads the arguments of a link. `None` where one is wrong, which is reported.
    pub fn arguments(&mut self, call: &ast::Call, pattern: Pattern, position: Position) -> Option<Arguments> {
        let before = self.errors.len();
        let parameters = pattern.parameters();
        let mut positional = parameters.iter().filter(|parameter| parameter.kind.is_required());
        let mut arguments: Vec<Argument> = Vec::new();
        for (index, argument) in call.arguments.iter().enumerate() {
            if pattern == Pattern::Custom && index > 0 {
                // Only the first can be its function.
                positional.next();
            }
            let parameter = match &argument.name {
                Some(name) => self.named_parameter(name, pattern),
                None => self.next_parameter(argument, pattern, position, &mut positional),
            };
            let Some(parameter) = parameter else { continue };
            if let Some(first) = arguments.iter().find(|argument| argument.parameter == parameter) {
                let again = messages::parameter_twice(parameter.name);
                self.errors.report_both(&argument.written, &again, &first.written, &messages::first_given());
                continue;
            }
            let value = self.value(argument, parameter, pattern);
            arguments.extend(value.map(|value| Argument { parameter, value, written: argument.written.clone() }));
        }
        if self.errors.len() > before {
            return None;
        }
        let is_given = |parameter| arguments.iter().any(|argument| argument.parameter == parameter);
        let missing = parameters.iter().find(|parameter| parameter.kind.is_required() && !is_given(**parameter));
        if let Some(missing) = missing {
            return self.errors.refuse(&call.written, messages::missing_parameter(pattern, missing.name, position));
        }
        Some(arguments.into_iter().partition(|argument| parameters.contains(&argument.parameter)))
    }

    fn named_parameter(&mut self, name: &Ident, pattern: Pattern) -> Option<Parameter> {
        let known = pattern.parameters().iter().chain(&CONDITIONS).find(|parameter| name == parameter.name);
        if known.is_none() {
            let meant = condition::meant(&name.to_string(), pattern.parameters());
            self.errors.report(name, messages::unknown_parameter(pattern, &code(name), meant));
        }
        known.copied()
    }

    /// In a declaration, required parameters need no names. A flag is its own name.
    fn next_parameter<'p>(
        &mut self,
        argument: &ast::Argument,
        pattern: Pattern,
        position: Position,
        positional: &mut impl Iterator<Item = &'p Parameter>,
    ) -> Option<Parameter> {
        let is_flag = |parameter: &&Parameter| {
            parameter.kind == ParameterKind::Flag
                && matches!(&argument.value, Expr::Path(path) if path.path.is_ident(parameter.name))
        };
        if let Some(flag) = pattern.parameters().iter().find(is_flag) {
            return Some(*flag);
        }
        let condition = match without_groups(&argument.value) {
            Expr::Lit(literal) => literal::condition(&literal.lit),
            _ => None,
        };
        let written = code(&argument.written);
        let message = match (positional.next(), position) {
            (Some(parameter), Position::Declaration) => return Some(*parameter),
            (_, _) if let Some(condition) = condition => messages::unnamed_condition(condition.name, &written),
            (Some(parameter), Position::Statement) => messages::unnamed_parameter(parameter.name, &written),
            (None, _) => match condition::meant(&written, pattern.parameters()) {
                Some(meant) => messages::unknown_parameter(pattern, &written, Some(meant)),
                None => messages::too_many_parameters(pattern, position),
            },
        };
        self.errors.refuse(&argument.written, message)
    }

    fn value(&mut self, argument: &ast::Argument, parameter: Parameter, pattern: Pattern) -> Option<Known<Value>> {
        let Parameter { name, kind } = parameter;
        let expression = &argument.value;
        let written = code(expression);
        let literal = match kind {
            ParameterKind::Flag => Ok(Some(Value::Flag)),
            ParameterKind::Function => Ok(None),
            ParameterKind::Time | ParameterKind::Rate => match literal::quantity(expression, kind) {
                Ok(quantity) => Ok(quantity.map(Value::Number)),
                Err(meant) => Err(messages::wrong_unit(parameter, &written, &meant)),
            },
            ParameterKind::Probability => match literal::float(expression) {
                Ok(None) => Ok(None),
                Ok(Some(probability)) if (0.0..=1.0).contains(&probability) => {
                    Ok(Some(Value::Probability(probability)))
                }
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
            Ok(Some(value)) => Some(Known::Literal(value)),
            Ok(None) => {
                let value = self.evaluate(expression);
                self.model.values[value].is_function = kind == ParameterKind::Function;
                Some(Known::RunTime(value))
            }
            Err(message) => self.errors.refuse(expression, message),
        }
    }
}
