//! `a -> b (latency = 40ms);`

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::quote;
use syn::parse::ParseStream;
use syn::{Error, Result, token};

use super::argument::arguments;
use super::arrow::{arrow, peek};
use super::lookahead::holds_arguments;
use super::set;
use super::tokens::group;
use crate::ast::{Arrow, Cluster, Set, Statement};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::{Pattern, Position};

/// The rest of a statement that begins with a set and goes on with an arrow.
pub fn arrows(input: ParseStream, mut from: Set, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    if !peek(input) {
        let error = without_arrow(input, &from);
        let is_reported = matches!(from, Set::Incomplete(_));
        cluster.statements.push(Statement::Alone(from));
        return if is_reported { Ok(()) } else { Err(error) };
    }
    let mut arrows = 0;
    while let Some((written, arrow)) = arrow(input) {
        for _ in arrow.clone() {
            input.parse::<TokenTree>()?;
        }
        if input.is_empty() {
            return Err(Error::new_spanned(arrow, messages::missing_set(&written, &code(&from))));
        }
        let to = set::set(input, errors)?;
        arrows += 1;
        if arrows > 1 && written == "->" {
            errors.report(&arrow, messages::chained_arrow(&code(&from)));
        }
        let parentheses = group(&input.fork(), Delimiter::Parenthesis).filter(holds_arguments);
        let arguments = match parentheses.as_ref().and_then(|_| group(input, Delimiter::Parenthesis)) {
            Some(group) => arguments("->", group.stream(), Some(Pattern::OneWay), Position::Declaration, errors).1,
            None => Vec::new(),
        };
        cluster.statements.push(Statement::Arrow(Arrow { from, arrow, to: to.clone(), parentheses, arguments }));
        from = to;
    }
    Ok(())
}

/// A set alone: `region.gw`, or the receiver of a method: `a.connect(b)`.
fn without_arrow(input: ParseStream, set: &Set) -> Error {
    let written = code(set);
    if let (Set::Path(steps), true) = (set, input.peek(token::Paren))
        && let [receiver @ .., method] = steps.as_slice()
    {
        let arguments: TokenStream = input.fork().parse().unwrap_or_default();
        let arguments = arguments.into_iter().next().map(code).unwrap_or_default();
        let message = messages::method(&code(quote!(#(#receiver)*)), &code(&method.name), &arguments);
        return Error::new_spanned(set, message);
    }
    match set {
        Set::List { .. } => Error::new_spanned(set, messages::set_without_arrow(&written)),
        _ => Error::new_spanned(set, messages::path_alone(&written)),
    }
}
