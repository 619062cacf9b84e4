//! References to the nodes that paths select.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;

use super::expansion::Expansion;
use super::tokens::{local, location, respan_at, usize_literal};
use crate::ast::Count;
use crate::model::{Part, Select, Step};

impl Expansion<'_> {
    /// All paths as one set.
    pub fn set(&self, parts: &[&Part]) -> TokenStream {
        tuple(parts.iter().map(|part| self.part(part)).collect())
    }

    fn part(&self, part: &Part) -> TokenStream {
        let owner = owner(self.model.nodes[part.steps[0].node].parent);
        self.steps(&owner, &part.steps)
    }

    /// A reference to what the steps select of `owner`. Where a step selects several clusters, the rest of the path is
    /// followed in each of them.
    fn steps(&self, owner: &TokenStream, steps: &[Step]) -> TokenStream {
        let [step, rest @ ..] = steps else { return quote! { &#owner } };
        let (node, name) = (step.node, &step.name);
        let count = &self.model.nodes[node].count;
        let field = quote! { #owner.#name };
        let several = match step.select {
            Select::All if matches!(count, Count::One) => return self.steps(&field, rest),
            Select::All => quote! { &#field },
            Select::Index(index) if count.is_array() => {
                let index = usize_literal(index);
                return self.steps(&quote! { #field[#index] }, rest);
            }
            Select::Range { from, to } if count.is_array() => {
                let range = range_literal(from, to);
                quote! { &#field[#range] }
            }
            Select::Index(index) => self.checked_slice("at", &field, step, &usize_literal(index)),
            Select::RunTimeIndex(index) => self.checked_slice("at", &field, step, &self.value(index)),
            Select::Range { from, to } => self.checked_slice("slice", &field, step, &range_literal(from, to)),
            Select::RunTimeRange(range) => {
                // It may be needed in several clusters.
                let range = self.value(range);
                self.checked_slice("slice", &field, step, &quote! { ::core::clone::Clone::clone(&#range) })
            }
        };
        if rest.is_empty() {
            return several;
        }
        let each = local("each", node);
        let rest = self.steps(&each.to_token_stream(), rest);
        quote! {
            ::core::iter::Iterator::collect::<::std::vec::Vec<_>>(::core::iter::Iterator::map(
                (#several).iter(), |#each| #rest
            ))
        }
    }

    /// A slice of what may be out of bounds.
    fn checked_slice(&self, function: &str, field: &TokenStream, step: &Step, selected: &TokenStream) -> TokenStream {
        let (path, location) = (self.model.path(step.node), location(&step.written));
        let function = Ident::new(function, Span::mixed_site());
        let function = respan_at(quote! { runtime::__private::#function }, Some(&step.written));
        quote! { #function(&net.__cluster, #location, &#field, #path, #selected) }
    }
}

/// What has the members of a cluster, or of the whole, as its fields.
pub fn owner(cluster: Option<usize>) -> TokenStream {
    match cluster {
        Some(cluster) => local("instance", cluster).into_token_stream(),
        None => quote! { net },
    }
}

fn range_literal(from: u64, to: Option<u64>) -> TokenStream {
    let (from, to) = (usize_literal(from), to.map(usize_literal));
    quote! { #from..#to }
}

/// Sets as one set, in order. The runtime knows tuples of up to eight sets, so larger ones are tuples of tuples.
fn tuple(mut sets: Vec<TokenStream>) -> TokenStream {
    while sets.len() > 8 {
        sets = sets.chunks(8).map(|sets| quote! { (#(#sets,)*) }).collect();
    }
    match sets.as_slice() {
        [set] => set.clone(),
        sets => quote! { (#(#sets,)*) },
    }
}
