//! Whether an argument comes next: a parameter or a condition, not a set.

use proc_macro2::{Group, Spacing};
use syn::Lit;
use syn::buffer::{Cursor, TokenBuffer};

use crate::condition::CONDITIONS;
use crate::pattern::Parameter;
use crate::unit;

/// Whether parentheses hold arguments, not sets or an index.
pub fn holds_arguments(parentheses: &Group) -> bool {
    let tokens = TokenBuffer::new2(parentheses.stream());
    has_name(tokens.begin()) || has_unit(tokens.begin()) || lacks_equals(tokens.begin(), &[])
}

/// `columns = 3`
pub fn has_name(cursor: Cursor) -> bool {
    let Some((sign, rest)) = cursor.ident().and_then(|(_, rest)| rest.punct()) else { return false };
    sign.as_char() == '=' && !rest.punct().is_some_and(|(next, _)| matches!(next.as_char(), '=' | '>'))
}

/// `40ms`
pub fn has_unit(cursor: Cursor) -> bool {
    cursor.literal().is_some_and(|(literal, _)| unit::condition(&Lit::new(literal)).is_some())
}

/// `columns: 3` or `columns 3`, for one of these parameters or a condition.
pub fn lacks_equals(cursor: Cursor, parameters: &[Parameter]) -> bool {
    let Some((name, rest)) = cursor.ident() else { return false };
    let is_known = parameters.iter().chain(&CONDITIONS).any(|parameter| name == parameter.name);
    let is_colon = |(sign, _): (proc_macro2::Punct, _)| sign.as_char() == ':' && sign.spacing() == Spacing::Alone;
    is_known && (rest.literal().is_some() || rest.punct().is_some_and(is_colon))
}
