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
    let Analysis { model, assertions, errors } = match analyse(input.collect()) {
        Ok(analysis) => analysis,
        Err(error) => return error.to_compile_error(),
    };
    let (mut errors, half_written) = errors.into_parts();
    order(&mut errors);
    let errors = errors.iter().map(Error::to_compile_error).collect();
    expand::expand(&krate, model, &assertions, &half_written, &errors)
}

/// The result of all stages before the expansion.
struct Analysis {
    model: model::Model,
    assertions: Vec<check::Assertion>,
    errors: Errors,
}

fn analyse(input: TokenStream) -> syn::Result<Analysis> {
    let mut errors = Errors::default();
    let input = parse::parse(input, &mut errors)?;
    let mut model = resolve::resolve(input, &mut errors);
    let assertions = check::check(&model, &mut errors);
    network::check_conditions(&model, &mut errors);
    network::check_requirements(&mut model, &mut errors);
    Ok(Analysis { model, assertions, errors })
}

fn sort_by_source(errors: &mut [Error]) {
    errors.sort_by_key(|error| {
        let span = error.span().unwrap();
        (span.line(), span.column())
    });
}
