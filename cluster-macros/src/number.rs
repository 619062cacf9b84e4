//! Literal numbers and their arithmetic: counts, indices, parameters, and the numbers of requirements.

use syn::{BinOp, Expr, Lit, LitInt, UnOp};

use crate::expression::without_groups;

/// Why a literal is not a whole number, and the one that was meant.
#[derive(Clone, Copy)]
pub enum Mistake {
    Negative(Option<u64>),
    Fractional(Option<u64>),
    /// It ends in letters: `4k`.
    Suffix(u64),
    TooLarge,
}

/// The number, if the expression is made of literals.
pub fn literal(expression: &Expr) -> Result<Option<u64>, Mistake> {
    let Some(number) = evaluate(expression)? else { return Ok(None) };
    match u64::try_from(number) {
        Ok(number) => Ok(Some(number)),
        Err(_) if number < 0 => Err(Mistake::Negative(u64::try_from(number.unsigned_abs()).ok())),
        Err(_) => Err(Mistake::TooLarge),
    }
}

/// `None` where it is not of literals alone, or where rustc reports a mistake, as in a division by zero.
fn evaluate(expression: &Expr) -> Result<Option<i128>, Mistake> {
    match without_groups(expression) {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Int(number) => integer(number).map(Some),
            // It is shown, not computed with.
            Lit::Float(number) => Err(Mistake::Fractional(number.base10_parse().ok().map(|number: f64| number as u64))),
            Lit::Str(text) => Err(Mistake::Fractional(text.value().parse().ok())),
            _ => Err(Mistake::Fractional(None)),
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => Ok(evaluate(&unary.expr)?.map(|number| -number)),
        Expr::Binary(binary) => {
            let operation = match binary.op {
                BinOp::Add(_) => i128::checked_add,
                BinOp::Sub(_) => i128::checked_sub,
                BinOp::Mul(_) => i128::checked_mul,
                BinOp::Div(_) => i128::checked_div,
                BinOp::Rem(_) => i128::checked_rem,
                _ => return Ok(None),
            };
            let operands = evaluate(&binary.left)?.zip(evaluate(&binary.right)?);
            Ok(operands.and_then(|(left, right)| operation(left, right)))
        }
        _ => Ok(None),
    }
}

fn integer(number: &LitInt) -> Result<i128, Mistake> {
    let value = number.base10_parse::<u64>().map_err(|_| Mistake::TooLarge)?;
    let most = match number.suffix() {
        "" | "u64" | "u128" | "i128" | "usize" => u64::MAX,
        "u8" => u8::MAX.into(),
        "u16" => u16::MAX.into(),
        "u32" => u32::MAX.into(),
        "i8" => i8::MAX as u64,
        "i16" => i16::MAX as u64,
        "i32" => i32::MAX as u64,
        "i64" | "isize" => i64::MAX as u64,
        _ => return Err(Mistake::Suffix(value)),
    };
    if value > most {
        return Err(Mistake::TooLarge);
    }
    Ok(value.into())
}
