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
use syn::Expr;

use crate::ast::Head;
use crate::check::Assertion;
use crate::model::{Argument, ArgumentValue, Count, Model, Requirement, Select, Step};
use crate::named::TypedKind;
use crate::pattern::Pattern;
use crate::size::constant;
use tokens::{default_kind, ends, local, respan, respan_at};

/// As `quote!`, with names that cannot meet the user's.
macro_rules! quote {
    ($($tokens:tt)*) => { quote_spanned! {Span::mixed_site()=> $($tokens)*} };
}

mod creation;
mod items;
mod named;
mod tokens;
mod wiring;

/// The value of the macro, or the type that it declares. `krate` is the path of the runtime.
pub fn expand(krate: &TokenTree, named: Option<&Head>, model: &Model, assertions: &[Assertion]) -> TokenStream {
    let expansion = Expansion { krate, named, model };
    expansion.assemble(&TokenStream::new(), assertions, &TokenStream::new())
}

/// Where there were mistakes: the same value without links, so that no second error follows and the editor goes on completing.
pub fn expand_with_errors(
    krate: &TokenTree,
    named: Option<&Head>,
    mut model: Model,
    assertions: &[Assertion],
    errors: TokenStream,
) -> TokenStream {
    let links = std::mem::take(&mut model.links);
    let requirements = std::mem::take(&mut model.requirements);
    let parts = || {
        let sets = links.iter().flat_map(|link| &link.sets).chain(requirements.iter().filter_map(Requirement::set));
        sets.flat_map(|set| &set.parts)
    };
    let outermost = parts().filter(|part| model.nodes[part.steps[0].node].parent.is_none());
    let outermost: Vec<Ident> = outermost.map(|part| part.steps[0].name.clone()).collect();
    model.unresolved.extend(outermost);
    let indices = parts().flat_map(|part| &part.steps).filter_map(run_time_value);
    // The type of a closure's parameter would not be known.
    let arguments =
        links.iter().filter(|link| link.pattern != Pattern::Custom).flat_map(|link| arguments(&link.arguments));
    let numbers = requirements.iter().filter_map(Requirement::number).map(ToTokens::to_token_stream);
    let parameters = named.into_iter().flat_map(|named| &named.parameters).map(|parameter| {
        let name = &parameter.name;
        quote! { &#name }
    });
    let unused = indices.chain(arguments).chain(numbers).chain(parameters);
    Expansion { krate, named, model: &model }.assemble(&errors, assertions, &quote! { #(let _ = #unused;)* })
}

fn assertion(assertion: &Assertion) -> TokenStream {
    let condition = &assertion.condition;
    let message = Literal::string(&assertion.message.replace('{', "{{").replace('}', "}}"));
    let (first, last) = ends(&assertion.at);
    let assert = quote_spanned! {first=> ::core::assert! };
    let arguments = quote_spanned! {last=> (#condition, #message) };
    quote! { #assert #arguments; }
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
fn arguments(given: &[Argument]) -> impl Iterator<Item = TokenStream> {
    given.iter().filter_map(|given| match &given.value {
        ArgumentValue::Expression(value) => Some(value.to_token_stream()),
        ArgumentValue::Literal(_) => None,
    })
}

struct Expansion<'m> {
    krate: &'m TokenTree,
    /// The type that is declared, if one is.
    named: Option<&'m Head>,
    model: &'m Model,
}

impl Expansion<'_> {
    /// `errors` and `unused` are there where there were mistakes.
    fn assemble(&self, errors: &TokenStream, assertions: &[Assertion], unused: &TokenStream) -> TokenStream {
        let (value, constants) = (self.value(), self.constants());
        let assertions = self.assertions(assertions);
        match self.named {
            Some(named) => {
                let items = self.named_items(named, &quote! { #constants #assertions #unused #value });
                quote! { #errors #items }
            }
            None => quote! { { #errors #constants #assertions #unused #value } },
        }
    }

    /// One const for each count that is a constant.
    fn constants(&self) -> TokenStream {
        let constants = self.model.nodes.iter().enumerate().filter_map(|(node, declared)| match &declared.count {
            Count::Constant(count) if !self.is_generic(count) => {
                let (first, _) = ends(&count.to_token_stream());
                let constant = respan(constant(node).into_token_stream(), first);
                Some(quote! { const #constant: usize = #count; })
            }
            _ => None,
        });
        constants.collect()
    }

    /// Whether a count is a const parameter of the type that is declared.
    fn is_generic(&self, count: &Expr) -> bool {
        self.named.is_some_and(|named| named.is_generic(count))
    }

    /// Each in an item of its own, which is checked whether or not the code is used. An item cannot hold const parameters.
    fn assertions(&self, assertions: &[Assertion]) -> TokenStream {
        let generic = self.model.nodes.iter().enumerate().filter_map(|(node, declared)| match &declared.count {
            Count::Constant(count) if self.is_generic(count) => {
                let constant = constant(node);
                Some(quote! { #[allow(unused_variables, non_snake_case)] let #constant: usize = #count; })
            }
            _ => None,
        });
        let generic: TokenStream = generic.collect();
        let assertions = assertions.iter().map(assertion);
        match generic.is_empty() {
            true => quote! { #(const _: () = #assertions)* },
            false => quote! { #(const { #generic #assertions })* },
        }
    }

    fn value(&self) -> TokenStream {
        let (patterns, values): (Vec<_>, Vec<_>) = self.values().into_iter().unzip();
        let krate = self.krate;
        let items = match self.named {
            Some(_) => TokenStream::new(),
            None => self.items(),
        };
        let creation = self.creation();
        let wiring = self.wiring();
        quote! {
            match (#(#values,)*) {
                (#(#patterns,)*) => {
                    // One name for all calls: where `$crate` came from a macro's own place, rustc would show a mistake there.
                    use #krate as runtime;
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
            Some(kind) => values.push((default_kind(), self.kind_value(kind))),
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
                values.push((local("kind", node), self.kind_value(kind)));
            }
        }
        let of_links = self.model.links.iter().flat_map(|link| &link.sets);
        let sets = of_links.chain(self.model.requirements.iter().filter_map(Requirement::set));
        let parts = sets.flat_map(|set| &set.parts);
        for (index, value) in parts.flat_map(|part| &part.steps).filter_map(run_time_value).enumerate() {
            values.push((local("index", index), quote! { (#value) }));
        }
        let of_links = self.model.links.iter().flat_map(|link| {
            // Only as the function that it is asked to be can a closure's parameter do without a type.
            let own = |value: TokenStream| {
                let function = respan_at(quote! { #krate::__private::pairs }, Some(&value));
                quote! { #function(#value) }
            };
            arguments(&link.arguments)
                .map(move |value| if link.pattern == Pattern::Custom { own(value) } else { value })
        });
        let arguments = of_links
            .chain(self.model.requirements.iter().filter_map(Requirement::number).map(ToTokens::to_token_stream));
        for (index, value) in arguments.enumerate() {
            values.push((local("argument", index), quote! { (#value) }));
        }
        values
    }

    fn kind_value(&self, kind: &Expr) -> TokenStream {
        match self.named.and_then(|named| named.typed_kind(kind)) {
            Some(TypedKind { value, .. }) => quote! { &(#value) },
            None => quote! { &(#kind) },
        }
    }

    /// Whether a node has no kind, nor a cluster around it.
    fn any_without_kind(&self) -> bool {
        let nodes = (0..self.model.nodes.len()).filter(|node| !self.model.nodes[*node].is_cluster);
        nodes.into_iter().any(|node| self.model.ancestors(node).all(|node| self.model.nodes[node].kind.is_none()))
    }
}
