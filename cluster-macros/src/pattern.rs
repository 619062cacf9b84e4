//! How nodes are linked, and how that is written: shapes take sets, topologies take sets and parameters.

use std::fmt;
use std::ops::RangeInclusive;

use cluster_topology::Family;

use crate::suggest;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Pattern {
    Clique,
    Ring,
    Line,
    Star,
    Connect,
    // The topologies are variants of `Family` too, whose fields are their parameters.
    Tree,
    Grid,
    Torus,
    Hypercube,
    Wheel,
    RandomRegular,
    Gnp,
    SmallWorld,
    ScaleFree,
    /// `shape(pairs)`: a function of the user from a size to pairs of indices.
    Custom,
    /// `a -> b`
    OneWay,
}

/// Where a pattern is written: after the `:` of a declaration, or as a statement of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Position {
    Declaration,
    Statement,
}

/// How a pattern is written: its name, its form in a declaration and as a statement, and its parameters.
type Words = (Pattern, &'static str, &'static str, &'static str, &'static [Parameter]);

const ARITY: Parameter = Parameter { name: "arity", kind: ParameterKind::Integer };
const COLUMNS: Parameter = Parameter { name: "columns", kind: ParameterKind::Integer };
const DEGREE: Parameter = Parameter { name: "degree", kind: ParameterKind::Integer };
const NEIGHBOURS: Parameter = Parameter { name: "neighbours", kind: ParameterKind::Integer };
const LINKS: Parameter = Parameter { name: "links", kind: ParameterKind::Integer };
const PROBABILITY: Parameter = Parameter { name: "probability", kind: ParameterKind::Probability };
const SEED: Parameter = Parameter { name: "seed", kind: ParameterKind::Seed };
const CONNECTED: Parameter = Parameter { name: "connected", kind: ParameterKind::Flag };
const PAIRS: Parameter = Parameter { name: "pairs", kind: ParameterKind::Function };

/// All patterns, in their order and in that in which messages list them. `a -> b` is the last, and has no name.
const WORDS: [Words; 16] = [
    (Pattern::Clique, "clique", "clique", "clique(a, b, ..)", &[]),
    (Pattern::Ring, "ring", "ring", "ring(a, b, ..)", &[]),
    (Pattern::Line, "line", "line", "line(a, b, ..)", &[]),
    (Pattern::Star, "star", "star(hub)", "star(hub, others)", &[]),
    (Pattern::Connect, "connect", "connect(others)", "connect(a, b)", &[]),
    (Pattern::Tree, "tree", "tree(arity)", "tree(k, arity = 2)", &[ARITY]),
    (Pattern::Grid, "grid", "grid(columns)", "grid(k, columns = 3)", &[COLUMNS]),
    (Pattern::Torus, "torus", "torus(columns)", "torus(k, columns = 3)", &[COLUMNS]),
    (Pattern::Hypercube, "hypercube", "hypercube", "hypercube(k)", &[]),
    (Pattern::Wheel, "wheel", "wheel", "wheel(k)", &[]),
    (
        Pattern::RandomRegular,
        "random_regular",
        "random_regular(degree)",
        "random_regular(k, degree = 3)",
        &[DEGREE, SEED, CONNECTED],
    ),
    (Pattern::Gnp, "gnp", "gnp(probability)", "gnp(k, probability = 0.1)", &[PROBABILITY, SEED, CONNECTED]),
    (
        Pattern::SmallWorld,
        "small_world",
        "small_world(neighbours, probability)",
        "small_world(k, neighbours = 4, probability = 0.1)",
        &[NEIGHBOURS, PROBABILITY, SEED, CONNECTED],
    ),
    (Pattern::ScaleFree, "scale_free", "scale_free(links)", "scale_free(k, links = 2)", &[LINKS, SEED, CONNECTED]),
    (Pattern::Custom, "shape", "shape(pairs)", "shape(k, pairs = pairs)", &[PAIRS]),
    (Pattern::OneWay, "->", "a -> b", "a -> b", &[]),
];

impl Pattern {
    /// All patterns, in the order in which messages list them.
    pub fn all() -> impl Iterator<Item = Pattern> + Clone {
        WORDS.iter().map(|words| words.0)
    }

