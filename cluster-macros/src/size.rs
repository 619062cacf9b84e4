//! How many members a set has, nodes or clusters: a number, and what rustc adds to it.

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::{ToTokens, format_ident, quote};

use crate::ast::Count;
use crate::model::{Declaration, Part, Select};

/// The sum of a number and of products that rustc computes.
#[derive(Default)]
pub struct Size {
    pub known: u64,
    /// Each after a `+`.
    products: TokenStream,
    /// Whether there are more members, whose number is known at run time only.
    is_open: bool,
}

/// A number times constant counts.
pub struct Product {
    pub known: u64,
    /// Each after a `*`.
    counts: TokenStream,
}

/// The const item that holds the count of a declaration.
pub fn constant(node: usize) -> Ident {
    format_ident!("__CLUSTER_COUNT_{node}", span = Span::mixed_site())
}

impl Size {
    /// The size of all `parts` together.
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a Part>, nodes: &[Declaration]) -> Size {
        let mut size = Size::default();
        for part in parts {
            match Product::new(part, nodes) {
                Some(product) => size.add(&product),
                None => size.is_open = true,
            }
        }
        size
    }

    pub fn add(&mut self, product: &Product) {
        match product.is_known() {
            true => self.known = self.known.saturating_add(product.known),
            false => self.products.extend(quote!(+ #product)),
        }
    }

    /// The number, if it is known in the macro.
    pub fn exact(&self) -> Option<u64> {
        (!self.is_open && self.products.is_empty()).then_some(self.known)
    }

    /// The size as an expression, if rustc can compute it.
    pub fn constant(&self) -> Option<TokenStream> {
        let (known, products) = (Literal::u64_unsuffixed(self.known), &self.products);
        (!self.is_open).then(|| quote!(#known #products))
    }
}

impl Product {
    pub fn one() -> Product {
        Product { known: 1, counts: TokenStream::new() }
    }

    /// A path selects as many as its steps do, multiplied. `None` if that is known at run time only.
    fn new(part: &Part, nodes: &[Declaration]) -> Option<Product> {
        let mut product = Product::one();
        for step in &part.steps {
            let skipped = match step.select {
                Select::Index(_) | Select::RunTimeIndex(_) => continue,
                Select::Range { from, to: Some(to) } => {
                    product.known = product.known.saturating_mul(to - from);
                    continue;
                }
                Select::All => 0,
                Select::Range { from, to: None } => from,
                Select::RunTimeRange(_) => return None,
            };
            product.multiply(step.node, &nodes[step.node].count, skipped)?;
        }
        Some(product)
    }

    /// Multiplies it by the count of a declaration, without so many first members.
    pub fn multiply(&mut self, node: usize, count: &Count, skipped: u64) -> Option<()> {
        match (count.literal(), count) {
            (Some(count), _) => self.known = self.known.saturating_mul(count.saturating_sub(skipped)),
            (None, Count::Constant(_)) => {
                let (constant, skipped) = (constant(node), Literal::u64_unsuffixed(skipped));
                self.counts.extend(quote!(* #constant.saturating_sub(#skipped)));
            }
            _ => return None,
        }
        Some(())
    }

    pub fn is_known(&self) -> bool {
        self.counts.is_empty()
    }
}

impl ToTokens for Product {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (known, counts) = (Literal::u64_unsuffixed(self.known), &self.counts);
        tokens.extend(quote!(#known #counts));
    }
}
