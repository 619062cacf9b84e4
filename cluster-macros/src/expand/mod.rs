//! The model to Rust: what a person would write by hand. It cannot fail.
//!
//! Counts and kinds are evaluated outside of the block that holds our items, so that nothing of ours shadows the user's names:
//!
//! ```text
//! {
//!     const __CLUSTER_COUNT_1: usize = N;
//!     match (&(KIND), (count)) {
//!         (kind, count_2) => { struct Cluster { .. } .. wiring .. net }
//!     }
//! }
//! ```

use proc_macro2::{Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};

use crate::check::Assertion;
use crate::how::How;
use crate::model::{Count, Given, GivenValue, Model, Required, Select, Step};
use crate::size::constant;
use tokens::{default_kind, ends, local, respanned};

/// As `quote!`, with names that cannot meet the user's.
macro_rules! quote {
    ($($tokens:tt)*) => { quote_spanned! {Span::mixed_site()=> $($tokens)*} };
}

mod creation;
mod items;
mod tokens;
mod wiring;

/// The value of the macro. `krate` is the path of the runtime.
pub fn expand(krate: &TokenTree, model: &Model, assertions: &[Assertion]) -> TokenStream {
    let value = Expansion { krate, model }.value();
    let constants = constants(model);
    let assertions = assertions.iter().map(assertion);
    quote! { { #(#constants)* #(#assertions)* #value } }
}

/// Where there were mistakes: the same value without links, so that no second error follows and the editor goes on completing.
pub fn expand_with_errors(
    krate: &TokenTree,
    mut model: Model,
    assertions: &[Assertion],
    errors: TokenStream,
) -> TokenStream {
    let links = std::mem::take(&mut model.links);
    let requirements = std::mem::take(&mut model.requirements);
    let parts = || {
        let sets = links.iter().flat_map(|link| &link.sets).chain(requirements.iter().filter_map(Required::set));
        sets.flat_map(|set| &set.parts)
    };
    let outermost = parts().filter(|part| model.nodes[part.steps[0].node].within.is_none());
    let outermost: Vec<Ident> = outermost.map(|part| part.steps[0].name.clone()).collect();
    model.loose.extend(outermost);
    let value = Expansion { krate, model: &model }.value();
    let constants = constants(&model);
    let assertions = assertions.iter().map(assertion);
    let indices = parts().flat_map(|part| &part.steps).filter_map(run_time_value);
    // The type of a closure's parameter would not be known.
    let arguments = links.iter().filter(|link| link.how != How::Own).flat_map(|link| arguments(&link.arguments));
    let numbers = requirements.iter().filter_map(Required::number).map(ToTokens::to_token_stream);
    let unused = indices.chain(arguments).chain(numbers);
    quote! { { #errors #(#constants)* #(#assertions)* #(let _ = #unused;)* #value } }
}

fn constants(model: &Model) -> impl Iterator<Item = TokenStream> {
    model.nodes.iter().enumerate().filter_map(|(node, declared)| match &declared.count {
        Count::Constant(count) => {
            let (first, _) = ends(&count.to_token_stream());
            let constant = respanned(constant(node).into_token_stream(), first);
            Some(quote! { const #constant: usize = #count; })
        }
        _ => None,
    })
}

fn assertion(assertion: &Assertion) -> TokenStream {
    let condition = &assertion.condition;
    let message = Literal::string(&assertion.message.replace('{', "{{").replace('}', "}}"));
    let (first, last) = ends(&assertion.at);
    let assert = quote_spanned! {first=> ::core::assert! };
    let arguments = quote_spanned! {last=> (#condition, #message) };
    quote! { const _: () = #assert #arguments; }
}

/// The expression of an index or a range that is not a literal.
fn run_time_value(step: &Step) -> Option<TokenStream> {
    match &step.select {
        Select::Index { index, literal: None } => Some(index.to_token_stream()),
        Select::Range { range, literal: None } => Some(range.to_token_stream()),
        _ => None,
    }
}

/// What is given for parameters, where it is not a literal.
fn arguments(given: &[Given]) -> impl Iterator<Item = TokenStream> {
    given.iter().filter_map(|given| match &given.value {
        GivenValue::Expression(value) => Some(value.to_token_stream()),
        GivenValue::Literal(_) => None,
    })
}

struct Expansion<'m> {
    krate: &'m TokenTree,
    model: &'m Model,
}

impl Expansion<'_> {
    fn value(&self) -> TokenStream {
        let (patterns, values): (Vec<_>, Vec<_>) = self.values().into_iter().unzip();
        let items = self.items();
        let creation = self.creation();
        let wiring = self.wiring();
        quote! {
            match (#(#values,)*) {
                (#(#patterns,)*) => {
                    #items
                    #creation
                    #wiring
                    net
                }
            }
        }
    }

    /// The user's expressions, each evaluated once, and the names that their values get.
    fn values(&self) -> Vec<(Ident, TokenStream)> {
        let krate = self.krate;
        let mut values = Vec::new();
        match &self.model.kind {
            Some(kind) => values.push((default_kind(), quote! { &(#kind) })),
            None if self.any_without_kind() => {
                values.push((default_kind(), quote! { &#krate::Loopback::new() }));
            }
            None => {}
        }
        for (node, declared) in self.model.nodes.iter().enumerate() {
            if let Count::Dyn(count) = &declared.count {
                values.push((local("count", node), quote! { (#count) }));
            }
            if let Some(kind) = &declared.kind {
                values.push((local("kind", node), quote! { &(#kind) }));
            }
        }
        let of_links = self.model.links.iter().flat_map(|link| &link.sets);
        let sets = of_links.chain(self.model.requirements.iter().filter_map(Required::set));
        let parts = sets.flat_map(|set| &set.parts);
        for (index, value) in parts.flat_map(|part| &part.steps).filter_map(run_time_value).enumerate() {
            values.push((local("index", index), quote! { (#value) }));
        }
        let of_links = self.model.links.iter().flat_map(|link| arguments(&link.arguments));
        let arguments =
            of_links.chain(self.model.requirements.iter().filter_map(Required::number).map(ToTokens::to_token_stream));
        for (index, value) in arguments.enumerate() {
            values.push((local("argument", index), quote! { (#value) }));
        }
        values
    }

    /// Whether a node has no kind, nor a cluster around it.
    fn any_without_kind(&self) -> bool {
        let nodes = (0..self.model.nodes.len()).filter(|node| !self.model.nodes[*node].is_cluster);
        nodes.into_iter().any(|node| self.model.outwards(node).all(|node| self.model.nodes[node].kind.is_none()))
    }
}
