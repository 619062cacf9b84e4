//! Expressions that are made of literals: whole numbers and their arithmetic, other numbers, and quantities with a unit.

use quote::ToTokens;
use syn::{BinOp, Expr, Lit, LitInt, UnOp};

use crate::condition::CONDITIONS;
use crate::pattern::{Parameter, ParameterKind};

/// The expression without parentheses, and without the invisible groups around a fragment of a `macro_rules!`.
pub fn without_groups(mut expression: &Expr) -> &Expr {
    loop {
        expression = match expression {
            Expr::Group(group) => &group.expr,
            Expr::Paren(parentheses) => &parentheses.expr,
            expression => return expression,
        };
    }
}

/// Why a literal is not a whole number, and the one that was meant.
#[derive(Clone, Copy)]
pub enum Mistake {
    Negative(Option<u64>),
    Fractional(Option<u64>),
    /// It ends in letters: `4k`.
    Suffix(u64),
    TooLarge,
}

/// The whole number, if the expression is made of literals: a count, an index, a parameter, the number of a requirement.
pub fn whole(expression: &Expr) -> Result<Option<u64>, Mistake> {
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

/// The number, if it is a literal. An error if it is another literal.
pub fn float(expression: &Expr) -> Result<Option<f64>, ()> {
    let Some((is_negative, literal)) = signed(expression) else { return Ok(None) };
    let Some((digits, "" | "f32" | "f64")) = parts(literal) else { return Err(()) };
    let number: f64 = digits.parse().map_err(drop)?;
    Ok(Some(if is_negative { -number } else { number }))
}

/// The number of nanoseconds or of bits a second, if it is a literal.
///
/// # Errors
/// With what was meant, when it is a literal of another sort; with nothing, when it computes with literals that have units.
pub fn quantity(expression: &Expr, kind: ParameterKind) -> Result<Option<u64>, String> {
    let Some((is_negative, literal)) = signed(expression) else {
        return if has_unit(expression) { Err(String::new()) } else { Ok(None) };
    };
    match (parts(literal), literal) {
        (Some((digits, suffix)), _) => match measure(digits, suffix, kind) {
            Some(_) if is_negative => Err(literal.to_token_stream().to_string()),
            Some(quantity) => Ok(Some(quantity)),
            None => Err(meant(digits, suffix, kind)),
        },
        (None, Lit::Str(text)) => Err(text.value().replace(' ', "")),
        (None, _) => Err(meant("", "", kind)),
    }
}

/// Whether a literal has a minus before it, and the literal.
fn signed(expression: &Expr) -> Option<(bool, &Lit)> {
    match without_groups(expression) {
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => {
            signed(&unary.expr).map(|(_, literal)| (true, literal))
        }
        Expr::Lit(literal) => Some((false, &literal.lit)),
        _ => None,
    }
}

/// `1ms + 2ms` or `1ms..2ms`, which Rust cannot compute.
fn has_unit(expression: &Expr) -> bool {
    match without_groups(expression) {
        Expr::Binary(binary) => has_unit(&binary.left) || has_unit(&binary.right),
        Expr::Range(range) => range.start.iter().chain(&range.end).any(|bound| has_unit(bound)),
        Expr::Lit(literal) => condition(&literal.lit).is_some(),
        _ => false,
    }
}

/// The condition that a literal has a unit of: `latency` for `40ms`.
pub fn condition(literal: &Lit) -> Option<Parameter> {
    let (_, suffix) = parts(literal)?;
    CONDITIONS.into_iter().find(|condition| factor(suffix, condition.kind).is_some())
}

/// Whether a word is a unit of time or of a rate.
pub fn is_unit(word: &str) -> bool {
    CONDITIONS.into_iter().any(|condition| factor(word, condition.kind).is_some())
}

/// The digits of a number, and its suffix.
fn parts(literal: &Lit) -> Option<(&str, &str)> {
    match literal {
        Lit::Int(number) => Some((number.base10_digits(), number.suffix())),
        Lit::Float(number) => Some((number.base10_digits(), number.suffix())),
        _ => None,
    }
}

fn factor(suffix: &str, kind: ParameterKind) -> Option<u64> {
    kind.units().iter().find(|(unit, _)| *unit == suffix).map(|(_, factor)| *factor)
}

/// `None` if the suffix is no unit of it, or the number is too large.
fn measure(digits: &str, suffix: &str, kind: ParameterKind) -> Option<u64> {
    let factor = factor(suffix, kind)?;
    if let Ok(number) = digits.parse::<u64>() {
        return number.checked_mul(factor);
    }
    let number = (digits.parse::<f64>().ok()? * factor as f64).round();
    (number < u64::MAX as f64).then_some(number as u64)
}

/// The number with the unit that its suffix looks like, else with the one in the middle.
fn meant(digits: &str, suffix: &str, kind: ParameterKind) -> String {
    let suffix = suffix.to_lowercase();
    let units = kind.units();
    let begins = |unit: &&(&str, u64)| suffix.starts_with(&unit.0[..1]) && suffix != "m";
    let unit = match suffix.as_str() {
        "\u{b5}s" | "\u{3bc}s" | "micros" => units[0].0,
        _ => units.iter().find(begins).map_or(units[1].0, |unit| unit.0),
    };
    let digits = if measure(digits, unit, kind).is_some() { digits } else { "40" };
    format!("{digits}{unit}")
}
