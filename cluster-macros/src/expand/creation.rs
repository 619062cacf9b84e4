//! The nodes of each declaration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use super::Expansion;
use super::tokens::{default_kind, internal, local, place, shown_at};
use crate::check::MOST_NODES_IN_ARRAYS;
use crate::model::{Count, How, Part, Select};
use crate::size::{constant, usize_literal};

impl Expansion<'_> {
    /// Creates all nodes, and makes them part of the cluster.
    pub fn creation(&self) -> TokenStream {
        let names: Vec<Ident> = self.model.nodes.iter().map(|declared| internal(&declared.name)).collect();
        let nodes = (0..names.len()).map(|node| self.create(node));
        let add = names.iter().enumerate().map(|(node, name)| {
            shown_at(quote! { runtime::__private::add(&net.__cluster, &net.#name); }, self.kind(node).1)
        });
        quote! {
            let cluster = runtime::Cluster::new();
            let net = Cluster { #(#names: #nodes,)* __cluster: cluster };
            #(#add)*
        }
    }

    /// The name of a declaration's kind, and the expression that it comes from.
    fn kind(&self, node: usize) -> (Ident, Option<&Expr>) {
        match &self.model.nodes[node].kind {
            Some(expression) => (local("kind", node), Some(expression)),
            None => (default_kind(), self.model.kind.as_ref()),
        }
    }

    /// The nodes of one declaration. What is no kind or no count is shown at its expression.
    fn create(&self, node: usize) -> TokenStream {
        let declared = &self.model.nodes[node];
        let name = declared.text();
        let (kind, expression) = self.kind(node);
        let kind = shown_at(quote! { #kind }, expression);
        match &declared.count {
            Count::One => {
                let create = shown_at(quote! { runtime::Node::new }, expression);
                quote! { #create(#kind, #name) }
            }
            Count::Literal(count, _) if *count <= MOST_NODES_IN_ARRAYS => {
                let count = usize_literal(*count);
                let create = shown_at(quote! { runtime::__private::array::<_, #count> }, expression);
                quote! { #create(#kind, #name) }
            }
            Count::Constant(_) => {
                let count = constant(node);
                let create = shown_at(quote! { runtime::__private::array::<_, #count> }, expression);
                quote! { #create(#kind, #name) }
            }
            Count::Dyn(written) => {
                let count = local("count", node);
                let count = shown_at(quote! { #count }, Some(written));
                let least = self.least(node);
                let create = shown_at(quote! { runtime::__private::group }, Some(written));
                let place = place(written);
                quote! { #create(&cluster, #place, #kind, #name, #count, &[#(#least),*]) }
            }
            Count::Literal(..) | Count::Unknown => {
                quote! { runtime::__private::unknown(#kind, #name) }
            }
        }
    }

    /// What the shapes of a group ask of its size, for the runtime to check.
    fn least(&self, node: usize) -> impl Iterator<Item = TokenStream> {
        self.model.links.iter().filter_map(move |link| match (link.how, link.sets.as_slice()) {
            (How::Shape(shape), [set]) => match set.parts.as_slice() {
                [Part { node: only, select: Select::All, .. }] if *only == node => {
                    let (least, name) = (usize_literal(shape.least() as u64), shape.name());
                    Some(quote! { (#least, #name) })
                }
                _ => None,
            },
            _ => None,
        })
    }
}
