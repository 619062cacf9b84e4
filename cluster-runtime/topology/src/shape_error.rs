use std::error::Error;
use std::fmt;

/// Why nodes cannot be linked in a shape: the rule that is broken.
///
/// [`parameter`](ShapeError::parameter) names the parameter at fault, so that the error can be shown where it was
/// written.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum ShapeError {
    /// There are not enough nodes.
    TooFewNodes {
        /// The shape's name.
        shape: &'static str,
        /// The fewest nodes that it has.
        least: usize,
        /// How many there are.
        count: usize,
    },
    /// There are more nodes than a random shape can number.
    TooManyNodes {
        /// The shape's name.
        shape: &'static str,
        /// The most nodes that it has.
        most: usize,
        /// How many there are.
        count: usize,
    },
    /// There would be more links than a shape that keeps its links in memory can hold.
    TooManyLinks {
        /// The shape's name.
        shape: &'static str,
        /// The most links that it has.
        most: usize,
    },
    /// The last row would not be full.
    PartialRow {
        /// The shape's name.
        shape: &'static str,
        /// How many columns were asked for.
        columns: usize,
        /// How many nodes there are.
        count: usize,
    },
    /// A torus is too low or too narrow: a node would be its own neighbour, or twice that of another.
    SmallTorus {
        /// How many full rows the nodes make.
        rows: usize,
        /// How many columns were asked for.
        columns: usize,
    },
    /// A hypercube has another number of nodes than 2, 4, 8 and so on.
    NotPowerOfTwo {
        /// How many nodes there are.
        count: usize,
    },
    /// The ends of the links, of which each link has two, are odd in number.
    OddEnds {
        /// The degree that was asked for.
        degree: usize,
        /// How many nodes there are.
        count: usize,
    },
    /// The neighbours do not lie half on either side.
    OddNeighbours {
        /// How many neighbours were asked for.
        neighbours: usize,
    },
    /// A parameter is less than it may be.
    TooSmall {
        /// The shape's name.
        shape: &'static str,
        /// The parameter's name.
        parameter: &'static str,
        /// The least that it may be.
        least: usize,
        /// What was asked for.
        found: usize,
    },
    /// A node would have more other nodes as neighbours than there are.
    TooGreat {
        /// The shape's name.
        shape: &'static str,
        /// The parameter's name.
        parameter: &'static str,
        /// What was asked for.
        found: usize,
        /// How many nodes there are.
        count: usize,
    },
    /// A probability is not between 0 and 1.
    NotAProbability {
        /// The shape's name.
        shape: &'static str,
        /// What was asked for.
        found: f64,
    },
    /// With this parameter no network is connected, whatever the draw.
    CannotBeConnected {
        /// The shape's name.
        shape: &'static str,
        /// The parameter's name.
        parameter: &'static str,
        /// What was asked for.
        found: f64,
    },
    /// No draw was connected.
    NeverConnected {
        /// The shape's name.
        shape: &'static str,
        /// How many nodes there are.
        count: usize,
        /// How many networks were drawn.
        draws: usize,
    },
    /// A parameter is missing.
    Missing {
        /// The shape's name.
        shape: &'static str,
        /// The parameter's name.
        parameter: &'static str,
    },
    /// A shape of one's own links a node that does not exist.
    NoSuchNode {
        /// The pair that it gave.
        pair: (usize, usize),
        /// How many nodes there are.
        count: usize,
    },
    /// A shape of one's own links a node with itself.
    SelfPair {
        /// The index of the node.
        node: usize,
    },
}

