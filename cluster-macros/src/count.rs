//! Counts: how many nodes a declaration stands for.

use syn::Expr;

use crate::ast;
use crate::code::code;
use crate::errors::Errors;
use crate::expression::without_groups;
use crate::messages;
use crate::model::Count;
use crate::number::Number;

/// Reads the count of `name`; an invalid count is reported.
pub fn read(count: ast::Count, name: &str, errors: &mut Errors) -> Count {
    match count {
        ast::Count::Single => Count::One,
        ast::Count::Unreadable => Count::Unknown,
        ast::Count::Dyn(expression) => match literal_mistake(&expression, name) {
            Some(message) => refuse(&expression, message, errors),
            None => Count::Dyn(expression),
        },
        ast::Count::Constant(expression) => match literal_mistake(&expression, name) {
            Some(message) => refuse(&expression, message, errors),
            None => constant(expression, errors),
        },
    }
}

fn literal_mistake(expression: &Expr, name: &str) -> Option<String> {
    match Number::read(expression) {
        Number::Negative => Some(messages::NEGATIVE_COUNT.into()),
        Number::Fractional => Some(messages::FRACTIONAL_COUNT.into()),
        Number::TooLarge => Some(messages::TOO_LARGE_NUMBER.into()),
        Number::Literal(0) => Some(messages::zero_count(name)),
        Number::Literal(_) | Number::Expression => None,
    }
}

/// The count of an array, unless it is obviously not a constant.
fn constant(expression: Expr, errors: &mut Errors) -> Count {
    match Number::read(&expression) {
        Number::Literal(value) => Count::Literal(value, expression),
        _ if mentions_self_type(&expression) => {
            refuse(&expression, messages::generic_count(&code(&expression)), errors)
        }
        _ if is_run_time(&expression) => refuse(&expression, messages::run_time_count(&code(&expression)), errors),
        _ => Count::Constant(expression),
    }
}

fn refuse(expression: &Expr, message: String, errors: &mut Errors) -> Count {
    errors.report(expression, message);
    Count::Unknown
}

/// A const item cannot mention the `Self` of the `impl` around it.
fn mentions_self_type(expression: &Expr) -> bool {
    any_operand(expression, &|operand| match operand {
        Expr::Path(path) => path.path.segments.first().is_some_and(|segment| segment.ident == "Self"),
        _ => false,
    })
}

/// Names of constants are in upper case, so a lone name in lower case is a variable.
fn is_run_time(expression: &Expr) -> bool {
    any_operand(expression, &|operand| match operand {
        Expr::Path(path) => path.path.get_ident().is_some_and(|name| name.to_string().starts_with(char::is_lowercase)),
        Expr::Await(_) | Expr::Try(_) => true,
        _ => false,
    })
}

/// Whether `holds` is true of an operand of arithmetic, field accesses or method calls.
fn any_operand(expression: &Expr, holds: &dyn Fn(&Expr) -> bool) -> bool {
    match without_groups(expression) {
        Expr::Binary(binary) => any_operand(&binary.left, holds) || any_operand(&binary.right, holds),
        Expr::Unary(unary) => any_operand(&unary.expr, holds),
        Expr::Cast(cast) => any_operand(&cast.expr, holds),
        Expr::Field(field) => any_operand(&field.base, holds),
        Expr::MethodCall(call) => any_operand(&call.receiver, holds),
        Expr::Index(index) => any_operand(&index.expr, holds),
        Expr::Reference(reference) => any_operand(&reference.expr, holds),
        Expr::Call(call) => call.args.iter().any(|argument| any_operand(argument, holds)),
        operand => holds(operand),
    }
}
