//! What the editor completes: half-written names where what they may become can be seen.
//!
//! rust-analyzer inserts a name at the cursor, expands once with it and once without, and completes where the name appears,
//! in the scope that the other expansion has at the same place. So this comes before all that differs between the two, such
//! as error messages, and is there whether or not a name is half written.

use proc_macro2::{Ident, Span, TokenStream};
use syn::Generics;

use super::expansion::Expansion;
use super::tokens::unspan;
use crate::ast::Count;
use crate::errors::HalfWritten;

impl Expansion<'_> {
    /// A function that is never compiled, over the struct of the cluster.
    pub fn completion(&self, name: &Ident, generics: &Generics) -> TokenStream {
        let name = unspan(name);
        let (of_impl, of_type, condition) = generics.split_for_impl();
        let parameters = self.model.head.iter().flat_map(|head| &head.parameters);
        let half_written = self.half_written.iter().map(|half| self.half_written(half));
        let conditions = self.conditions();
        quote! {
            #conditions
            #[allow(unexpected_cfgs)]
            const _: () = {
                #[cfg(rust_analyzer)]
                fn complete #of_impl (net: &#name #of_type #(, #parameters)*) #condition {
                    #(let _ = #half_written;)*
                    let _ = &net.__cluster;
                }
            };
        }
    }

    fn half_written(&self, half: &HalfWritten) -> TokenStream {
        let krate = self.krate;
        match half {
            HalfWritten::Word(module, name) => {
                let module = Ident::new(module, Span::mixed_site());
                quote! { #krate::__private::words::#module::#name }
            }
            HalfWritten::Member(cluster, name) => {
                let owner = self.any_instance(*cluster);
                quote! { &#owner.#name }
            }
            HalfWritten::Value(value) => quote! { #value },
        }
    }

    /// An instance of a cluster, or the whole.
    fn any_instance(&self, cluster: Option<usize>) -> TokenStream {
        let Some(cluster) = cluster else { return quote! { net } };
        let declaration = &self.model.nodes[cluster];
        let (owner, name) = (self.any_instance(declaration.parent), unspan(&declaration.name));
        match declaration.count {
            Count::One => quote! { #owner.#name },
            _ => quote! { #owner.#name[0] },
        }
    }
}
