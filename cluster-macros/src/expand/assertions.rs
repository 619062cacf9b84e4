//! Constant counts, and what rustc checks of them.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote_spanned;
use syn::Expr;

use super::expansion::Expansion;
use super::tokens::{ends, respan_at};
use crate::ast::Count;
use crate::check::Assertion;
use crate::size::constant;

impl Expansion<'_> {
    /// One const item for each constant count.
    pub fn constants(&self) -> TokenStream {
        let constants = self.constant_counts().filter(|(_, count)| !self.is_generic(count)).map(|(constant, count)| {
            let (krate, constant) = (self.krate, respan_at(quote! { #constant }, Some(count)));
            let whole = respan_at(quote! { #krate::__private::whole }, Some(count));
            quote! { const #constant: usize = #krate::__private::count(#whole(#count) as i128); }
        });
        constants.collect()
    }

    /// Each in an item of its own, which is checked whether or not the code is used. An item cannot use const parameters.
    pub fn assertions(&self, assertions: &[Assertion]) -> TokenStream {
        let generic: TokenStream = self
            .constant_counts()
            .filter(|(_, count)| self.is_generic(count))
            .map(|(constant, count)| {
                quote! { #[allow(unused_variables, non_snake_case)] let #constant: usize = #count; }
            })
            .collect();
        let assertions = assertions.iter().map(assertion);
        match generic.is_empty() {
            true => quote! { #(const _: () = #assertions)* },
            false => quote! { #(const { #generic #assertions })* },
        }
    }

    fn constant_counts(&self) -> impl Iterator<Item = (Ident, &Expr)> {
        self.model.nodes.iter().enumerate().filter_map(|(node, declaration)| match &declaration.count {
            Count::Constant(count) => Some((constant(node), count)),
            _ => None,
        })
    }
}

fn assertion(Assertion { condition, message, at }: &Assertion) -> TokenStream {
    let message = Literal::string(&message.replace('{', "{{").replace('}', "}}"));
    let (first, last) = ends(at);
    let assert = quote_spanned! {first=> ::core::assert! };
    let arguments = quote_spanned! {last=> (#condition, #message) };
    quote! { #assert #arguments; }
}
