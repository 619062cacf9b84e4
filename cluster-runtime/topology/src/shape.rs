use std::fmt;
use std::ops::RangeInclusive;

/// How nodes are linked: the shapes of the language, by name.
///
/// The pairs of each shape are in [`index`](crate::index), and over slices in the functions of the same names.
///
/// ```
/// use cluster_topology::Shape;
///
/// assert_eq!(Shape::named("ring"), Some(Shape::Ring));
/// assert_eq!(Shape::Ring.least(), 3);
/// assert_eq!(Shape::Star.statement_form(), "star(hub, others)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Shape {
    /// Every node with every other one.
    Clique,
    /// Every node with the next one, and the last with the first.
    Ring,
    /// Every node with the next one.
    Line,
    /// One node, the hub, with every other one.
    Star,
    /// Every node of one set with every node of another.
    Connect,
}

impl Shape {
    /// All shapes, in the order in which messages list them.
    pub const ALL: [Shape; 5] = [Shape::Clique, Shape::Ring, Shape::Line, Shape::Star, Shape::Connect];

    /// The shape's name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Shape::Clique => "clique",
            Shape::Ring => "ring",
            Shape::Line => "line",
            Shape::Star => "star",
            Shape::Connect => "connect",
        }
    }

    /// The shape of this name, if there is one.
    pub fn named(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// The fewest nodes that a declaration of this shape may have.
    pub const fn least(self) -> usize {
        match self {
            Shape::Clique | Shape::Line => 2,
            Shape::Ring => 3,
            Shape::Star | Shape::Connect => 1,
        }
    }

    /// How the shape is written in a declaration, after the `:`.
    pub const fn declaration_form(self) -> &'static str {
        match self {
            Shape::Clique => "clique",
            Shape::Ring => "ring",
            Shape::Line => "line",
            Shape::Star => "star(hub)",
            Shape::Connect => "connect(others)",
        }
    }

    /// How many sets the shape takes in a declaration.
    pub const fn declaration_sets(self) -> usize {
        match self {
            Shape::Clique | Shape::Ring | Shape::Line => 0,
            Shape::Star | Shape::Connect => 1,
        }
    }

    /// How the shape is written as a statement of its own.
    pub const fn statement_form(self) -> &'static str {
        match self {
            Shape::Clique => "clique(a, b, ..)",
            Shape::Ring => "ring(a, b, ..)",
            Shape::Line => "line(a, b, ..)",
            Shape::Star => "star(hub, others)",
            Shape::Connect => "connect(a, b)",
        }
    }

    /// How many sets the shape takes in a statement.
    pub const fn statement_sets(self) -> RangeInclusive<usize> {
        match self {
            Shape::Clique | Shape::Ring | Shape::Line => 1..=usize::MAX,
            Shape::Star => 2..=usize::MAX,
            Shape::Connect => 2..=2,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
