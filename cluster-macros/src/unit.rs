//! Literals with a unit: `40ms`, `1.5s`, `10mbit`.

use quote::ToTokens;
use syn::{Expr, Lit, UnOp};

use crate::condition::CONDITIONS;
use crate::expression::without_groups;
use crate::pattern::{Parameter, ParameterKind};

/// The number of nanoseconds or of bits a second, if it is a literal.
///
/// # Errors
/// With what was meant, when it is a literal of another sort.
pub fn quantity(expression: &Expr, kind: ParameterKind) -> Result<Option<u64>, String> {
    match without_groups(expression) {
        Expr::Lit(literal) => match parse(&literal.lit) {
            Some((digits, suffix)) => {
                measure(digits, suffix, kind).map(Some).ok_or_else(|| meant(digits, suffix, kind))
            }
            None => Err(match &literal.lit {
                Lit::Str(text) => text.value().replace(' ', ""),
                _ => meant("", "", kind),
            }),
        },
        Expr::Unary(unary) if matches!(unary.op, UnOp::Neg(_)) => match quantity(&unary.expr, kind)? {
            None => Ok(None),
            Some(_) => Err(unary.expr.to_token_stream().to_string()),
        },
        _ => Ok(None),
    }
}

/// The condition that a literal has a unit of: `latency` for `40ms`.
pub fn condition(literal: &Lit) -> Option<Parameter> {
    let (_, suffix) = parse(literal)?;
    CONDITIONS.into_iter().find(|condition| factor(suffix, condition.kind).is_some())
}

/// Whether a word is a unit of time or of a rate.
pub fn is_unit(word: &str) -> bool {
    CONDITIONS.into_iter().any(|condition| factor(word, condition.kind).is_some())
}

/// The digits of a number, and its suffix.
pub fn parse(literal: &Lit) -> Option<(&str, &str)> {
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
