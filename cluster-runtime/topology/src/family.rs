use std::fmt;

use crate::index::{self, Draw};
use crate::parameter::{Parameter, ParameterKind, Value};
use crate::shape_error::ShapeError;

/// The standard topologies: families of networks, one for each number of nodes and each choice of parameters.
///
/// A [`Shape`](crate::Shape) takes sets of nodes alone; a family takes one set, and parameters. This is what the
/// language says of each, and its size rule and pairs for values that are known only when the program runs. Where
/// they are known, the functions in the crate's root are more direct.
///
/// ```
/// use cluster_topology::{Family, Value};
///
/// assert_eq!(Family::named("torus"), Some(Family::Torus));
/// assert_eq!(Family::Gnp.declaration_form(), "gnp(probability)");
///
/// let columns = [("columns", Value::Integer(5))];
/// assert!(Family::Torus.check(20, &columns).is_ok());
/// assert_eq!(Family::Torus.pairs(20, &columns)?.count(), 40);
///
/// let error = Family::Torus.check(10, &columns).expect_err("there are two rows");
/// assert_eq!(error.to_string(), "a `torus` has at least 3 rows and 3 columns, found 2 by 5");
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Family {
    /// Every node but the first with its parent: [`tree`](crate::tree()).
    Tree,
    /// Rows and columns: [`grid`](crate::grid()).
    Grid,
    /// Rows and columns that close: [`torus`](crate::torus()).
    Torus,
    /// Every node with those that differ in one binary digit: [`hypercube`](crate::hypercube()).
    Hypercube,
    /// A hub and a ring: [`wheel`](crate::wheel()).
    Wheel,
    /// The same degree for all: [`random_regular`](crate::random_regular()).
    RandomRegular,
    /// The same probability for all pairs: [`gnp`](crate::gnp()).
    Gnp,
    /// A ring with shortcuts: [`small_world`](crate::small_world()).
    SmallWorld,
    /// A few hubs, many others: [`scale_free`](crate::scale_free()).
    ScaleFree,
}

/// The words of the language for a family.
struct Words {
    name: &'static str,
    declaration: &'static str,
    statement: &'static str,
    parameters: &'static [Parameter],
}

/// The pairs of a [`Family`].
pub type FamilyPairs = Box<dyn Iterator<Item = (usize, usize)> + Send>;

