//! The struct of each cluster, with a field for each declaration, and what one can do with it.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{GenericParam, Generics, TypeParam, parse_quote};

use super::expansion::Expansion;
use super::tokens::{local, respan_at, unspan, usize_literal};
use crate::ast::{Count, Head, MOST_NODES_IN_ARRAYS};
use crate::code::code;
use crate::model::{Declaration, Kind};
use crate::size::constant;

/// A struct with a field for each member of a cluster.
struct Structure {
    name: Ident,
    generics: Generics,
    names: Vec<Ident>,
    types: Vec<TokenStream>,
    fields: TokenStream,
}

impl Expansion<'_> {
    /// The structs of a cluster. `value` creates a named one.
    pub fn items(&self, value: &TokenStream) -> TokenStream {
        let krate = self.krate;
        let structure = match &self.model.head {
            Some(head) => self.structure(head.name.clone(), head.generics.clone(), None),
            None => self.structure(Ident::new("Cluster", Span::mixed_site()), self.kind_parameters(), None),
        };
        let Structure { name, generics, fields, .. } = &structure;
        let condition = &generics.where_clause;
        let (attributes, visibility) = match &self.model.head {
            Some(head) => (head_attributes(head), head.visibility.to_token_stream()),
            None => (quote! { #[allow(dead_code)] }, quote! { pub }),
        };
        let phantom = self.model.head.as_ref().and_then(phantom).map(|ty| quote! { __generics: #ty, });
        let (completion, impls) = (self.completion(name, generics), self.cluster_impls(&structure));
        let clusters = self.model.clusters().map(|cluster| self.cluster(cluster));
        let named = self.model.head.as_ref().map(|head| self.named_impls(head, &structure, value));
        quote! {
            #completion

            #attributes
            #[must_use = "a cluster is started by `.start().await?`, and stops its nodes when it is dropped: bind it to a name"]
            #[allow(clippy::partial_pub_fields)]
            #visibility struct #name #generics #condition {
                #fields
                #phantom
                #[doc(hidden)]
                __cluster: #krate::Cluster,
            }

            #impls
            #named
            #(#clusters)*
        }
    }

    /// What a named cluster has beside: `value` creates it, and it is a set.
    fn named_impls(&self, head: &Head, structure: &Structure, value: &TokenStream) -> TokenStream {
        let Head { name, generics, parameters, .. } = head;
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let (conditions, set_impls) = (self.conditions(), self.set_impls(structure, generics));
        quote! {
            #conditions
            impl #of_impl #name #of_type #condition {
                /// Creates its nodes and links them. Nothing runs yet.
                #[allow(dead_code, clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::missing_panics_doc)]
                pub fn create(#parameters) -> Self {
                    #value
                }
            }

            #set_impls
        }
    }

    /// The struct of a cluster in the cluster.
    fn cluster(&self, cluster: usize) -> TokenStream {
        let krate = self.krate;
        let generics = type_parameters(self.model.members(Some(cluster)).map(|node| local("T", node)));
        let structure = self.structure(self.struct_name(cluster), generics, Some(cluster));
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
        let kinds = self.model.groups().filter_map(|node| self.kind(node).1.map(|_| self.kind_parameter(node)));
        let mut seen = HashSet::new();
        type_parameters(kinds.filter(|kind| seen.insert(kind.clone())))
    }

    /// The type parameter that is the kind of a node.
    fn kind_parameter(&self, node: usize) -> Ident {
        format_ident!("K_{}", self.kind(node).0)
    }

    /// The struct of a cluster within, whose type parameters are the types of its fields, or of the whole.
    fn structure(&self, name: Ident, generics: Generics, cluster: Option<usize>) -> Structure {
        let mut structure =
            Structure { name, generics, names: Vec::new(), types: Vec::new(), fields: TokenStream::new() };
        for node in self.model.members(cluster) {
            let declaration @ Declaration { docs, name, .. } = &self.model.nodes[node];
            let ty = match cluster {
                Some(_) => local("T", node).into_token_stream(),
                None => self.field_type(node),
            };
            let written = docs.is_empty().then(|| format!("`{}`", declaration.written())).into_iter();
            structure.fields.extend(quote! { #(#docs)* #(#[doc = #written])* pub #name: #ty, });
            structure.names.push(unspan(name));
            structure.types.push(ty);
        }
        structure
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

/// The attributes of a named cluster, with a doc line if it has none.
fn head_attributes(head: &Head) -> TokenStream {
    let Head { attributes, name, parameters, .. } = head;
    let is_documented = attributes.iter().any(|attribute| attribute.path().is_ident("doc"));
    let docs = (!is_documented).then(|| format!("`struct {name}({})`", code(parameters))).into_iter();
    quote! { #(#attributes)* #(#[doc = #docs])* }
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

fn type_parameters(names: impl Iterator<Item = Ident>) -> Generics {
    Generics { params: names.map(|name| GenericParam::Type(TypeParam::from(name))).collect(), ..Generics::default() }
}

/// The generics, where each of the types has the bound.
fn with_bounds(generics: &Generics, types: &[TokenStream], bound: &TokenStream) -> Generics {
    let mut generics = generics.clone();
    let condition = generics.make_where_clause();
    condition.predicates.extend(types.iter().map(|ty| -> syn::WherePredicate { parse_quote!(#ty: #bound) }));
    generics
}
