//! `star(hub)`, `clique(a, b)`, `grid(k, columns = 3, latency = 5ms)`

use proc_macro2::{Group, Ident};
use quote::{ToTokens, quote};

use super::argument::arguments;
use super::lookahead::holds_arguments;
use crate::ast::{Call, Set};
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{Pattern, Position};

/// A call of `name`.
pub fn call(name: &Ident, parentheses: Option<Group>, position: Position, errors: &mut Errors) -> Call {
    let text = name.to_string();
    let written = quote!(#name #parentheses);
    let bare = Pattern::named(&text).filter(|pattern| position == Position::Declaration && pattern.is_bare());
    let (sets, arguments) = match (parentheses, bare) {
        (Some(group), Some(pattern)) if !holds_arguments(&group) => {
            errors.report(&written, messages::wrong_sets(pattern, position, 0));
            (vec![Set::unreadable(group.stream())], Vec::new())
        }
        // A misspelt topology takes parameters too.
        (Some(group), _) => arguments(&text, group.stream(), Pattern::meant(&text), position, errors),
        (None, _) => (Vec::new(), Vec::new()),
    };
    Call { name: name.to_token_stream(), sets, arguments, written }
}
