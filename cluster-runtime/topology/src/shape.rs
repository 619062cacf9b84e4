use std::fmt;
use std::ops::RangeInclusive;

/// How nodes are linked: the shapes of the language, by name.
///
/// The pairs of a shape come from the function of its name in the crate's root.
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

/// The words of the language for a shape.
struct Words {
    name: &'static str,
    least: usize,
    declaration: (&'static str, usize),
    statement: (&'static str, RangeInclusive<usize>),
}

const ANY: usize = usize::MAX;

impl Shape {
    /// All shapes, in the order in which messages list them.
    pub const ALL: [Shape; 5] = [Shape::Clique, Shape::Ring, Shape::Line, Shape::Star, Shape::Connect];

    const fn words(self) -> Words {
        match self {
            Shape::Clique => {
                Words { name: "clique", least: 2, declaration: ("clique", 0), statement: ("clique(a, b, ..)", 1..=ANY) }
            }
            Shape::Ring => {
                Words { name: "ring", least: 3, declaration: ("ring", 0), statement: ("ring(a, b, ..)", 1..=ANY) }
            }
            Shape::Line => {
                Words { name: "line", least: 2, declaration: ("line", 0), statement: ("line(a, b, ..)", 1..=ANY) }
            }
            Shape::Star => Words {
                name: "star",
                least: 1,
                declaration: ("star(hub)", 1),
                statement: ("star(hub, others)", 2..=ANY),
            },
            Shape::Connect => Words {
                name: "connect",
                least: 1,
                declaration: ("connect(others)", 1),
                statement: ("connect(a, b)", 2..=2),
            },
        }
    }

    /// The shape's name in the language.
    pub const fn name(self) -> &'static str {
        self.words().name
    }

    /// The shape of this name, if there is one.
    pub fn named(name: &str) -> Option<Shape> {
        Shape::ALL.into_iter().find(|shape| shape.name() == name)
    }

    /// The fewest nodes that a declaration of this shape may have.
    pub const fn least(self) -> usize {
        self.words().least
    }

    /// How the shape is written in a declaration, after the `:`.
    pub const fn declaration_form(self) -> &'static str {
        self.words().declaration.0
    }

    /// How many sets the shape takes in a declaration.
    pub const fn declaration_sets(self) -> usize {
        self.words().declaration.1
    }

    /// How the shape is written as a statement of its own.
    pub const fn statement_form(self) -> &'static str {
        self.words().statement.0
    }

    /// How many sets the shape takes in a statement.
    pub const fn statement_sets(self) -> RangeInclusive<usize> {
        self.words().statement.1
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}
