//! The struct of each cluster, with a field for each declaration, and what one can do with it.

use std::collections::HashSet;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident};
use syn::{GenericParam, Generics, TypeParam, parse_quote};

use super::expansion::Expansion;
use super::tokens::{local, respan_at, unspan, usize_literal};
use crate::ast::{Count, Head};
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
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let (attributes, visibility) = match &self.model.head {
            Some(head) => (head_attributes(head), head.visibility.to_token_stream()),
            None => (quote! { #[allow(dead_code)] }, quote! { pub }),
        };
        let phantom = self.model.head.as_ref().and_then(phantom).map(|ty| quote! { __generics: #ty, });
        let (conditions, predicates) = (self.conditions(), predicates(generics));
        let completion = self.completion(name, generics);
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
                __cluster: ::std::sync::Arc<#krate::Cluster>,
            }

            #conditions
            #krate::__impl_cluster! { [#of_impl] [#name #of_type] [#predicates] }

            #named
            #(#clusters)*
        }
    }

    /// What a named cluster has beside: `value` creates it, and it is a set.
    fn named_impls(&self, head: &Head, structure: &Structure, value: &TokenStream) -> TokenStream {
        let Head { name, generics, parameters, .. } = head;
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let (conditions, set) = (self.conditions(), self.set_impls(structure));
        quote! {
            #conditions
            impl #of_impl #name #of_type #condition {
                /// Creates its nodes and links them. Nothing runs yet.
                #[allow(dead_code, clippy::needless_pass_by_value, clippy::too_many_arguments, clippy::missing_panics_doc)]
                pub fn create(#parameters) -> Self {
                    #value
                }
            }

            #set
        }
    }

    /// The struct of a cluster in the cluster.
    fn cluster(&self, cluster: usize) -> TokenStream {
        let generics = type_parameters(self.model.members(Some(cluster)).map(|node| local("T", node)));
        let structure = self.structure(self.struct_name(cluster), generics, Some(cluster));
        let Structure { name, generics, fields, .. } = &structure;
        let (docs, visibility) = match &self.model.head {
            Some(Head { visibility, name, .. }) => {
                let docs = format!("A `{}` of [`{name}`].", self.model.path(cluster));
                (quote! { #[doc = #docs] }, visibility.to_token_stream())
            }
            None => (TokenStream::new(), quote! { pub }),
        };
        let (conditions, set) = (self.conditions(), self.set_impls(&structure));
        quote! {
            #conditions
            #docs
            #[derive(Debug)]
            #[allow(dead_code, non_camel_case_types)]
            #visibility struct #name #generics { #fields }

            #set
        }
    }

    /// What makes a struct one member of a set.
    fn set_impls(&self, structure: &Structure) -> TokenStream {
        let (krate, conditions) = (self.krate, self.conditions());
        let Structure { name, generics, names, types, .. } = structure;
        let mut of_protocol = generics.clone();
        of_protocol.params.push(parse_quote!(__P: ?::core::marker::Sized));
        let (of_protocol, _, _) = of_protocol.split_for_impl();
        let ((of_impl, of_type, _), predicates) = (generics.split_for_impl(), predicates(generics));
        quote! {
            #conditions
            #krate::__impl_set! { [#of_impl] [#of_protocol] [#name #of_type] [#predicates] #(#names: #types,)* }
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
            count if !count.is_array() => quote! { ::std::vec::Vec<#one> },
            Count::Constant(count) if self.is_generic(count) => quote! { [#one; #count] },
            Count::Constant(count) if self.model.head.is_some() => {
                let whole = respan_at(quote! { #krate::__private::whole }, Some(count));
                quote! { [#one; #krate::__private::count(#whole(#count) as i128)] }
            }
            count => {
                let count = count.literal().map_or_else(|| constant(node).into_token_stream(), usize_literal);
                quote! { [#one; #count] }
            }
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

/// The conditions of a `where`, each with a comma after it.
fn predicates(generics: &Generics) -> TokenStream {
    let predicates = generics.where_clause.iter().flat_map(|condition| &condition.predicates);
    quote! { #(#predicates,)* }
}
