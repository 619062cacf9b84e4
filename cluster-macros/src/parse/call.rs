//! `star(hub)`, `clique(a, b)`, `grid(k, columns = 3, latency = 5ms)`

use proc_macro2::{Group, Ident};

use super::argument::arguments;
use super::lookahead::holds_arguments;
use crate::ast::Call;
use crate::errors::Errors;
use crate::pattern::{Pattern, Position};

/// The sets and arguments of a call.
pub fn call(name: Ident, parentheses: Option<Group>, position: Position, errors: &mut Errors) -> Call {
    // A misspelt topology takes parameters too.
    let text = name.to_string();
    let pattern = Pattern::meant(&text);
    let takes_only_conditions = position == Position::Declaration
        && Pattern::named(&text).is_some_and(|pattern| pattern.form(position) == pattern.name());
    let (sets, arguments) = match &parentheses {
        Some(group) if !takes_only_conditions || holds_arguments(group) => {
            arguments(&text, group.stream(), pattern, position, errors)
        }
        // Without conditions the parentheses themselves are the mistake.
        _ => (Vec::new(), Vec::new()),
    };
    Call { name, parentheses, sets, arguments }
}
