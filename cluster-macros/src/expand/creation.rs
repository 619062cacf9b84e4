//! The nodes of each declaration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use super::Expansion;
use super::named::phantom;
use super::tokens::{default_kind, local, place, respan_at, unspan};
use crate::check::MOST_NODES_IN_ARRAYS;
use crate::model::{Count, Part, Select, Step};
use crate::pattern::Pattern;
use crate::size::{constant, usize_literal};

impl Expansion<'_> {
    /// Creates all nodes, and makes them part of the cluster.
    pub fn creation(&self) -> TokenStream {
        let members = self.field_values(None);
        let (name, generics) = match self.named {
            Some(named) => {
                (named.name.clone(), phantom(named).map(|_| quote! { __generics: ::core::marker::PhantomData, }))
            }
            None => (Ident::new("Cluster", Span::mixed_site()), None),
        };
        let add = self.model.members(None).map(|node| {
            let name = unspan(&self.model.nodes[node].name);
            let kind = if self.model.nodes[node].is_cluster { None } else { self.kind(node).1 };
            respan_at(quote! { runtime::__private::add(&net.__cluster, &net.#name); }, kind)
        });
        quote! {
            let cluster = runtime::Cluster::new();
            let net = #name { #members #generics __cluster: cluster };
            #(#add)*
        }
    }

    /// The members of a cluster, as the fields of its struct.
    fn field_values(&self, cluster: Option<usize>) -> TokenStream {
        let members = self.model.members(cluster).map(|node| {
            let name = unspan(&self.model.nodes[node].name);
            let created = if self.model.nodes[node].is_cluster { self.clusters(node) } else { self.nodes(node) };
            quote! { #name: #created, }
        });
        members.collect()
    }

    /// The name of a declaration's kind, and the expression that it comes from: its own, or that of the nearest `use`.
    pub fn kind(&self, node: usize) -> (Ident, Option<&Expr>) {
        let own = self.model.ancestors(node).find_map(|node| Some((node, self.model.nodes[node].kind.as_ref()?)));
        match own {
            Some((node, expression)) => (local("kind", node), Some(expression)),
            None => (default_kind(), self.model.kind.as_ref()),
        }
    }

    /// The full name of a declaration, where those of the clusters around it are known.
    fn name(&self, node: usize) -> TokenStream {
        let declared = &self.model.nodes[node];
        let name = declared.text();
        match declared.parent {
            Some(cluster) => {
                let parent = local("within", cluster);
                quote! { &runtime::__private::joined(#parent, #name) }
            }
            None => quote! { #name },
        }
    }

    /// The nodes of one declaration. What is no kind or no count is shown at its expression.
    fn nodes(&self, node: usize) -> TokenStream {
        let name = self.name(node);
        let (kind, expression) = self.kind(node);
        let kind = respan_at(quote! { #kind }, expression);
        let array = |count: TokenStream| {
            let create = respan_at(quote! { runtime::__private::array::<_, #count> }, expression);
            quote! { #create(#kind, #name) }
        };
        let new = || {
            let create = respan_at(quote! { runtime::Node::new }, expression);
            quote! { |name| #create(#kind, name) }
        };
        match &self.model.nodes[node].count {
            Count::Constant(count) if self.is_generic(count) => array(quote! { _ }),
            Count::One => {
                let create = respan_at(quote! { runtime::Node::new }, expression);
                quote! { #create(#kind, #name) }
            }
            Count::Literal(count, _) if *count <= MOST_NODES_IN_ARRAYS => {
                array(usize_literal(*count).into_token_stream())
            }
            Count::Constant(_) => array(constant(node).into_token_stream()),
            Count::Dyn(written) => self.group(node, written, &new()),
            Count::Literal(..) | Count::Unknown => {
                let new = new();
                quote! { runtime::__private::unknown(#name, #new) }
            }
        }
    }

    /// The clusters of one declaration.
    fn clusters(&self, node: usize) -> TokenStream {
        let name = self.name(node);
        let (parent, structure, members) =
            (local("within", node), self.struct_name(node), self.field_values(Some(node)));
        let make = quote! { |#parent: &str| #structure { #members } };
        let array = |count: TokenStream| quote! { runtime::__private::clusters::<_, #count>(#name, #make) };
        match &self.model.nodes[node].count {
            Count::Constant(count) if self.is_generic(count) => array(quote! { _ }),
            Count::One => quote! { (#make)(#name) },
            Count::Literal(count, _) if *count <= MOST_NODES_IN_ARRAYS => {
                array(usize_literal(*count).into_token_stream())
            }
            Count::Constant(_) => array(constant(node).into_token_stream()),
            Count::Dyn(written) => self.group(node, written, &make),
            Count::Literal(..) | Count::Unknown => quote! { runtime::__private::unknown(#name, #make) },
        }
    }

    /// A group that is counted at run time.
    fn group(&self, node: usize, written: &Expr, make: &TokenStream) -> TokenStream {
        let name = self.name(node);
        let count = local("count", node);
        let count = respan_at(quote! { #count }, Some(written));
        let group = respan_at(quote! { runtime::__private::group }, Some(written));
        let (place, least) = (place(written), self.least(node));
        quote! { #group(&cluster, #place, #name, #count, &[#(#least),*], #make) }
    }

    /// What the shapes of a group ask of its size, for the runtime to check.
    fn least(&self, node: usize) -> impl Iterator<Item = TokenStream> {
        self.model.links.iter().filter_map(move |link| match (link.pattern, link.sets.as_slice()) {
            (Pattern::Shape(shape), [set]) => match set.parts.as_slice() {
                [Part { steps, .. }] if is_all_of(steps, node) => {
                    let (least, name) = (usize_literal(shape.least() as u64), shape.name());
                    Some(quote! { (#least, #name) })
                }
                _ => None,
            },
            _ => None,
        })
    }
}

fn is_all_of(path: &[Step], node: usize) -> bool {
    matches!(path, [Step { node: only, select: Select::All, .. }] if *only == node)
}