/// What is given for parameters, by their names, in any order.
type Arguments<'a> = &'a [(&'a str, Value)];

const ARITY: Parameter = Parameter { name: "arity", kind: ParameterKind::Integer };
const COLUMNS: Parameter = Parameter { name: "columns", kind: ParameterKind::Integer };
const DEGREE: Parameter = Parameter { name: "degree", kind: ParameterKind::Integer };
const NEIGHBOURS: Parameter = Parameter { name: "neighbours", kind: ParameterKind::Integer };
const LINKS: Parameter = Parameter { name: "links", kind: ParameterKind::Integer };
const SEED: Parameter = Parameter { name: "seed", kind: ParameterKind::Seed };
const CONNECTED: Parameter = Parameter { name: "connected", kind: ParameterKind::Flag };
const PROBABILITY: Parameter = Parameter { name: "probability", kind: ParameterKind::Probability };

impl Family {
    /// All families, in the order in which messages list them.
    pub const ALL: [Family; 9] = [
        Family::Tree,
        Family::Grid,
        Family::Torus,
        Family::Hypercube,
        Family::Wheel,
        Family::RandomRegular,
        Family::Gnp,
        Family::SmallWorld,
        Family::ScaleFree,
    ];

    const fn words(self) -> Words {
        let (name, declaration, statement, parameters): (_, _, _, &[Parameter]) = match self {
            Family::Tree => ("tree", "tree(arity)", "tree(k, arity = 2)", &[ARITY]),
            Family::Grid => ("grid", "grid(columns)", "grid(k, columns = 3)", &[COLUMNS]),
            Family::Torus => ("torus", "torus(columns)", "torus(k, columns = 3)", &[COLUMNS]),
            Family::Hypercube => ("hypercube", "hypercube", "hypercube(k)", &[]),
            Family::Wheel => ("wheel", "wheel", "wheel(k)", &[]),
            Family::RandomRegular => (
                "random_regular",
                "random_regular(degree)",
                "random_regular(k, degree = 3)",
                &[DEGREE, SEED, CONNECTED],
            ),
            Family::Gnp => ("gnp", "gnp(probability)", "gnp(k, probability = 0.1)", &[PROBABILITY, SEED, CONNECTED]),
            Family::SmallWorld => (
                "small_world",
                "small_world(neighbours, probability)",
                "small_world(k, neighbours = 4, probability = 0.1)",
                &[NEIGHBOURS, PROBABILITY, SEED, CONNECTED],
            ),
            Family::ScaleFree => {
                ("scale_free", "scale_free(links)", "scale_free(k, links = 2)", &[LINKS, SEED, CONNECTED])
            }
        };
        Words { name, declaration, statement, parameters }
    }

    /// The family's name in the language.
    pub const fn name(self) -> &'static str {
        self.words().name
    }

    /// The family of this name, if there is one.
    pub fn named(name: &str) -> Option<Family> {
        Family::ALL.into_iter().find(|family| family.name() == name)
    }

    /// The parameters, those that must be given first, in the order in which they are given.
    pub const fn parameters(self) -> &'static [Parameter] {
        self.words().parameters
    }

    /// Whether the links follow from a seed.
    pub fn is_random(self) -> bool {
        self.parameters().contains(&SEED)
    }

    /// How the family is written in a declaration, after the `:`, without optional parameters.
    pub const fn declaration_form(self) -> &'static str {
        self.words().declaration
    }

    /// How the family is written as a statement of its own, after its set of nodes, without optional parameters.
    pub const fn statement_form(self) -> &'static str {
        self.words().statement
    }

    /// Checks the size rule: whether `count` nodes can be linked with these parameters. Draws nothing, so it needs no
    /// seed.
    ///
    /// # Errors
    /// What is required instead.
    pub fn check(self, count: usize, arguments: &[(&str, Value)]) -> Result<(), ShapeError> {
        self.check_names(arguments)?;
        let integer = |parameter| self.integer(arguments, parameter);
        let connected = given(arguments, CONNECTED).is_some();
        match self {
            Family::Tree => index::tree::check(count, integer(ARITY)?),
            Family::Grid => index::grid::check(count, integer(COLUMNS)?),
            Family::Torus => index::torus::check(count, integer(COLUMNS)?),
            Family::Hypercube => index::hypercube::check(count),
            Family::Wheel => index::wheel::check(count),
            Family::RandomRegular => {
                let degree = integer(DEGREE)?;
                index::random_regular::check(count, degree)?;
                if connected { index::random_regular::check_connectable(count, degree) } else { Ok(()) }
            }
            Family::Gnp => {
                let probability = self.probability(arguments)?;
                index::gnp::check(count, probability)?;
                if connected { index::gnp::check_connectable(probability) } else { Ok(()) }
            }
            Family::SmallWorld => index::small_world::check(count, integer(NEIGHBOURS)?, self.probability(arguments)?),
            Family::ScaleFree => index::scale_free::check(count, integer(LINKS)?),
        }
    }

    /// The pairs of `count` nodes with these parameters. A random family needs a seed.
    ///
    /// # Errors
    /// As [`check`](Family::check), and when a parameter is missing, or no draw was connected although it had to be.
    pub fn pairs(self, count: usize, arguments: &[(&str, Value)]) -> Result<FamilyPairs, ShapeError> {
        self.check_names(arguments)?;
        let integer = |parameter| self.integer(arguments, parameter);
        let seed = || self.seed(arguments);
        match self {
            Family::Tree => Ok(Box::new(index::tree(count, integer(ARITY)?)?)),
            Family::Grid => Ok(Box::new(index::grid(count, integer(COLUMNS)?)?)),
            Family::Torus => Ok(Box::new(index::torus(count, integer(COLUMNS)?)?)),
            Family::Hypercube => Ok(Box::new(index::hypercube(count)?)),
            Family::Wheel => Ok(Box::new(index::wheel(count)?)),
            Family::RandomRegular => drawn(index::random_regular(count, integer(DEGREE)?, seed()?)?, arguments),
            Family::Gnp => drawn(index::gnp(count, self.probability(arguments)?, seed()?)?, arguments),
            Family::SmallWorld => {
                let (neighbours, probability) = (integer(NEIGHBOURS)?, self.probability(arguments)?);
                drawn(index::small_world(count, neighbours, probability, seed()?)?, arguments)
            }
            Family::ScaleFree => drawn(index::scale_free(count, integer(LINKS)?, seed()?)?, arguments),
        }
    }

    /// Only what the family takes is given, and of the kind that it takes.
    fn check_names(self, arguments: Arguments) -> Result<(), ShapeError> {
        let takes = |name, kind| self.parameters().iter().any(|taken| taken.name == name && taken.kind == kind);
        match arguments.iter().find(|(name, value)| !takes(*name, value.kind())) {
            Some((name, _)) => Err(ShapeError::Unexpected {
                shape: self.name(),
                form: self.declaration_form(),
                found: (*name).to_owned(),
            }),
            None => Ok(()),
        }
    }

    fn integer(self, arguments: Arguments, parameter: Parameter) -> Result<usize, ShapeError> {
        match given(arguments, parameter) {
            Some(Value::Integer(integer)) => Ok(integer),
            _ => Err(self.missing(parameter)),
        }
    }

    fn probability(self, arguments: Arguments) -> Result<f64, ShapeError> {
        match given(arguments, PROBABILITY) {
            Some(Value::Probability(probability)) => Ok(probability),
            _ => Err(self.missing(PROBABILITY)),
        }
    }

    fn seed(self, arguments: Arguments) -> Result<u64, ShapeError> {
        match given(arguments, SEED) {
            Some(Value::Seed(seed)) => Ok(seed),
            _ => Err(self.missing(SEED)),
        }
    }

    fn missing(self, parameter: Parameter) -> ShapeError {
        ShapeError::Missing { shape: self.name(), parameter: parameter.name }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn given(arguments: Arguments, parameter: Parameter) -> Option<Value> {
    arguments.iter().find(|(name, _)| *name == parameter.name).map(|(_, value)| *value)
}

fn drawn(draw: impl Draw + Send + 'static, arguments: Arguments) -> Result<FamilyPairs, ShapeError> {
    match given(arguments, CONNECTED) {
        Some(_) => Ok(Box::new(draw.connected()?)),
        None => Ok(Box::new(draw)),
    }
}
