//! The type that a named cluster declares.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::{GenericParam, Generics, parse_quote};

use super::Expansion;
use super::items::conditions;
use super::tokens::unspan;
use crate::ast::Head;
use crate::check::MOST_NODES_IN_ARRAYS;
use crate::model::{Count, Declaration};
use crate::named::TypedKind;
use crate::size::usize_literal;

impl Expansion<'_> {
    /// The struct with a typed field for each declaration, and what one can do with it. `value` creates it.
    pub fn named_items(&self, named: &Head, value: &TokenStream) -> TokenStream {
        let Head { attributes, visibility, name, generics, parameters } = named;
        let krate = self.krate;
        let members: Vec<usize> = self.model.members(None).collect();
        let types: Vec<TokenStream> = members.iter().map(|node| self.field_type(named, *node)).collect();
        let fields = members.iter().zip(&types).map(|(node, ty)| {
            let Declaration { docs, name, .. } = &self.model.nodes[*node];
            quote! { #(#docs)* pub #name: #ty, }
        });
        let names: Vec<_> = members.iter().map(|node| unspan(&self.model.nodes[*node].name)).collect();
        let phantom = phantom(named).map(|ty| quote! { __generics: #ty, });
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let others = |parameter: TokenStream, bound: &TokenStream| with_bounds(generics, &parameter, &types, bound);
        let linkable = others(quote! { __S: ?::core::marker::Sized }, &quote! { #krate::LinkableWith<__S> });
        let accepts = others(quote! { __P: ?::core::marker::Sized }, &quote! { #krate::Accepts<__P> });
        let (impl_linkable, _, condition_linkable) = linkable.split_for_impl();
        let (impl_accepts, _, condition_accepts) = accepts.split_for_impl();
        let clusters = self.clusters_within();
        let conditions: Vec<_> = conditions(attributes).collect();
        quote! {
            #(#attributes)*
            #[must_use = "a cluster is started by `.start().await?`, and stops its nodes when it is dropped: bind it to a name"]
            #[allow(clippy::partial_pub_fields)]
            #visibility struct #name #generics #condition {
                #(#fields)*
                #phantom
                __cluster: #krate::Cluster,
            }

            #(#conditions)*
            #[allow(dead_code)]
            impl #of_impl #name #of_type #condition {
                /// Creates its nodes and links them. Nothing runs yet.
                #[allow(clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::missing_panics_doc)]
                pub fn create(#parameters) -> Self {
                    #value
                }

                /// Starts all nodes.
                pub fn start(self) -> #krate::Start<Self> {
                    #krate::Start::new(self)
                }
            }

            #(#conditions)*
            impl #of_impl ::core::convert::AsRef<#krate::Cluster> for #name #of_type #condition {
                fn as_ref(&self) -> &#krate::Cluster {
                    &self.__cluster
                }
            }

            #(#conditions)*
            impl #of_impl ::core::ops::Deref for #name #of_type #condition {
                type Target = #krate::Cluster;

                fn deref(&self) -> &#krate::Cluster {
                    &self.__cluster
                }
            }

            #(#conditions)*
            impl #of_impl ::core::fmt::Debug for #name #of_type #condition {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.__cluster, formatter)
                }
            }

            #(#conditions)*
            impl #of_impl #krate::Nodes for #name #of_type #condition {
                fn for_each_node(&self, visit: &mut dyn ::core::ops::FnMut(&#krate::AnyNode)) {
                    #(#krate::Nodes::for_each_node(&self.#names, visit);)*
                }

                fn for_each_member(&self, visit: &mut dyn ::core::ops::FnMut(&[#krate::AnyNode])) {
                    #krate::__private::one_member(self, visit);
                }
            }

            #(#conditions)*
            impl #impl_linkable #krate::LinkableWith<__S> for #name #of_type #condition_linkable {
                const BY_TYPES: bool = true #(&& <#types as #krate::LinkableWith<__S>>::BY_TYPES)*;
            }

            #(#conditions)*
            impl #impl_accepts #krate::Accepts<__P> for #name #of_type #condition_accepts {
                const BY_TYPES: bool = true #(&& <#types as #krate::Accepts<__P>>::BY_TYPES)*;
            }

            #clusters
        }
    }

    /// The type of the field of a declaration.
    fn field_type(&self, named: &Head, node: usize) -> TokenStream {
        let krate = self.krate;
        let declared = &self.model.nodes[node];
        let one = match declared.is_cluster {
            true => {
                let name = self.struct_name(node);
                let members = self.model.members(Some(node)).map(|member| self.field_type(named, member));
                quote! { #name<#(#members),*> }
            }
            false => {
                let kind = self.kind(node).1.and_then(|kind| named.typed_kind(kind));
                let kind = kind.map_or_else(|| quote! { #krate::Loopback }, |TypedKind { ty, .. }| ty);
                quote! { #krate::Node<#kind> }
            }
        };
        match &declared.count {
            Count::One => one,
            Count::Literal(count, _) if *count <= MOST_NODES_IN_ARRAYS => {
                let count = usize_literal(*count);
                quote! { [#one; #count] }
            }
            Count::Constant(count) => quote! { [#one; #count] },
            Count::Literal(..) | Count::Dyn(_) | Count::Unknown => quote! { ::std::vec::Vec<#one> },
        }
    }
}

/// The type of a field that uses the type parameters and lifetimes, as no node need do so.
pub fn phantom(named: &Head) -> Option<TokenStream> {
    let used: Vec<TokenStream> = named
        .generics
        .params
        .iter()
        .filter_map(|parameter| match parameter {
            GenericParam::Type(parameter) => Some(parameter.ident.to_token_stream()),
            GenericParam::Lifetime(parameter) => {
                let lifetime = &parameter.lifetime;
                Some(quote! { &#lifetime () })
            }
            GenericParam::Const(_) => None,
        })
        .collect();
    (!used.is_empty()).then(|| quote! { ::core::marker::PhantomData<fn() -> (#(#used,)*)> })
}

/// The generics with one more parameter, for which all these types are as bound.
fn with_bounds(generics: &Generics, parameter: &TokenStream, types: &[TokenStream], bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    let parameter: GenericParam = parse_quote!(#parameter);
    generics.params.push(parameter);
    let condition = generics.make_where_clause();
    for ty in types {
        condition.predicates.push(parse_quote!(#ty: #bound));
    }
    generics
}
