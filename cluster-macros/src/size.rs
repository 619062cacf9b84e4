//! How many members a set has, nodes or clusters, as far as the macro can know.

use crate::ast::Count;
use crate::model::{Declaration, Part, Select, Step};

/// The sum of a number and of products that rustc computes.
#[derive(Clone, Default)]
pub struct Size {
    pub known: u64,
    pub products: Vec<Product>,
    /// Whether there are more members, whose number is known at run time only.
    is_open: bool,
}

/// A number times constant counts.
#[derive(Clone)]
pub struct Product {
    pub known: u64,
    pub counts: Vec<ConstantCount>,
}

/// The count of a declaration, without so many first members.
#[derive(Clone, Copy)]
pub struct ConstantCount {
    pub node: usize,
    pub skipped: u64,
}

impl Size {
    /// The size of all `parts` together.
    pub fn new<'a>(parts: impl IntoIterator<Item = &'a Part>, nodes: &[Declaration]) -> Size {
        let mut size = Size::default();
        for part in parts {
            match Product::new(part, nodes) {
                Some(product) => size.add(product),
                None => size.is_open = true,
            }
        }
        size
    }

    /// The constant count of a declaration.
    pub fn of_count(node: usize) -> Size {
        Size::of(Product { known: 1, counts: vec![ConstantCount { node, skipped: 0 }] })
    }

    pub fn of(product: Product) -> Size {
        let mut size = Size::default();
        size.add(product);
        size
    }

    pub fn add(&mut self, product: Product) {
        match product.counts.is_empty() {
            true => self.known = self.known.saturating_add(product.known),
            false => self.products.push(product),
        }
    }

    /// The number, if it is known in the macro.
    pub fn exact(&self) -> Option<u64> {
        (!self.is_open && self.products.is_empty()).then_some(self.known)
    }

    /// The size, if rustc can compute it.
    pub fn constant(self) -> Option<Size> {
        (!self.is_open).then_some(self)
    }
}

impl Product {
    /// A path selects as many as its steps do, multiplied. `None` if that is known at run time only.
    fn new(part: &Part, nodes: &[Declaration]) -> Option<Product> {
        let mut product = Product { known: 1, counts: Vec::new() };
        for step in &part.steps {
            product.multiply(step, &nodes[step.node].count)?;
        }
        Some(product)
    }

    fn multiply(&mut self, step: &Step, count: &Count) -> Option<()> {
        let skipped = match step.select {
            Select::All => 0,
            Select::Range { from, to: None } => from,
            Select::Range { from, to: Some(to) } => {
                self.known = self.known.saturating_mul(to - from);
                return Some(());
            }
            Select::Index(_) | Select::RunTimeIndex(_) => return Some(()),
            Select::RunTimeRange(_) => return None,
        };
        match (count.literal(), count) {
            (Some(count), _) => self.known = self.known.saturating_mul(count.saturating_sub(skipped)),
            (None, Count::Constant(_)) => self.counts.push(ConstantCount { node: step.node, skipped }),
            _ => return None,
        }
        Some(())
    }
}
