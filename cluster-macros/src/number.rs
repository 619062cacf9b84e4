//! Literal numbers: counts and indices.

use syn::{Expr, Lit, UnOp};

use crate::expression::without_groups;

/// An expression in place of a number.
pub enum Number {
    Literal(u64),
    Negative,
    /// A literal that is not a whole number.
    Fractional,
    TooLarge,
    /// Not a literal.
    Expression,
}

impl Number {
    pub fn read(expression: &Expr) -> Number {
        match without_groups(expression) {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Int(number) => number.base10_parse().map_or(Number::TooLarge, Number::Literal),
                _ => Number::Fractional,
            },
            Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match Number::read(&unary.expr) {
                Number::Literal(_) | Number::TooLarge => Number::Negative,
                other => other,
            },
            _ => Number::Expression,
        }
    }
}
