use std::fmt;

use crate::index::{self, Draw};
use crate::shape_error::ShapeError;

/// The standard topologies: families of networks, one for each number of nodes and each choice of parameters.
///
/// This is the size rule and the pairs of a topology that is a value. Where it is known as the program is written, the
/// functions in the crate's root are more direct.
///
/// ```
/// use cluster_topology::Family;
///
/// let torus = Family::Torus { columns: 5 };
/// assert!(torus.check(20).is_ok());
/// assert_eq!(torus.pairs(20)?.count(), 40);
///
/// let error = torus.check(10).expect_err("there are two rows");
/// assert_eq!(error.to_string(), "a `torus` has at least 3 rows and 3 columns, found 2 by 5");
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Family {
    /// Every node but the first with its parent: [`tree`](crate::tree()).
    Tree {
        /// How many children a parent has.
        arity: usize,
    },
    /// Rows and columns: [`grid`](crate::grid()).
    Grid {
        /// How many nodes a row has.
        columns: usize,
    },
    /// Rows and columns that close: [`torus`](crate::torus()).
    Torus {
        /// How many nodes a row has.
        columns: usize,
    },
    /// Every node with those that differ in one binary digit: [`hypercube`](crate::hypercube()).
    Hypercube,
    /// A hub and a ring: [`wheel`](crate::wheel()).
    Wheel,
    /// The same degree for all: [`random_regular`](crate::random_regular()).
    RandomRegular {
        /// How many links each node has.
        degree: usize,
        /// What the links follow from.
        seed: Option<u64>,
        /// Whether it is drawn until it is connected.
        connected: bool,
    },
    /// The same probability for all pairs: [`gnp`](crate::gnp()).
    Gnp {
        /// That of each link.
        probability: f64,
        /// What the links follow from.
        seed: Option<u64>,
        /// Whether it is drawn until it is connected.
        connected: bool,
    },
    /// A ring with shortcuts: [`small_world`](crate::small_world()).
    SmallWorld {
        /// How many neighbours a node has in the ring.
        neighbours: usize,
        /// That of a link to become a shortcut.
        probability: f64,
        /// What the links follow from.
        seed: Option<u64>,
        /// Whether it is drawn until it is connected.
        connected: bool,
    },
    /// A few hubs, many others: [`scale_free`](crate::scale_free()).
    ScaleFree {
        /// How many earlier nodes a node is linked with.
        links: usize,
        /// What the links follow from.
        seed: Option<u64>,
        /// Whether it is drawn until it is connected.
        connected: bool,
    },
}

/// The pairs of a [`Family`].
pub type FamilyPairs = Box<dyn Iterator<Item = (usize, usize)> + Send>;

impl Family {
    /// Its name in the language.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Tree { .. } => "tree",
            Family::Grid { .. } => "grid",
            Family::Torus { .. } => "torus",
            Family::Hypercube => "hypercube",
            Family::Wheel => "wheel",
            Family::RandomRegular { .. } => "random_regular",
            Family::Gnp { .. } => "gnp",
            Family::SmallWorld { .. } => "small_world",
            Family::ScaleFree { .. } => "scale_free",
        }
    }

    /// The seed of a random family, to read or to fill in.
    pub const fn seed_mut(&mut self) -> Option<&mut Option<u64>> {
        match self {
            Family::RandomRegular { seed, .. }
            | Family::Gnp { seed, .. }
            | Family::SmallWorld { seed, .. }
            | Family::ScaleFree { seed, .. } => Some(seed),
            Family::Tree { .. } | Family::Grid { .. } | Family::Torus { .. } | Family::Hypercube | Family::Wheel => {
                None
            }
        }
    }

    /// Checks the size rule: whether `count` nodes can be linked with these parameters. Draws nothing, so it needs no
    /// seed.
    ///
    /// # Errors
    /// What is required instead.
    pub fn check(self, count: usize) -> Result<(), ShapeError> {
        match self {
            Family::Tree { arity } => index::tree::check(count, arity),
            Family::Grid { columns } => index::grid::check(count, columns),
            Family::Torus { columns } => index::torus::check(count, columns),
            Family::Hypercube => index::hypercube::check(count),
            Family::Wheel => index::wheel::check(count),
            Family::RandomRegular { degree, connected, .. } => {
                index::random_regular::check(count, degree)?;
                if connected { index::random_regular::check_connectable(count, degree) } else { Ok(()) }
            }
            Family::Gnp { probability, connected, .. } => {
                index::gnp::check(count, probability)?;
                if connected { index::gnp::check_connectable(probability) } else { Ok(()) }
            }
            Family::SmallWorld { neighbours, probability, .. } => {
                index::small_world::check(count, neighbours, probability)
            }
            Family::ScaleFree { links, .. } => index::scale_free::check(count, links),
        }
    }

    /// The pairs of `count` nodes with these parameters. A random family needs a seed.
    ///
    /// # Errors
    /// As [`check`](Family::check), and when a seed is missing, or no draw was connected that had to be.
    pub fn pairs(mut self, count: usize) -> Result<FamilyPairs, ShapeError> {
        let missing = ShapeError::Missing { shape: self.name(), parameter: "seed" };
        let seed = match self.seed_mut() {
            Some(seed) => seed.ok_or(missing)?,
            None => 0,
        };
        match self {
            Family::Tree { arity } => Ok(Box::new(index::tree(count, arity)?)),
            Family::Grid { columns } => Ok(Box::new(index::grid(count, columns)?)),
            Family::Torus { columns } => Ok(Box::new(index::torus(count, columns)?)),
            Family::Hypercube => Ok(Box::new(index::hypercube(count)?)),
            Family::Wheel => Ok(Box::new(index::wheel(count)?)),
            Family::RandomRegular { degree, connected, .. } => {
                drawn(index::random_regular(count, degree, seed)?, connected)
            }
            Family::Gnp { probability, connected, .. } => drawn(index::gnp(count, probability, seed)?, connected),
            Family::SmallWorld { neighbours, probability, connected, .. } => {
                drawn(index::small_world(count, neighbours, probability, seed)?, connected)
            }
            Family::ScaleFree { links, connected, .. } => drawn(index::scale_free(count, links, seed)?, connected),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

fn drawn(draw: impl Draw + Send + 'static, connected: bool) -> Result<FamilyPairs, ShapeError> {
    match connected {
        true => Ok(Box::new(draw.connected()?)),
        false => Ok(Box::new(draw)),
    }
}
