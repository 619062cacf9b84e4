//! `star(hub)`, `clique(a, b)`, `grid(k, columns = 3)`

use proc_macro2::{Group, Ident};

use super::{argument, set};
use crate::ast::Call;
use crate::errors::Errors;
use crate::pattern::{Pattern, Position};

/// The sets and arguments of a call.
pub fn call(name: Ident, parentheses: Option<Group>, position: Position, errors: &mut Errors) -> Call {
    // A misspelt topology takes parameters too.
    let pattern = Pattern::meant(&name.to_string())
        .filter(|pattern| pattern.takes_parameters() || pattern.is_family() && position == Position::Declaration);
    let takes_nothing = position == Position::Declaration
        && Pattern::named(&name.to_string()).is_some_and(|pattern| pattern.form(position) == pattern.name());
    let (sets, arguments) = match (&parentheses, pattern) {
        // The parentheses themselves are the mistake.
        _ if takes_nothing => (Vec::new(), Vec::new()),
        (Some(group), Some(pattern)) => argument::arguments(group.stream(), pattern, position, errors),
        (Some(group), None) => (set::sets(group.stream(), errors), Vec::new()),
        (None, _) => (Vec::new(), Vec::new()),
    };
    Call { name, parentheses, sets, arguments }
}
