//! Whether an argument comes next (a parameter or a condition, not a set), or an arrow.

use proc_macro2::Group;
use syn::Lit;
use syn::parse::{ParseStream, Parser};

use super::tokens::{ahead, is_word};
use crate::condition::{self, CONDITIONS};
use crate::literal;
use crate::pattern::Parameter;

/// Whether parentheses hold arguments, not sets or an index.
pub fn holds_arguments(parentheses: &Group) -> bool {
    holds(parentheses, |input| begins_name(input, &[]) || has_unit(input))
}

/// Whether `begins` is true of what a group holds.
pub fn holds(group: &Group, begins: fn(ParseStream) -> bool) -> bool {
    let parser = |input: ParseStream| {
        let begins = begins(input);
        input.parse::<proc_macro2::TokenStream>().map(|_| begins)
    };
    parser.parse2(group.stream()).unwrap_or(false)
}

/// `latency = 40ms`
pub fn begins_condition(input: ParseStream) -> bool {
    let [name, sign] = ahead(input);
    condition::named(&name).is_some() && sign == "="
}

/// `40ms`
pub fn has_unit(input: ParseStream) -> bool {
    input.fork().parse::<Lit>().is_ok_and(|literal| literal::condition(&literal).is_some())
}

/// `columns = 3`, or, for one of these parameters or a condition, `columns: 3`, `columns 3` and the like.
pub fn begins_name(input: ParseStream, parameters: &[Parameter]) -> bool {
    let [name, sign] = ahead(input);
    let is_known = parameters.iter().chain(&CONDITIONS).any(|parameter| name == parameter.name);
    let is_given = sign.starts_with('=') && !sign.starts_with("==") && !sign.starts_with("=>");
    let is_literal = sign.starts_with(|first: char| first.is_ascii_digit() || matches!(first, '"' | '\''));
    is_word(&name) && is_given || is_known && (is_literal || [":", "==", ":=", "=>"].contains(&&*sign))
}

/// Words that people write between two nodes.
const ARROW_WORDS: [&str; 7] = ["to", "with", "and", "from", "connects", "links", "linked"];

/// What the signs between two nodes begin with. What begins with a `=` or a `:` may be part of a declaration.
const ARROW_SIGNS: [&str; 14] = ["-", "<", ">", "=>", "==", "~", "|", "+", "*", "^", "/", "%", "&", ".."];

/// Whether an arrow comes next, of this language or of another.
pub fn is_arrow(input: ParseStream) -> bool {
    let [sign, next] = ahead(input);
    match is_word(&sign) {
        true => ARROW_WORDS.contains(&&*sign) && is_word(&next),
        false if sign == "->" => true,
        false => {
            ARROW_SIGNS.iter().any(|begin| sign.starts_with(begin))
                && (next.is_empty() || next == "[" || is_word(&next))
        }
    }
}
