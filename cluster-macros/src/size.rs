//! How many members a set has, nodes or clusters, as far as the macro can know.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, format_ident, quote_spanned};

use crate::model::{Bounds, Count, Declaration, Part, Select, Step};

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
    pub fn of<'a>(parts: impl IntoIterator<Item = &'a Part>, nodes: &[Declaration]) -> Size {
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

    /// A path selects as many as its steps do, multiplied.
    fn add(&mut self, part: &Part, nodes: &[Declaration]) {
        let mut known = 1_u64;
        let mut constants = Vec::new();
        for step in &part.steps {
            match Factor::of(step, &nodes[step.node].count) {
                Factor::Known(factor) => known = known.saturating_mul(factor),
                Factor::Constant(factor) => constants.push(factor),
                Factor::Open => {
                    self.open = true;
                    return;
                }
            }
        }
        match (known, constants.as_slice()) {
            (known, []) => self.known = self.known.saturating_add(known),
            (1, [constant]) => self.constants.push(constant.clone()),
            (known, constants) => {
                let known = usize_literal(known);
                self.constants.push(quote_spanned!(Span::mixed_site()=> #known #(* #constants)*));
            }
        }
    }
}

/// How many one step of a path selects.
enum Factor {
    Known(u64),
    Constant(TokenStream),
    Open,
}

impl Factor {
    fn of(step: &Step, count: &Count) -> Factor {
        match (&step.select, count.literal(), count) {
            (Select::Index { .. }, ..) => Factor::Known(1),
            (Select::Range { literal: Some(Bounds { from, to: Some(to) }), .. }, ..) => Factor::Known(to - from),
            (Select::All, Some(count), _) => Factor::Known(count),
            (Select::All, None, Count::Constant(_)) => Factor::Constant(constant(step.node).into_token_stream()),
            (Select::Range { literal: Some(Bounds { from, to: None }), .. }, Some(count), _) => {
                Factor::Known(count.saturating_sub(*from))
            }
            (Select::Range { literal: Some(Bounds { from, to: None }), .. }, None, Count::Constant(_)) => {
                let (count, from) = (constant(step.node), usize_literal(*from));
                Factor::Constant(quote_spanned!(Span::mixed_site()=> #count.saturating_sub(#from)))
            }
            _ => Factor::Open,
        }
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
