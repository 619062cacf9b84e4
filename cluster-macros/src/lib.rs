//! The `cluster!` macro: parse, resolve, check, expand.
//!
//! The runtime calls [`cluster_impl!`] with its own path first; users write `cluster_runtime::cluster!`.

// Each module uses only those before it: `suggest`, `code`, `errors`; `pattern`, `condition`, `literal`, `ast`; `model`; `messages`;
// `parse`; `resolve`; `size`; `check`, `network`; `expand`.

mod ast;
mod check;
mod code;
mod condition;
mod errors;
mod expand;
mod literal;
mod messages;
mod model;
mod network;
mod parse;
mod pattern;
mod resolve;
mod size;
mod suggest;
#[cfg(test)]
mod tests;

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::Error;

use ast::Head;
use errors::Errors;

/// The expansion of `cluster!`. Its first token is the path of the runtime.
#[proc_macro]
pub fn cluster_impl(input: proc_macro::TokenStream) -> proc_macro::TokenStream {
    cluster(input.into(), sort_by_source).into()
}

/// Checks a declaration list and expands it. `order` sorts the errors as they are shown.
fn cluster(input: TokenStream, order: fn(&mut [Error])) -> TokenStream {
    let mut input = input.into_iter();
    let krate =
        input.next().unwrap_or_else(|| TokenTree::Ident(proc_macro2::Ident::new("cluster_runtime", Span::call_site())));
    let (analysis, errors) = analyse(input.collect());
    let (mut errors, half_written) = errors.into_parts();
    order(&mut errors);
    let errors = errors.iter().map(Error::to_compile_error).collect();
    match analysis {
        Some(Analysis { model, assertions }) => expand::expand(&krate, model, &assertions, &half_written, &errors),
        None => errors,
    }
}

/// The result of all stages before the expansion.
struct Analysis {
    model: model::Model,
    assertions: Vec<check::Assertion>,
}

/// With every mistake; without what nothing can be expanded from.
fn analyse(input: TokenStream) -> (Option<Analysis>, Errors) {
    let mut errors = Errors::default();
    let input = match parse::parse(input, &mut errors) {
        Ok(input) => input,
        Err(error) => {
            errors.push(error);
            return (None, errors);
        }
    };
    let has_types = input.head.as_ref().is_none_or(Head::has_types);
    let mut model = resolve::resolve(input, &mut errors);
    let assertions = check::check(&model, &mut errors);
    network::check_conditions(&model, &mut errors);
    network::check_requirements(&mut model, &mut errors);
    (has_types.then_some(Analysis { model, assertions }), errors)
}

fn sort_by_source(errors: &mut [Error]) {
    errors.sort_by_key(|error| {
        let span = error.span().unwrap();
        (span.line(), span.column())
    });
}
