//! One call for each link.

use cluster_topology::Shape;
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};

use super::tokens::{ends, local, place, respanned, shown_at};
use super::{Expansion, run_time_value};
use crate::model::{Bounds, Count, How, Link, Part, Select};
use crate::size::usize_literal;

impl Expansion<'_> {
    /// All links, in the order in which they were written.
    pub fn wiring(&self) -> TokenStream {
        let mut indices = (0..).map(|index| local("index", index));
        let links = self.model.links.iter().map(|link| self.link(link, &mut indices));
        let mut wiring: TokenStream = links.collect();
        if !self.model.loose.is_empty() {
            let loose = &self.model.loose;
            wiring.extend(quote! {
                #[allow(unexpected_cfgs)]
                {
                    #[cfg(rust_analyzer)]
                    { #(let _ = &net.#loose;)* }
                }
            });
        }
        wiring
    }

    /// One call. Its tokens are placed at the statement, so that two kinds that cannot be linked are shown there.
    fn link(&self, link: &Link, indices: &mut impl Iterator<Item = Ident>) -> TokenStream {
        let mut parts = link.sets.iter().map(|set| set.parts.iter().collect::<Vec<_>>());
        let (function, sides) = match link.how {
            How::Shape(shape @ (Shape::Clique | Shape::Ring | Shape::Line)) => {
                (shape.name(), vec![parts.flatten().collect()])
            }
            How::Shape(shape @ (Shape::Star | Shape::Connect)) => {
                (shape.name(), vec![parts.next().unwrap_or_default(), parts.flatten().collect()])
            }
            How::OneWay => ("add_peer", parts.collect()),
        };
        let sides: Vec<TokenStream> = sides
            .into_iter()
            .map(|parts| tuple(parts.into_iter().map(|part| self.part(part, indices)).collect()))
            .collect();
        let sets: Vec<Ident> = (0..sides.len()).map(|side| local("set", side)).collect();
        let function = Ident::new(function, Span::mixed_site());
        let (first, _) = ends(&link.token);
        let call = respanned(quote! { runtime::#function(#(#sets),*) }, first);
        quote! { match (#(#sides,)*) { (#(#sets,)*) => #call, } }
    }

    fn part(&self, part: &Part, indices: &mut impl Iterator<Item = Ident>) -> TokenStream {
        let Part { node, name, select, .. } = part;
        let (function, selected) = match select {
            Select::All => return quote! { &net.#name },
            Select::Index { index, literal } => ("at", self.selected(index, literal.map(index_literal), indices)),
            Select::Range { range, literal } => ("slice", self.selected(range, literal.map(range_literal), indices)),
        };
        let is_array = matches!(self.model.nodes[*node].count, Count::Literal(..) | Count::Constant(_));
        if is_array && run_time_value(part).is_none() {
            return quote! { &net.#name[#selected] };
        }
        let text = self.model.nodes[*node].text();
        let function = Ident::new(function, Span::mixed_site());
        let function = shown_at(quote! { runtime::__private::#function }, Some(select));
        let place = place(select);
        quote! { #function(&net.__cluster, #place, &net.#name, #text, #selected) }
    }

    /// A literal, or the name of a value that was evaluated before.
    fn selected(
        &self,
        written: &impl ToTokens,
        literal: Option<TokenStream>,
        indices: &mut impl Iterator<Item = Ident>,
    ) -> TokenStream {
        literal.unwrap_or_else(|| shown_at(indices.next().into_token_stream(), Some(written)))
    }
}

fn index_literal(index: u64) -> TokenStream {
    usize_literal(index).into_token_stream()
}

fn range_literal(Bounds { from, to }: Bounds) -> TokenStream {
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
