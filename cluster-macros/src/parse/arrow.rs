//! `a -> b (latency = 40ms);`, and the arrows of other languages.

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::parse::ParseStream;
use syn::{Error, Result, token};

use super::call::arguments;
use super::lookahead::{holds_arguments, is_arrow};
use super::set;
use super::tokens::{ahead, group, is_word, next_group, since};
use crate::ast::{Call, Cluster, Path, Set, Statement};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{Pattern, Position};

/// A statement that begins with a set.
pub fn arrows(input: ParseStream, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    let mut begin = input.cursor();
    let [brackets, end] = ahead(input);
    if let ("(" | "[", "", Some(list)) = (&*brackets, &*end, next_group(input)) {
        return Err(Error::new_spanned(&list, messages::set_without_arrow(&code(list.stream()))));
    }
    let mut from = set::set(input, errors)?;
    if !is_arrow(input) {
        let error = alone(input, &from);
        let is_reported = from.is_broken;
        cluster.statements.push(Statement::Alone(from));
        return if is_reported { Ok(()) } else { Err(error) };
    }
    let mut is_first = true;
    while is_arrow(input) {
        let [sign] = ahead(input);
        let signs = if is_word(&sign) { 1 } else { sign.len() };
        let name: TokenStream = (0..signs).map(|_| input.parse::<TokenTree>()).collect::<Result<_>>()?;
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

/// A set alone: `region.gw`, or the receiver of a method: `a.connect(b)`.
fn alone(input: ParseStream, set: &Set) -> Error {
    let written = code(&set.written);
    let message = match set.paths.as_slice() {
        [Path { steps, .. }] if input.peek(token::Paren) && steps.len() > 1 => {
            let (method, receiver) =
                written.rsplit_once('.').map_or(("", &*written), |(receiver, method)| (method, receiver));
            let arguments = next_group(input).map(code).unwrap_or_default();
            messages::method(receiver, method, &arguments)
        }
        _ => messages::path_alone(&written),
    };
    Error::new_spanned(&set.written, message)
}