impl ShapeError {
    /// The name of the parameter at fault; `None` if it is the number of nodes, or nothing in particular.
    pub fn parameter(&self) -> Option<&'static str> {
        match self {
            ShapeError::PartialRow { .. } => Some("columns"),
            ShapeError::SmallTorus { columns, .. } if *columns < 3 => Some("columns"),
            ShapeError::OddEnds { .. } => Some("degree"),
            ShapeError::OddNeighbours { .. } => Some("neighbours"),
            ShapeError::NotAProbability { .. } => Some("probability"),
            ShapeError::TooSmall { parameter, .. }
            | ShapeError::TooGreat { parameter, .. }
            | ShapeError::CannotBeConnected { parameter, .. }
            | ShapeError::Missing { parameter, .. } => Some(parameter),
            ShapeError::TooFewNodes { .. }
            | ShapeError::TooManyNodes { .. }
            | ShapeError::TooManyLinks { .. }
            | ShapeError::SmallTorus { .. }
            | ShapeError::NotPowerOfTwo { .. }
            | ShapeError::NeverConnected { .. }
            | ShapeError::NoSuchNode { .. }
            | ShapeError::SelfPair { .. } => None,
        }
    }
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ShapeError::TooFewNodes { shape, least, count } => {
                write!(f, "a `{shape}` has at least {least} nodes, found {count}")
            }
            ShapeError::TooManyNodes { shape, most, count } => {
                write!(f, "a `{shape}` has at most {most} nodes, found {count}")
            }
            ShapeError::TooManyLinks { shape, most } => write!(f, "a `{shape}` has at most {most} links, found more"),
            ShapeError::PartialRow { shape, columns, count } => {
                let rows = count / columns;
                write!(f, "a `{shape}` has full rows, found {count} nodes in {columns} columns")?;
                match (rows.checked_mul(*columns), (rows + 1).checked_mul(*columns)) {
                    (Some(0), Some(more)) => write!(f, ": {more} nodes are one row"),
                    (Some(fewer), Some(more)) => write!(f, ": {fewer} or {more} nodes are full rows"),
                    _ => Ok(()),
                }
            }
            ShapeError::SmallTorus { rows, columns } => {
                write!(f, "a `torus` has at least 3 rows and 3 columns, found {rows} by {columns}")
            }
            ShapeError::NotPowerOfTwo { count } => {
                write!(f, "a `hypercube` has 2, 4, 8, .. nodes, a power of two, found {count}")
            }
            ShapeError::OddEnds { degree, count } => write!(
                f,
                "a `random_regular` has an even number of ends, found {count} nodes of degree {degree}: make one of the two even"
            ),
            ShapeError::OddNeighbours { neighbours } => {
                write!(f, "a `small_world` has an even number of neighbours, half on either side, found {neighbours}")
            }
            ShapeError::TooSmall { shape, parameter, least, found } => {
                write!(f, "the `{parameter}` of a `{shape}` is at least {least}, found {found}")
            }
            ShapeError::TooGreat { shape, parameter, found, count } => {
                write!(
                    f,
                    "the `{parameter}` of a `{shape}` is less than its number of nodes, found {found} with {count} nodes"
                )
            }
            ShapeError::NotAProbability { shape, found } => {
                write!(f, "the `probability` of a `{shape}` is between 0 and 1, found {found}")
            }
            ShapeError::CannotBeConnected { shape, parameter, found } => {
                write!(f, "no `{shape}` with a `{parameter}` of {found} is connected: choose a greater one")
            }
            ShapeError::NeverConnected { shape, count, draws } => write!(
                f,
                "expected a connected `{shape}` of {count} nodes, but none of {draws} draws was: ask for more links"
            ),
            ShapeError::Missing { shape, parameter } => {
                write!(f, "a `{shape}` takes `{parameter}`, found none: write `{parameter} = ..`")
            }
            ShapeError::NoSuchNode { pair: (a, b), count } => {
                write!(f, "expected pairs of {count} nodes, counted from 0, but the shape gave ({a}, {b})")
            }
            ShapeError::SelfPair { node } => {
                write!(f, "expected pairs of different nodes, but the shape gave ({node}, {node})")
            }
        }
    }
}

impl Error for ShapeError {}