    /// The topology with these values of its parameters. `None` if this is none, or one that must be given is not.
    pub fn family(self, given: impl Fn(&'static str) -> Option<Value>) -> Option<Family> {
        let number = |name| match given(name) {
            Some(Value::Number(number)) => Some(number),
            _ => None,
        };
        let integer = |name| usize::try_from(number(name)?).ok();
        let probability = || match given(PROBABILITY.name) {
            Some(Value::Probability(probability)) => Some(probability),
            _ => None,
        };
        let seed = number(SEED.name);
        let connected = given(CONNECTED.name).is_some();
        Some(match self {
            Pattern::Tree => Family::Tree { arity: integer(ARITY.name)? },
            Pattern::Grid => Family::Grid { columns: integer(COLUMNS.name)? },
            Pattern::Torus => Family::Torus { columns: integer(COLUMNS.name)? },
            Pattern::Hypercube => Family::Hypercube,
            Pattern::Wheel => Family::Wheel,
            Pattern::RandomRegular => Family::RandomRegular { degree: integer(DEGREE.name)?, seed, connected },
            Pattern::Gnp => Family::Gnp { probability: probability()?, seed, connected },
            Pattern::SmallWorld => Family::SmallWorld {
                neighbours: integer(NEIGHBOURS.name)?,
                probability: probability()?,
                seed,
                connected,
            },
            Pattern::ScaleFree => Family::ScaleFree { links: integer(LINKS.name)?, seed, connected },
            _ => return None,
        })
    }

    /// The pattern of this name, if there is one.
    pub fn named(name: &str) -> Option<Pattern> {
        Pattern::all().find(|pattern| pattern.name() == name)
    }

    /// The pattern of this name, or the one that was meant by another name or by a misspelt one.
    pub fn meant(name: &str) -> Option<Pattern> {
        Pattern::named(name).or_else(|| Pattern::named(suggest::word(name, Pattern::all().map(Pattern::name))?))
    }

    pub const fn name(self) -> &'static str {
        WORDS[self as usize].1
    }

    /// How it is written, without optional parameters.
    pub const fn form(self, position: Position) -> &'static str {
        match position {
            Position::Declaration => WORDS[self as usize].2,
            Position::Statement => WORDS[self as usize].3,
        }
    }

    /// Its parameters, the required ones first.
    pub const fn parameters(self) -> &'static [Parameter] {
        WORDS[self as usize].4
    }

    /// Whether it is a shape: what takes nodes alone, of any number from `least` on.
    pub const fn is_shape(self) -> bool {
        matches!(self, Pattern::Clique | Pattern::Ring | Pattern::Line | Pattern::Star | Pattern::Connect)
    }

    /// Whether it is one of the standard topologies.
    pub const fn is_family(self) -> bool {
        !self.is_shape() && !matches!(self, Pattern::Custom | Pattern::OneWay)
    }

    /// The fewest nodes that a declaration of this shape may have.
    pub const fn least(self) -> Option<u64> {
        match self {
            Pattern::Clique | Pattern::Line => Some(2),
            Pattern::Ring => Some(3),
            _ => None,
        }
    }

    /// Whether it links the nodes of one set with those of another, not the nodes of one set among themselves.
    pub const fn has_two_sides(self) -> bool {
        matches!(self, Pattern::Star | Pattern::Connect | Pattern::OneWay)
    }

    pub fn is_random(self) -> bool {
        self.parameters().contains(&SEED)
    }

    /// How many sets it takes.
    pub const fn sets(self, position: Position) -> RangeInclusive<usize> {
        match (position, self) {
            (Position::Declaration, _) if self.has_two_sides() => 1..=1,
            (Position::Declaration, _) => 0..=0,
            (Position::Statement, Pattern::Star) => 2..=usize::MAX,
            (Position::Statement, Pattern::Connect | Pattern::OneWay) => 2..=2,
            (Position::Statement, _) => 1..=usize::MAX,
        }
    }

    /// Whether it takes nothing but conditions in a declaration: `ring`.
    pub fn is_bare(self) -> bool {
        self.form(Position::Declaration) == self.name()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// What a topology takes beside sets, and a condition of links.
#[derive(Clone, Copy, PartialEq, Eq)]
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
    Time,
    Rate,
}

impl ParameterKind {
    pub const fn is_required(self) -> bool {
        !matches!(self, ParameterKind::Seed | ParameterKind::Flag)
    }

    /// The units of its literals, in nanoseconds or in bits a second.
    pub const fn units(self) -> &'static [(&'static str, u64)] {
        match self {
            ParameterKind::Time => &[("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000)],
            ParameterKind::Rate => &[("kbit", 1_000), ("mbit", 1_000_000), ("gbit", 1_000_000_000)],
            _ => &[],
        }
    }
}

/// What is given for a parameter, as a literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value {
    /// An integer, a seed, nanoseconds, or bits a second.
    Number(u64),
    Probability(f64),
    Flag,
}
