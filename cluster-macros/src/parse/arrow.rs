//! `a -> b`, and the arrows of other languages.

use proc_macro2::{Spacing, TokenStream};
use quote::quote;
use syn::parse::ParseStream;
use syn::spanned::Spanned;
use syn::{Error, Ident, Result};

use super::set;
use crate::ast::{Arrow, Call, Cluster, Set, Statement};
use crate::code::code;
use crate::errors::Errors;
use crate::messages;
use crate::pattern::Pattern;

/// What an arrow of any language means.
enum Meaning {
    OneWay,
    Backwards,
    BothWays,
}

fn meaning(written: &str) -> Option<Meaning> {
    match written {
        "->" | "-->" | "=>" | "==>" => Some(Meaning::OneWay),
        "<-" | "<--" | "<=" | "<==" => Some(Meaning::Backwards),
        "-" | "--" | "---" | "==" | "<->" | "<-->" | "<=>" => Some(Meaning::BothWays),
        _ => None,
    }
}

/// Whether an arrow comes next.
pub fn peek(input: ParseStream) -> bool {
    punctuation(input).is_some_and(|(written, _)| meaning(&written).is_some())
}

/// The next punctuation that is joined, as `-->` is.
fn punctuation(input: ParseStream) -> Option<(String, TokenStream)> {
    let mut written = String::new();
    let mut tokens = TokenStream::new();
    let mut cursor = input.cursor();
    while let Some((punct, rest)) = cursor.punct() {
        written.push(punct.as_char());
        tokens.extend(quote!(#punct));
        cursor = rest;
        if punct.spacing() == Spacing::Alone {
            break;
        }
    }
    (!written.is_empty()).then_some((written, tokens))
}

/// The rest of a statement that begins with a set and goes on with an arrow.
pub fn arrows(input: ParseStream, mut from: Set, cluster: &mut Cluster, errors: &mut Errors) -> Result<()> {
    if !peek(input) {
        return Err(Error::new_spanned(&from, messages::SET_WITHOUT_ARROW));
    }
    let mut arrows = 0;
    while let Some((written, arrow)) = punctuation(input) {
        let Some(meaning) = meaning(&written) else { break };
        for _ in written.chars() {
            input.parse::<proc_macro2::Punct>()?;
        }
        if input.is_empty() {
            return Err(Error::new_spanned(arrow, messages::missing_set(&written)));
        }
        let to = set::set(input, errors)?;
        arrows += 1;
        let sides = (code(&from), code(&to));
        if written != "->" {
            errors.report(&arrow, messages::foreign_arrow(&written, &advice(&meaning, &sides)));
        } else if arrows > 1 {
            errors.report(&arrow, messages::chained_arrow(&sides.0, &sides.1));
        }
        cluster.statements.push(link(from, arrow, &meaning, to.clone()));
        from = to;
    }
    Ok(())
}

fn advice(meaning: &Meaning, (from, to): &(String, String)) -> String {
    match meaning {
        Meaning::OneWay => format!("{from} -> {to}"),
        Meaning::Backwards => format!("{to} -> {from}"),
        Meaning::BothWays => format!("connect({from}, {to})"),
    }
}

fn link(from: Set, arrow: TokenStream, meaning: &Meaning, to: Set) -> Statement {
    match meaning {
        Meaning::OneWay => Statement::Arrow(Arrow { from, arrow, to }),
        Meaning::Backwards => Statement::Arrow(Arrow { from: to, arrow, to: from }),
        Meaning::BothWays => {
            let name = Ident::new(Pattern::Connect.name(), arrow.span());
            Statement::Call(Call { name, parentheses: None, sets: vec![from, to], arguments: Vec::new() })
        }
    }
}
