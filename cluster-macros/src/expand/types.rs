//! The struct of each cluster, with a field for each declaration, and what one can do with it.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{GenericParam, Generics, TypeParam, parse_quote};

use super::expansion::Expansion;
use super::tokens::{constant, local, respan_at, unspan, usize_literal};
use crate::ast::Head;
use crate::code::code;
use crate::model::{Count, Declaration, Kind, MOST_NODES_IN_ARRAYS};

/// A struct with a field for each member of a cluster.
struct Structure {
    name: Ident,
    generics: Generics,
    names: Vec<Ident>,
    types: Vec<TokenStream>,
    fields: TokenStream,
}

impl Expansion<'_> {
    /// The structs of a cluster that is a value.
    pub fn items(&self) -> TokenStream {
        let krate = self.krate;
        let members: Vec<usize> = self.model.members(None).collect();
        let types = members.iter().map(|node| self.field_type(*node)).collect();
        let name = Ident::new("Cluster", Span::mixed_site());
        let structure = self.structure(name, self.kind_parameters(), &members, types);
        let Structure { name, generics, fields, .. } = &structure;
        let (impls, clusters) = (self.cluster_impls(&structure), self.clusters());
        let completion = self.completion(name, generics);
        quote! {
            #completion

            #[must_use = "a cluster is started by `.start().await?`, and stops its nodes when it is dropped: bind it to a name"]
            #[allow(dead_code, clippy::partial_pub_fields)]
            pub struct #name #generics {
                #fields
                #[doc(hidden)]
                __cluster: #krate::Cluster,
            }

            #impls
            #clusters
        }
    }

    /// The structs of a named cluster. `value` creates it.
    pub fn named_items(&self, head: &Head, value: &TokenStream) -> TokenStream {
        let Head { attributes, visibility, token, name, generics, parameters } = head;
        let krate = self.krate;
        let members: Vec<usize> = self.model.members(None).collect();
        let types = members.iter().map(|node| self.field_type(*node)).collect();
        let structure = self.structure(name.clone(), generics.clone(), &members, types);
        let fields = &structure.fields;
        let phantom = phantom(head).map(|ty| quote! { __generics: #ty, });
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let conditions = self.conditions();
        let (cluster_impls, set_impls) = (self.cluster_impls(&structure), self.set_impls(&structure, generics));
        let clusters = self.clusters();
        let is_documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
        let docs = (!is_documented).then(|| {
            let docs = format!("`struct {name}({})`", code(parameters));
            quote! { #[doc = #docs] }
        });
        let completion = self.completion(name, generics);
        quote! {
            #completion

            #(#attributes)*
            #docs
            #[must_use = "a cluster is started by `.start().await?`, and stops its nodes when it is dropped: bind it to a name"]
            #[allow(clippy::partial_pub_fields)]
            #visibility #token #name #generics #condition {
                #fields
                #phantom
                #[doc(hidden)]
                __cluster: #krate::Cluster,
            }

            #conditions
            impl #of_impl #name #of_type #condition {
                /// Creates its nodes and links them. Nothing runs yet.
                #[allow(dead_code, clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::missing_panics_doc)]
                pub fn create(#parameters) -> Self {
                    #value
                }
            }

            #cluster_impls
            #set_impls
            #clusters
        }
    }

    /// The structs of the clusters in the cluster.
    fn clusters(&self) -> TokenStream {
        self.model.clusters().map(|cluster| self.cluster(cluster)).collect()
    }

    fn cluster(&self, cluster: usize) -> TokenStream {
        let krate = self.krate;
        let structure = self.generic_structure(self.struct_name(cluster), Some(cluster));
        let Structure { name, generics, types, fields, .. } = &structure;
        let (docs, visibility) = match &self.model.head {
            Some(Head { visibility, name, .. }) => {
                let docs = format!("A `{}` of [`{name}`].", self.model.path(cluster));
                (quote! { #[doc = #docs] }, visibility.to_token_stream())
            }
            None => (TokenStream::new(), quote! { pub }),
        };
        let conditions = self.conditions();
        let impls = self.set_impls(&structure, &with_bounds(generics, types, &quote! { #krate::Nodes }));
        quote! {
            #conditions
            #docs
            #[derive(Debug)]
            #[allow(dead_code, non_camel_case_types)]
            #visibility struct #name #generics { #fields }

            #impls
        }
    }

    /// A type parameter for each kind. One for each field would make rustc take time with their square.
    fn kind_parameters(&self) -> Generics {
        let nodes = (0..self.model.nodes.len()).filter(|node| !self.model.nodes[*node].is_cluster);
        let kinds = nodes.filter_map(|node| self.kind(node).1.map(|_| self.kind_parameter(node)));
        let mut seen = HashSet::new();
        let kinds = kinds.filter(|kind| seen.insert(kind.clone()));
        Generics {
            params: kinds.map(|kind| GenericParam::Type(TypeParam::from(kind))).collect(),
            ..Generics::default()
        }
    }

    /// The type parameter that is the kind of a node.
    fn kind_parameter(&self, node: usize) -> Ident {
        format_ident!("K_{}", self.kind(node).0)
    }

    /// A struct with a type parameter for each field.
    fn generic_structure(&self, name: Ident, cluster: Option<usize>) -> Structure {
        let members: Vec<usize> = self.model.members(cluster).collect();
        let types: Vec<Ident> = members.iter().map(|node| local("T", *node)).collect();
        let params = types.iter().map(|ty| GenericParam::Type(TypeParam::from(ty.clone()))).collect();
        let generics = Generics { params, ..Generics::default() };
        self.structure(name, generics, &members, types.iter().map(ToTokens::to_token_stream).collect())
    }

    fn structure(&self, name: Ident, generics: Generics, members: &[usize], types: Vec<TokenStream>) -> Structure {
        let fields = members.iter().zip(&types).map(|(node, ty)| {
            let Declaration { docs, written, name, .. } = &self.model.nodes[*node];
            let written = docs.is_empty().then(|| {
                let docs = format!("`{written}`");
                quote! { #[doc = #docs] }
            });
            quote! { #(#docs)* #written pub #name: #ty, }
        });
        let names = members.iter().map(|node| unspan(&self.model.nodes[*node].name)).collect();
        Structure { name, generics, names, fields: fields.collect(), types }
    }

    /// The type of the field of a declaration. In a cluster that is a value, kinds and constant counts have names.
    fn field_type(&self, node: usize) -> TokenStream {
        let krate = self.krate;
        let declaration = &self.model.nodes[node];
        let one = match declaration.is_cluster {
            true => {
                let name = self.struct_name(node);
                let members = self.model.members(Some(node)).map(|member| self.field_type(member));
                quote! { #name<#(#members),*> }
            }
            false => {
                let kind = match (self.kind(node).1, &self.model.head) {
                    (Some(Kind { ty: Some(ty), .. }), Some(_)) => ty.clone(),
                    (Some(_), None) => self.kind_parameter(node).into_token_stream(),
                    _ => quote! { #krate::Loopback },
                };
                quote! { #krate::Node<#kind> }
            }
        };
        match &declaration.count {
            Count::One => one,
            Count::Literal(count, _) if *count <= MOST_NODES_IN_ARRAYS => {
                let count = usize_literal(*count);
                quote! { [#one; #count] }
            }
            Count::Constant(count) if self.is_generic(count) => quote! { [#one; #count] },
            Count::Constant(count) if self.model.head.is_some() => {
                let whole = respan_at(quote! { #krate::__private::whole }, Some(count));
                quote! { [#one; #krate::__private::count(#whole(#count) as i128)] }
            }
            Count::Constant(_) => {
                let count = constant(node);
                quote! { [#one; #count] }
            }
            Count::Literal(..) | Count::Dyn(_) | Count::Unknown => quote! { ::std::vec::Vec<#one> },
        }
    }

    /// What makes the outermost struct a cluster.
    fn cluster_impls(&self, structure: &Structure) -> TokenStream {
        let krate = self.krate;
        let Structure { name, generics, .. } = structure;
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let mut awaited = generics.clone();
        awaited.make_where_clause().predicates.push(parse_quote!(Self: ::core::marker::Send + 'static));
        let (awaited_impl, _, awaited_condition) = awaited.split_for_impl();
        let conditions = self.conditions();
        quote! {
            #conditions
            #[allow(dead_code)]
            impl #of_impl #name #of_type #condition {
                /// Starts all nodes.
                pub fn start(self) -> #krate::start::Start<Self> {
                    #krate::start::Start::new(self)
                }
            }

            #conditions
            impl #of_impl ::core::convert::AsRef<#krate::Cluster> for #name #of_type #condition {
                fn as_ref(&self) -> &#krate::Cluster {
                    &self.__cluster
                }
            }

            #conditions
            impl #awaited_impl ::core::future::IntoFuture for #name #of_type #awaited_condition {
                type Output = #krate::Result<Self>;
                type IntoFuture = <#krate::start::Start<Self> as ::core::future::IntoFuture>::IntoFuture;

                fn into_future(self) -> Self::IntoFuture {
                    ::core::future::IntoFuture::into_future(self.start())
                }
            }

            #conditions
            impl #of_impl ::core::ops::Deref for #name #of_type #condition {
                type Target = #krate::Cluster;

                fn deref(&self) -> &#krate::Cluster {
                    &self.__cluster
                }
            }

            #conditions
            impl #of_impl ::core::fmt::Debug for #name #of_type #condition {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.__cluster, formatter)
                }
            }
        }
    }

    /// What makes a struct one member of a set. `bounded` are its generics where its fields are nodes.
    fn set_impls(&self, structure: &Structure, bounded: &Generics) -> TokenStream {
        let krate = self.krate;
        let Structure { name, generics, names, types, .. } = structure;
        let (of_impl, of_type, condition) = bounded.split_for_impl();
        let conditions = self.conditions();
        let protocols = ["LinkableWith", "Accepts"].map(|protocol| {
            let protocol = Ident::new(protocol, Span::mixed_site());
            let mut generics = with_bounds(generics, types, &quote! { #krate::handle::#protocol<__P> });
            generics.params.push(parse_quote!(__P: ?::core::marker::Sized));
            let (of_impl, _, condition) = generics.split_for_impl();
            quote! {
                #conditions
                impl #of_impl #krate::handle::#protocol<__P> for #name #of_type #condition {
                    const BY_TYPES: bool = true #(&& <#types as #krate::handle::#protocol<__P>>::BY_TYPES)*;
                }
            }
        });
        quote! {
            #conditions
            impl #of_impl #krate::Nodes for #name #of_type #condition {
                fn for_each_node(&self, visit: &mut dyn ::core::ops::FnMut(&#krate::AnyNode)) {
                    #(#krate::Nodes::for_each_node(&self.#names, visit);)*
                }

                fn for_each_member(&self, visit: &mut dyn ::core::ops::FnMut(&[#krate::AnyNode])) {
                    #krate::__private::one_member(self, visit);
                }
            }

            #(#protocols)*
        }
    }
}

/// The type of a field that uses the type parameters and lifetimes, as no node need do so.
pub fn phantom(head: &Head) -> Option<TokenStream> {
    let used: Vec<TokenStream> = head
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

/// The generics, where each of the types has the bound.
fn with_bounds(generics: &Generics, types: &[TokenStream], bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    let condition = generics.make_where_clause();
    condition.predicates.extend(types.iter().map(|ty| -> syn::WherePredicate { parse_quote!(#ty: #bound) }));
    generics
}
