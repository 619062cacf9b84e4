//! The model to Rust: what a person would write by hand. It cannot fail.
//!
//! Counts and kinds are evaluated outside of the block that holds our items, so that nothing of ours shadows the user's names:
//!
//! ```text
//! "what to do with it between items".is_ascii().then_some({
//!     const __CLUSTER_COUNT_1: usize = N;
//!     match (&(KIND), (count)) {
//!         (kind, count_2) => { struct Cluster { .. } .. wiring .. net }
//!     }
//! }).unwrap()
//! ```

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};

use crate::check::Assertion;
use crate::errors::HalfWritten;
use crate::messages;
use crate::model::Model;
use expansion::Expansion;

/// As `quote!`, with names that cannot meet the user's.
macro_rules! quote {
    ($($tokens:tt)*) => { quote::quote_spanned! {proc_macro2::Span::mixed_site()=> $($tokens)*} };
}

mod assertions;
mod completion;
mod creation;
mod expansion;
mod paths;
mod tokens;
mod types;
mod values;
mod wiring;

/// The value of the macro, or the type that it declares. `krate` is the path of the runtime.
///
/// After errors it has no links, so that no second error follows and the editor goes on completing.
pub fn expand(
    krate: &TokenTree,
    mut model: Model,
    assertions: &[Assertion],
    half_written: &[HalfWritten],
    errors: &TokenStream,
) -> TokenStream {
    let (references, unused) = if errors.is_empty() { Default::default() } else { unlink(&mut model) };
    let expansion = Expansion { krate, model: &model, half_written, references: &references };
    let (constants, assertions) = (expansion.constants(), expansion.assertions(assertions));
    let checked = quote! { #constants #assertions #unused };
    if model.head.is_some() {
        let value = value(&expansion, &TokenStream::new());
        let items = expansion.items(&quote! { #checked #value });
        return quote! { #items #errors };
    }
    let items = expansion.items(&TokenStream::new());
    let value = value(&expansion, &quote! { #items #errors });
    // It begins with a literal, as rustc quotes the first token of an expression that it finds between items.
    let first = model.nodes.first().map_or_else(Span::mixed_site, |node| node.name.span());
    let mut words = Literal::string(&messages::between_items());
    words.set_span(first.resolved_at(Span::mixed_site()));
    quote! { #words.is_ascii().then_some({ #checked #value }).unwrap() }
}

/// Removes all links. What they name is still used: outermost nodes, which are returned for the editor, and values.
fn unlink(model: &mut Model) -> (Vec<Ident>, TokenStream) {
    let outermost = model.parts().map(|part| &part.steps[0]).filter(|step| model.nodes[step.node].parent.is_none());
    let references = outermost.map(|step| step.name.clone()).collect();
    model.links.clear();
    model.requirements.clear();
    // The type of a function's parameter would not be known.
    let values = std::mem::take(&mut model.values).into_iter().filter(|value| !value.is_function);
    let values = values.map(|value| value.expression);
    let parameters = model.head.iter().flat_map(|head| &head.parameters).map(|parameter| &parameter.name);
    (references, quote! { #(let _ = #values;)* #(let _ = &#parameters;)* })
}

/// Creates the cluster, where the kinds and counts are evaluated and `items` are declared.
fn value(expansion: &Expansion, items: &TokenStream) -> TokenStream {
    let krate = expansion.krate;
    let (names, values): (Vec<_>, Vec<_>) = expansion.values().into_iter().unzip();
    let (creation, wiring) = (expansion.creation(), expansion.wiring());
    quote! {
        match (#(#values,)*) {
            (#(#names,)*) => {
                // One name for all calls: with `$crate` rustc would show a mistake where the macro is defined.
                use #krate as runtime;
                // Alone where a shape is written, so that the editor leads from there to nothing else.
                #[allow(unused_imports)]
                use runtime::{__private::{family, shape}, add_peer, clique, connect, line, ring, star};
                #items
                #creation
                #wiring
                net
            }
        }
    }
}
