//! Constant counts, and what rustc checks of them.

use cluster_topology::Comparison;
use proc_macro2::{Ident, Literal, TokenStream};
use quote::{ToTokens, quote_spanned};
use syn::Expr;

use super::expansion::Expansion;
use super::tokens::{constant, ends, respan_at, usize_literal};
use crate::assertion::{Amount, Assertion, Claim};
use crate::ast::Count;
use crate::pattern::Pattern;
use crate::size::{ConstantCount, Product, Size};

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

fn assertion(assertion: &Assertion) -> TokenStream {
    let claims = assertion.any.iter().map(claim);
    let any = quote! { #(#claims)||* };
    let message = Literal::string(&assertion.message.replace('{', "{{").replace('}', "}}"));
    let (first, last) = ends(&assertion.at);
    let assert = quote_spanned! {first=> ::core::assert! };
    let arguments = quote_spanned! {last=> (#any, #message) };
    quote! { #assert #arguments; }
}

fn claim((amount, comparison, number): &Claim) -> TokenStream {
    let (amount, number) = (self::amount(amount), usize_literal(*number));
    let sign = match comparison {
        Comparison::Equal => quote! { == },
        Comparison::Less => quote! { < },
        Comparison::AtMost => quote! { <= },
        Comparison::Greater => quote! { > },
        Comparison::AtLeast => quote! { >= },
    };
    quote! { #amount #sign #number }
}

fn amount(amount: &Amount) -> TokenStream {
    let (Amount::Members(size) | Amount::Diameter(_, size) | Amount::Degree(_, size)) = amount;
    let size = sum(size);
    let most = match amount {
        Amount::Members(_) => return size,
        Amount::Diameter(Pattern::Clique, _) => quote! { 1 },
        Amount::Diameter(Pattern::Star, _) | Amount::Degree(Pattern::Ring, _) => quote! { 2 },
        Amount::Diameter(Pattern::Ring, _) => quote! { (#size) / 2 },
        Amount::Diameter(..) | Amount::Degree(..) => size.clone(),
    };
    // No node is farther from another, or has more links, than there are others.
    quote! {({
        let (most, others): (usize, usize) = (#most, (#size).saturating_sub(1));
        if most < others { most } else { others }
    })}
}

fn sum(size: &Size) -> TokenStream {
    let known = (size.known > 0).then(|| usize_literal(size.known));
    let mut terms = known.into_iter().chain(size.products.iter().map(product));
    let first = terms.next().unwrap_or_else(|| usize_literal(0));
    quote! { #first #(+ #terms)* }
}

fn product(product: &Product) -> TokenStream {
    let known = (product.known != 1).then(|| usize_literal(product.known));
    let mut factors = known.into_iter().chain(product.counts.iter().map(count));
    let first = factors.next().unwrap_or_else(|| usize_literal(1));
    quote! { #first #(* #factors)* }
}

fn count(count: &ConstantCount) -> TokenStream {
    let constant = constant(count.node);
    match count.skipped {
        0 => constant.into_token_stream(),
        skipped => {
            let skipped = usize_literal(skipped);
            quote! { #constant.saturating_sub(#skipped) }
        }
    }
}
