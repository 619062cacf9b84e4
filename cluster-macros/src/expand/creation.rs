//! The nodes of each declaration.

use proc_macro2::{Ident, Span, TokenStream};
use quote::ToTokens;
use syn::Expr;

use super::expansion::Expansion;
use super::tokens::{call_at, default_kind, local, location, respan_at, unspan, usize_literal};
use super::types::phantom;
use crate::ast::Count;
use crate::model::{Kind, Part, Select, Step};

impl Expansion<'_> {
    /// Creates all nodes, and makes them part of the cluster.
    pub fn creation(&self) -> TokenStream {
        let fields = self.field_values(None);
        let (name, generics) = match &self.model.head {
            Some(head) => {
                (head.name.clone(), phantom(head).map(|_| quote! { __generics: ::core::marker::PhantomData, }))
            }
            None => (Ident::new("Cluster", Span::mixed_site()), None),
        };
        let add = self.model.members(None).map(|node| {
            let name = unspan(&self.model.nodes[node].name);
            let kind = if self.model.nodes[node].is_cluster { None } else { self.kind(node).1 };
            respan_at(quote! { &net.#name }, kind.map(|kind| &kind.written))
        });
        let of_kinds = self.model.head.as_ref().map(|_| self.of_kinds());
        quote! {
            let cluster = ::std::sync::Arc::new(runtime::Cluster::new());
            let net = #name { #fields #generics __cluster: cluster };
            #of_kinds
            runtime::__private::add(&net.__cluster, &[#(#add),*]);
        }
    }

    /// A named cluster again, which has no type where a kind is none, so that its links do not say so again.
    fn of_kinds(&self) -> TokenStream {
        let all = self.model.kind.iter().map(|kind| (default_kind(), kind));
        let own = self.model.nodes.iter().enumerate();
        let own = own.filter_map(|(node, declaration)| Some((local("kind", node), declaration.kind.as_ref()?)));
        let calls = all.chain(own).map(|(name, Kind { written, .. })| {
            let name = respan_at(name.into_token_stream(), Some(written));
            let call = call_at(quote! { runtime::__private::of_kind }, quote! { #name, net }, Some(written));
            quote! { let net = #call; }
        });
        calls.collect()
    }

    /// The members of a cluster, as the fields of its struct.
    fn field_values(&self, cluster: Option<usize>) -> TokenStream {
        let fields = self.model.members(cluster).map(|node| {
            let declaration = &self.model.nodes[node];
            let value = if declaration.is_cluster { self.clusters(node) } else { self.nodes(node) };
            let name = unspan(&declaration.name);
            quote! { #name: #value, }
        });
        fields.collect()
    }

    /// The clusters of one declaration. What is no count is shown at its expression.
    fn clusters(&self, node: usize) -> TokenStream {
        let (name, structure, fields) = (self.name(node), self.struct_name(node), self.field_values(Some(node)));
        let within = local("within", node);
        let make = quote! { |#within: &str, _: usize| #structure { #fields } };
        match &self.model.nodes[node].count {
            Count::One => quote! { (#make)(#name, 0) },
            Count::Dyn(count) => {
                let group = respan_at(quote! { runtime::__private::group }, Some(count));
                let arguments = self.group(node, count, &name);
                quote! { #group(#arguments, #make) }
            }
            count if count.is_array() => quote! { runtime::__private::clusters(#name, #make) },
            _ => quote! { ::std::vec::Vec::from([(#make)(#name, 0)]) },
        }
    }

    /// The nodes of one declaration. What is no kind or no count is shown at its expression.
    fn nodes(&self, node: usize) -> TokenStream {
        let name = self.name(node);
        let (kind, written) = self.kind(node);
        let written = written.map(|kind| &kind.written);
        let kind = respan_at(kind.into_token_stream(), written);
        let arguments = quote! { #kind, #name };
        match &self.model.nodes[node].count {
            Count::One => call_at(quote! { runtime::__private::node }, arguments, written),
            // A closure for each group would cost rustc time with the square of their number.
            Count::Dyn(count) => {
                let group = self.group(node, count, &name);
                call_at(quote! { runtime::__private::nodes }, quote! { #group, #kind }, written.or(Some(count)))
            }
            count if count.is_array() => call_at(quote! { runtime::__private::array }, arguments, written),
            _ => {
                let one = call_at(quote! { runtime::__private::node }, arguments, written);
                quote! { ::std::vec::Vec::from([#one]) }
            }
        }
    }

    /// The full name of a declaration, after that of the cluster around it.
    fn name(&self, node: usize) -> TokenStream {
        let declaration = &self.model.nodes[node];
        let name = declaration.text();
        match declaration.parent {
            Some(cluster) => {
                let within = local("within", cluster);
                quote! { &runtime::__private::joined(#within, #name) }
            }
            None => quote! { #name },
        }
    }

    /// What creates a group that is counted at run time, but for what it is a group of.
    fn group(&self, node: usize, written: &Expr, name: &TokenStream) -> TokenStream {
        let count = respan_at(local("count", node).into_token_stream(), Some(written));
        let (location, least) = (location(written), self.least_sizes(node));
        quote! { &cluster, #location, #name, #count, &[#(#least),*] }
    }

    /// What the shapes of a group ask of its size, for the runtime to check.
    fn least_sizes(&self, node: usize) -> impl Iterator<Item = TokenStream> {
        self.model.links.iter().filter_map(move |link| {
            let least = link.pattern.least()?;
            let [set] = link.sets.as_slice() else { return None };
            let [Part { steps, .. }] = set.parts.as_slice() else { return None };
            let is_group = matches!(steps.as_slice(), [Step { node: only, select: Select::All, .. }] if *only == node);
            let (least, name) = (usize_literal(least), link.pattern.name());
            is_group.then(|| quote! { (#least, #name) })
        })
    }
}
