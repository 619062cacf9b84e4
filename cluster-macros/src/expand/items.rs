//! The struct with a field for each declaration, and what one can do with it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;

use super::Expansion;
use super::tokens::local;
use crate::model::Declared;

impl Expansion<'_> {
    /// The struct with a field for each declaration.
    pub fn items(&self) -> TokenStream {
        let types: Vec<Ident> = (0..self.model.nodes.len()).map(|node| local("T", node)).collect();
        let fields = self.model.nodes.iter().zip(&types).map(|(declared, ty)| {
            let Declared { docs, name, .. } = declared;
            quote! { #(#docs)* pub #name: #ty, }
        });
        let krate = self.krate;
        quote! {
            // One name for all calls: where `$crate` came from a macro's own place, rustc would show a mistake there.
            use #krate as runtime;

            #[must_use = "a cluster does nothing until it is started"]
            #[allow(dead_code, clippy::partial_pub_fields)]
            pub struct Cluster<#(#types),*> {
                #(#fields)*
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
        }
    }
}
