//! `a -> b (latency = 40ms);`, and the arrows of other languages.

use proc_macro2::Delimiter;
use syn::parse::ParseStream;
use syn::{Error, Result};

use super::call::arguments;
use super::lookahead::{holds_arguments, is_arrow};
use super::set;
use super::tokens::{self, ahead, group, next_group, since, with_commas};
use crate::ast::{Call, Cluster, Statement};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{Pattern, Position};

/// A statement that begins with a set.
pub fn arrows(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    let mut begin = input.cursor();
    let [brackets, end] = ahead(input);
    if let ("(" | "[", "", Some(list)) = (&*brackets, &*end, next_group(input)) {
        return Err(Error::new_spanned(&list, messages::set_without_arrow(&code(with_commas(list.stream())))));
    }
    let mut from = set::set(input, errors)?;
    if !is_arrow(input) {
        let error = Error::new_spanned(&from.written, messages::path_alone(&code(&from.written)));
        let is_reported = from.is_broken;
        cluster.statements.push(Statement::Alone(from));
        return if is_reported { Ok(()) } else { Err(error) };
    }
    let mut is_first = true;
    while is_arrow(input) {
        let ([sign], name) = (ahead(input), tokens::sign(input)?);
        if input.is_empty() {
            return Err(Error::new_spanned(name, messages::missing_set(&sign, &code(&from.written))));
        }
        let next = input.cursor();
        let to = set::set(input, errors)?;
        if !std::mem::take(&mut is_first) && sign == "->" {
            errors.report(&name, messages::chained_arrow(&code(&from.written)));
        }
        let arguments = match next_group(input).filter(holds_arguments) {
            Some(_) => group(input, Delimiter::Parenthesis).map_or_else(Vec::new, |group| {
                arguments("->", group.stream(), Some(Pattern::OneWay), Position::Declaration, errors).1
            }),
            None => Vec::new(),
        };
        let written = since(begin, input);
        begin = next;
        cluster.statements.push(Statement::Arrow(Call { name, sets: vec![from, to.clone()], arguments, written }));
        from = to;
    }
    Ok(())
}
