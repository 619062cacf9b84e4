//! Literal numbers: counts, indices, parameters, and the numbers of requirements.

use syn::{Expr, Lit, UnOp};

use crate::expression::without_groups;

/// Why a literal is not a whole number.
#[derive(Clone, Copy)]
pub enum Mistake {
    Negative,
    Fractional,
    TooLarge,
}

/// The number, if the expression is a literal.
pub fn literal(expression: &Expr) -> Result<Option<u64>, Mistake> {
    match without_groups(expression) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => number.base10_parse().map(Some).map_err(|_| Mistake::TooLarge),
            _ => Err(Mistake::Fractional),
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match literal(&unary.expr) {
            Ok(Some(_)) | Err(Mistake::TooLarge) => Err(Mistake::Negative),
            other => other,
        },
        _ => Ok(None),
    }
}
