//! Counts: how many nodes a declaration stands for.

use syn::Expr;

use super::resolver::Resolver;
use crate::ast::{Count, Head};
use crate::code::code;
use crate::literal::{self, without_groups};
use crate::messages;

impl Resolver<'_> {
    /// Reads the count of `name`, as it was written; an invalid count is reported.
    pub fn count(&mut self, count: &Count, name: &str) -> Count {
        let Some(expression) = count.written() else { return count.clone() };
        let (written, head) = (code(expression), self.model.head.as_ref());
        let message = match literal::whole(expression) {
            Err(mistake) => messages::no_whole_number(mistake, "a count", &written),
            Ok(Some(0)) => messages::zero_count(name),
            Ok(_) if matches!(count, Count::Dyn(_)) => return count.clone(),
            Ok(Some(number)) => return Count::Literal(number, expression.clone()),
            Ok(None) if head.is_some_and(|head| computes_with_parameter(expression, head)) => {
                messages::parameter_in_count(&written)
            }
            Ok(None) if mentions_self_type(expression) => messages::generic_count(&written),
            Ok(None) if is_run_time(expression) => messages::run_time_count(&written),
            Ok(None) => return count.clone(),
        };
        self.errors.report(expression, message);
        Count::Unknown
    }
}

/// A const item cannot mention the `Self` of the `impl` around it.
fn mentions_self_type(expression: &Expr) -> bool {
    any_operand(expression, &|operand| match operand {
        Expr::Path(path) => path.path.segments.first().is_some_and(|segment| segment.ident == "Self"),
        _ => false,
    })
}

/// A const parameter can be a count of its own, and no part of one.
fn computes_with_parameter(expression: &Expr, head: &Head) -> bool {
    !head.is_generic(expression) && any_operand(expression, &|operand| head.is_generic(operand))
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
