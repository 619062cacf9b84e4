//! How nodes are linked, and how that is written: shapes take sets, topologies take sets and parameters.

use std::fmt;
use std::ops::RangeInclusive;

use cluster_topology::{Family, Shape};

use crate::suggest::nearest;

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    Shape(Shape),
    Family(Family),
    /// `shape(pairs)`: a function of the user from a size to pairs of indices.
    Custom,
    OneWay,
}

/// Where a pattern is written: after the `:` of a declaration, or as a statement of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Declaration,
    Statement,
}

impl Pattern {
    /// The pattern of this name, if there is one.
    pub fn named(name: &str) -> Option<Pattern> {
        Shape::named(name).map(Pattern::Shape).or_else(|| Family::named(name).map(Pattern::Family)).or_else(|| {
            let custom = Pattern::Custom;
            (name == custom.name()).then_some(custom)
        })
    }

    /// The pattern of this name, or of the name that was misspelt.
    pub fn meant(name: &str) -> Option<Pattern> {
        Pattern::named(name).or_else(|| Pattern::nearest(name).and_then(Pattern::named))
    }

    /// The name of the pattern that was meant by a misspelt one.
    pub fn nearest(name: &str) -> Option<&'static str> {
        nearest(name, Pattern::all().map(Pattern::name))
    }

    /// All patterns with a name, in the order in which messages list them.
    pub fn all() -> impl Iterator<Item = Pattern> {
        Shape::ALL.map(Pattern::Shape).into_iter().chain(Family::ALL.map(Pattern::Family)).chain([Pattern::Custom])
    }

    pub fn name(self) -> &'static str {
        match self {
            Pattern::Shape(shape) => shape.name(),
            Pattern::Family(family) => family.name(),
            Pattern::Custom => "shape",
            Pattern::OneWay => "->",
        }
    }

    /// Its parameters, the required ones first.
    pub fn parameters(self) -> Vec<Parameter> {
        match self {
            Pattern::Family(family) => family.parameters().iter().map(Parameter::from_topology).collect(),
            Pattern::Custom => vec![Parameter { name: "pairs", kind: ParameterKind::Function }],
            Pattern::Shape(_) | Pattern::OneWay => Vec::new(),
        }
    }

    /// Whether it takes anything but sets.
    pub fn takes_parameters(self) -> bool {
        !self.parameters().is_empty()
    }

    /// Whether it links the nodes of one set with those of another, not the nodes of one set among themselves.
    pub fn has_two_sides(self) -> bool {
        matches!(self, Pattern::Shape(Shape::Star | Shape::Connect) | Pattern::OneWay)
    }

    pub fn is_random(self) -> bool {
        self.parameters().iter().any(|parameter| parameter.kind == ParameterKind::Seed)
    }

    /// How many sets it takes in a declaration.
    pub fn declaration_sets(self) -> usize {
        match self {
            Pattern::Shape(shape) => shape.declaration_sets(),
            Pattern::Family(_) | Pattern::Custom | Pattern::OneWay => 0,
        }
    }

    /// How many sets it takes as a statement.
    pub fn statement_sets(self) -> RangeInclusive<usize> {
        match self {
            Pattern::Shape(shape) => shape.statement_sets(),
            Pattern::Family(_) | Pattern::Custom | Pattern::OneWay => 1..=usize::MAX,
        }
    }

    /// How it is written, without optional parameters.
    pub fn form(self, position: Position) -> &'static str {
        match (self, position) {
            (Pattern::Shape(shape), Position::Declaration) => shape.declaration_form(),
            (Pattern::Shape(shape), Position::Statement) => shape.statement_form(),
            (Pattern::Family(family), Position::Declaration) => family.declaration_form(),
            (Pattern::Family(family), Position::Statement) => family.statement_form(),
            (Pattern::Custom, Position::Declaration) => "shape(pairs)",
            (Pattern::Custom, Position::Statement) => "shape(k, pairs = pairs)",
            (Pattern::OneWay, _) => "a -> b",
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a topology takes beside sets.
#[derive(Clone, Copy)]
pub struct Parameter {
    pub name: &'static str,
    pub kind: ParameterKind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum ParameterKind {
    Integer,
    Probability,
    Seed,
    Flag,
    /// From a size to pairs of indices.
    Function,
}

impl Parameter {
    fn from_topology(parameter: &cluster_topology::Parameter) -> Parameter {
        let kind = match parameter.kind {
            cluster_topology::ParameterKind::Integer => ParameterKind::Integer,
            cluster_topology::ParameterKind::Probability => ParameterKind::Probability,
            cluster_topology::ParameterKind::Seed => ParameterKind::Seed,
            cluster_topology::ParameterKind::Flag => ParameterKind::Flag,
        };
        Parameter { name: parameter.name, kind }
    }
}

impl ParameterKind {
    pub fn is_required(self) -> bool {
        !matches!(self, ParameterKind::Seed | ParameterKind::Flag)
    }
}
