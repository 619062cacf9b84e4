//! How nodes are linked, and what the language says of it: shapes take sets, topologies one set and parameters.

use std::fmt;
use std::ops::RangeInclusive;

use cluster_topology::{Family, Parameter, ParameterKind, Shape};

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum How {
    Shape(Shape),
    Family(Family),
    /// A function from a size to pairs of indices.
    Own,
    OneWay,
}

/// Whether a shape stands on a declaration, or is a statement of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Place {
    Declaration,
    Statement,
}

impl How {
    /// The shape or topology of this name, if there is one.
    pub fn named(name: &str) -> Option<How> {
        Shape::named(name).map(How::Shape).or_else(|| Family::named(name).map(How::Family)).or_else(|| {
            let own = How::Own;
            (name == own.name()).then_some(own)
        })
    }

    /// All that have a name, in the order in which messages list them.
    pub fn all() -> impl Iterator<Item = How> {
        Shape::ALL.map(How::Shape).into_iter().chain(Family::ALL.map(How::Family)).chain([How::Own])
    }

    pub fn name(self) -> &'static str {
        match self {
            How::Shape(shape) => shape.name(),
            How::Family(family) => family.name(),
            How::Own => "shape",
            How::OneWay => "->",
        }
    }

    /// The parameters that must be given come first.
    pub fn parameters(self) -> &'static [Parameter] {
        match self {
            How::Family(family) => family.parameters(),
            How::Shape(_) | How::Own | How::OneWay => &[],
        }
    }

    /// Whether it takes anything but nodes.
    pub fn takes_parameters(self) -> bool {
        matches!(self, How::Own) || !self.parameters().is_empty()
    }

    pub fn is_random(self) -> bool {
        self.parameters().iter().any(|parameter| parameter.kind == ParameterKind::Seed)
    }

    /// How many sets it takes in a declaration.
    pub fn declaration_sets(self) -> usize {
        match self {
            How::Shape(shape) => shape.declaration_sets(),
            How::Family(_) | How::Own | How::OneWay => 0,
        }
    }

    /// How many sets it takes as a statement.
    pub fn statement_sets(self) -> RangeInclusive<usize> {
        match self {
            How::Shape(shape) => shape.statement_sets(),
            How::Family(_) | How::Own | How::OneWay => 1..=usize::MAX,
        }
    }

    /// How it is written, without what need not be given.
    pub fn form(self, place: Place) -> &'static str {
        match (self, place) {
            (How::Shape(shape), Place::Declaration) => shape.declaration_form(),
            (How::Shape(shape), Place::Statement) => shape.statement_form(),
            (How::Family(family), Place::Declaration) => family.declaration_form(),
            (How::Family(family), Place::Statement) => family.statement_form(),
            (How::Own, Place::Declaration) => "shape(pairs)",
            (How::Own, Place::Statement) => "shape(k, pairs = pairs)",
            (How::OneWay, _) => "a -> b",
        }
    }
}

impl fmt::Display for How {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
