//! `star(hub)`, `clique(a, b)`, `grid(k, columns = 3)`

use proc_macro2::{Group, Ident};

use super::{argument, set};
use crate::ast::Call;
use crate::errors::Errors;
use crate::how::{How, Place};
use crate::suggest::nearest;

/// A shape's name, its sets and what else it takes.
pub fn call(name: Ident, parentheses: Option<Group>, place: Place, errors: &mut Errors) -> Call {
    // A misspelt topology has parameters too.
    let text = name.to_string();
    let meant = How::named(&text).or_else(|| nearest(&text, How::all().map(How::name)).and_then(How::named));
    let how =
        meant.filter(|how| how.takes_parameters() || matches!((how, place), (How::Family(_), Place::Declaration)));
    let (sets, arguments) = match (&parentheses, how) {
        (Some(group), Some(how)) => argument::arguments(group.stream(), how, place, errors),
        (Some(group), None) => (set::sets(group.stream(), errors), Vec::new()),
        (None, _) => (Vec::new(), Vec::new()),
    };
    Call { name, parentheses, sets, arguments }
}
