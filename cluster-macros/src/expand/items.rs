//! The struct with a field for each declaration, and what one can do with it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote_spanned};

use super::Expansion;
use super::tokens::{internal, local};
use crate::model::Declared;

impl Expansion<'_> {
    /// The struct with a field for each declaration, and one for each cluster within.
    pub fn items(&self) -> TokenStream {
        let Fields { types, fields } = self.fields(None);
        let clusters = (0..self.model.nodes.len()).filter(|node| self.model.nodes[*node].is_cluster);
        let clusters = clusters.map(|cluster| self.cluster(cluster));
        let krate = self.krate;
        quote! {
            // One name for all calls: where `$crate` came from a macro's own place, rustc would show a mistake there.
            use #krate as runtime;

            #[must_use = "a cluster does nothing until it is started"]
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

            impl<#(#types),*> ::core::borrow::Borrow<runtime::Cluster> for Cluster<#(#types),*> {
                fn borrow(&self) -> &runtime::Cluster {
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

            #(#clusters)*
        }
    }

    /// The struct of a cluster within: one member of a set.
    fn cluster(&self, cluster: usize) -> TokenStream {
        let Fields { types, fields } = self.fields(Some(cluster));
        let names: Vec<Ident> =
            self.model.members(Some(cluster)).map(|node| internal(&self.model.nodes[node].name)).collect();
        let name = self.struct_name(cluster);
        quote! {
            #[derive(Debug)]
            #[allow(dead_code)]
            pub struct #name<#(#types),*> { #fields }

            impl<#(#types: runtime::Nodes),*> runtime::Nodes for #name<#(#types),*> {
                fn for_each_node(&self, visit: &mut dyn ::core::ops::FnMut(&runtime::AnyNode)) {
                    #(self.#names.for_each_node(visit);)*
                }

                fn for_each_member(&self, visit: &mut dyn ::core::ops::FnMut(&[runtime::AnyNode])) {
                    runtime::__private::one_member(self, visit);
                }
            }

            impl<__S: ?Sized, #(#types: runtime::SpeaksWith<__S>),*> runtime::SpeaksWith<__S> for #name<#(#types),*> {}
            impl<__P: ?Sized, #(#types: runtime::Hears<__P>),*> runtime::Hears<__P> for #name<#(#types),*> {}
        }
    }

    /// The name of a cluster's struct, which meets no other: `Cluster2Region`.
    pub fn struct_name(&self, cluster: usize) -> Ident {
        let words = self.model.nodes[cluster].text();
        let words: String = words.split('_').map(capitalized).collect();
        format_ident!("Cluster{cluster}{words}", span = Span::mixed_site())
    }

    fn fields(&self, cluster: Option<usize>) -> Fields {
        let types: Vec<Ident> = self.model.members(cluster).map(|node| local("T", node)).collect();
        let fields = self.model.members(cluster).zip(&types).map(|(node, ty)| {
            let Declared { docs, name, .. } = &self.model.nodes[node];
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

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
