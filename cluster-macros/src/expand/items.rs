//! The struct with a field for each declaration, and what one can do with it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};
use syn::Attribute;

use super::Expansion;
use super::tokens::{local, unspan};
use crate::ast::Head;
use crate::model::Declaration;

impl Expansion<'_> {
    /// The struct with a field for each declaration, and one for each cluster within.
    pub fn items(&self) -> TokenStream {
        let Fields { types, fields } = self.fields(None);
        let clusters = self.clusters_within();
        quote! {
            #[must_use = "a cluster is started by `.start().await?`, and stops its nodes when it is dropped: bind it to a name"]
            #[allow(dead_code, clippy::partial_pub_fields)]
            pub struct Cluster<#(#types),*> {
                #fields
                __cluster: runtime::Cluster,
            }

            #[allow(dead_code)]
            impl<#(#types),*> Cluster<#(#types),*> {
                /// Starts all nodes.
                pub fn start(self) -> runtime::Start<Self> {
                    runtime::Start::new(self)
                }
            }

            impl<#(#types),*> ::core::convert::AsRef<runtime::Cluster> for Cluster<#(#types),*> {
                fn as_ref(&self) -> &runtime::Cluster {
                    &self.__cluster
                }
            }

            impl<#(#types),*> ::core::ops::Deref for Cluster<#(#types),*> {
                type Target = runtime::Cluster;

                fn deref(&self) -> &runtime::Cluster {
                    &self.__cluster
                }
            }

            impl<#(#types),*> ::core::fmt::Debug for Cluster<#(#types),*> {
                fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                    ::core::fmt::Debug::fmt(&self.__cluster, formatter)
                }
            }

            #clusters
        }
    }

    /// The structs of all clusters within.
    pub fn clusters_within(&self) -> TokenStream {
        let clusters = (0..self.model.nodes.len()).filter(|node| self.model.nodes[*node].is_cluster);
        clusters.map(|cluster| self.cluster(cluster)).collect()
    }

    /// The struct of a cluster within: one member of a set.
    fn cluster(&self, cluster: usize) -> TokenStream {
        let Fields { types, fields } = self.fields(Some(cluster));
        let names: Vec<Ident> =
            self.model.members(Some(cluster)).map(|node| unspan(&self.model.nodes[node].name)).collect();
        let name = self.struct_name(cluster);
        let krate = self.krate;
        let (attributes, visibility) = match self.named {
            Some(Head { attributes, visibility, name, .. }) => {
                let docs = format!("A `{}` of [`{name}`].", self.model.path(cluster));
                let conditions = conditions(attributes);
                (quote! { #(#conditions)* #[doc = #docs] }, visibility.to_token_stream())
            }
            None => (TokenStream::new(), quote! { pub }),
        };
        let conditions: Vec<_> = self.named.into_iter().flat_map(|named| conditions(&named.attributes)).collect();
        quote! {
            #attributes
            #[derive(Debug)]
            #[allow(dead_code)]
            #visibility struct #name<#(#types),*> { #fields }

            #(#conditions)*
            impl<#(#types: #krate::Nodes),*> #krate::Nodes for #name<#(#types),*> {
                fn for_each_node(&self, visit: &mut dyn ::core::ops::FnMut(&#krate::AnyNode)) {
                    #(self.#names.for_each_node(visit);)*
                }

                fn for_each_member(&self, visit: &mut dyn ::core::ops::FnMut(&[#krate::AnyNode])) {
                    #krate::__private::one_member(self, visit);
                }
            }

            #(#conditions)*
            impl<__S: ?Sized, #(#types: #krate::LinkableWith<__S>),*> #krate::LinkableWith<__S> for #name<#(#types),*> {
                const BY_TYPES: bool = true #(&& <#types as #krate::LinkableWith<__S>>::BY_TYPES)*;
            }

            #(#conditions)*
            impl<__P: ?Sized, #(#types: #krate::Accepts<__P>),*> #krate::Accepts<__P> for #name<#(#types),*> {
                const BY_TYPES: bool = true #(&& <#types as #krate::Accepts<__P>>::BY_TYPES)*;
            }
        }
    }

    /// The name of a cluster's struct: `FollowersRegion` in the type `Followers`, else one that meets no other,
    /// `Cluster2Region`.
    pub fn struct_name(&self, cluster: usize) -> Ident {
        let capitalized =
            |node: usize| -> String { self.model.nodes[node].text().split('_').map(capitalized).collect() };
        match self.named {
            Some(Head { name, .. }) => {
                let mut path: Vec<String> = self.model.ancestors(cluster).map(capitalized).collect();
                path.reverse();
                format_ident!("{name}{}", path.concat(), span = name.span())
            }
            None => format_ident!("Cluster{cluster}{}", capitalized(cluster), span = Span::mixed_site()),
        }
    }

    fn fields(&self, cluster: Option<usize>) -> Fields {
        let types: Vec<Ident> = self.model.members(cluster).map(|node| local("T", node)).collect();
        let fields = self.model.members(cluster).zip(&types).map(|(node, ty)| {
            let Declaration { docs, name, .. } = &self.model.nodes[node];
            quote! { #(#docs)* pub #name: #ty, }
        });
        Fields { fields: fields.collect(), types }
    }
}

/// The fields of a struct, and its type parameters, one for each.
struct Fields {
    types: Vec<Ident>,
    fields: TokenStream,
}

/// What a type and all that belongs to it depend on.
pub fn conditions(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg"))
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
