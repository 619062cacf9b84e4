//! How many nodes a set has, as far as the macro can know.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::model::{Bounds, Count, Declared, Part, Select};

/// A number of nodes: what is known, and constants that rustc adds up.
#[derive(Default)]
pub struct Size {
    pub known: u64,
    pub constants: Vec<TokenStream>,
    /// Whether there are more nodes whose number is only known at run time.
    pub open: bool,
}

impl Size {
    /// The size of all `parts` together.
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a Part>, nodes: &[Declared]) -> Size {
        let mut size = Size::default();
        for part in parts {
            size.add(part, nodes);
        }
        size
    }

    /// The number, if it is known in the macro.
    pub fn exact(&self) -> Option<u64> {
        (!self.open && self.constants.is_empty()).then_some(self.known)
    }

    /// A constant expression, if rustc can compute it.
    pub fn constant(&self) -> Option<TokenStream> {
        let (known, constants) = (usize_literal(self.known), &self.constants);
        (!self.open).then(|| quote_spanned!(Span::mixed_site()=> #known #(+ #constants)*))
    }

    fn add(&mut self, part: &Part, nodes: &[Declared]) {
        let count = &nodes[part.node].count;
        match (&part.select, count.literal(), count) {
            (Select::Index { .. }, ..) => self.add_known(1),
            (Select::Range { literal: Some(Bounds { from, to: Some(to) }), .. }, ..) => self.add_known(to - from),
            (Select::All, Some(count), _) => self.add_known(count),
            (Select::All, None, Count::Constant(_)) => self.constants.push(constant(part.node).into_token_stream()),
            (Select::Range { literal: Some(Bounds { from, to: None }), .. }, Some(count), _) => {
                self.add_known(count.saturating_sub(*from));
            }
            (Select::Range { literal: Some(Bounds { from, to: None }), .. }, None, Count::Constant(_)) => {
                let (count, from) = (constant(part.node), usize_literal(*from));
                self.constants.push(quote_spanned!(Span::mixed_site()=> #count.saturating_sub(#from)));
            }
            _ => self.open = true,
        }
    }

    fn add_known(&mut self, nodes: u64) {
        self.known = self.known.saturating_add(nodes);
    }
}

/// The const item that holds the count of a declaration.
pub fn constant(node: usize) -> Ident {
    format_ident!("__CLUSTER_COUNT_{node}", span = Span::mixed_site())
}

/// A number in an expansion.
pub fn usize_literal(number: u64) -> proc_macro2::Literal {
    proc_macro2::Literal::u64_unsuffixed(number)
}
