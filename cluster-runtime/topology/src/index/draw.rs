use crate::ShapeError;
use crate::components::Components;

const MOST_DRAWS: usize = 1_000;
const LEAST_DRAWS: usize = 20;
/// How many nodes and links are drawn in all before it is given up, [`LEAST_DRAWS`] aside.
const MOST_WORK: usize = 20_000_000;

/// The most links of a shape that remembers them.
pub(super) const MOST_LINKS: usize = 1 << 30;

/// A random shape, which can be drawn again.
pub trait Draw: Iterator<Item = (usize, usize)> + Sized {
    /// The shape's name.
    fn name(&self) -> &'static str;

    /// How many nodes there are.
    fn nodes(&self) -> usize;

    /// Makes sure that it is not in vain to wait for a connected draw.
    ///
    /// # Errors
    /// When no draw is ever connected.
    fn check_connectable(&self) -> Result<(), ShapeError>;

    /// Goes back to the first pair.
    fn rewind(&mut self);

    /// Draws another network from the same seed, where the last draw left off, and goes to its first pair.
    ///
    /// All pairs of the last one must have been walked.
    fn redraw(&mut self);

    /// The first network from this seed that is connected: this one, if it is, or one that is drawn after it.
    ///
    /// ```
    /// use cluster_topology::index::{self, Draw};
    ///
    /// let network = index::gnp(20, 0.15, 7)?.connected()?;
    /// assert!(network.count() >= 19);
    /// # Ok::<(), cluster_topology::ShapeError>(())
    /// ```
    ///
    /// # Errors
    /// When it cannot be, or none of many draws was: 1,000 where the network is small, and at least 20.
    fn connected(mut self) -> Result<Self, ShapeError> {
        self.check_connectable()?;
        let count = self.nodes();
        let mut draws = 0;
        let mut work = 0;
        loop {
            self.rewind();
            let mut components = Components::new(count);
            for (a, b) in self.by_ref() {
                components.link(a, b);
                work += 1;
            }
            if components.count() <= 1 {
                self.rewind();
                return Ok(self);
            }
            draws += 1;
            work += count;
            if draws >= MOST_DRAWS || (draws >= LEAST_DRAWS && work >= MOST_WORK) {
                return Err(ShapeError::NeverConnected { shape: self.name(), count, draws });
            }
            self.redraw();
        }
    }
}

/// The pairs of a shape that has to remember them, and a walk over them.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) pairs: Vec<(u32, u32)>,
    next: usize,
}

impl Drawn {
    pub(super) fn new(pairs: Vec<(u32, u32)>) -> Drawn {
        Drawn { pairs, next: 0 }
    }

    pub(super) fn rewind(&mut self) {
        self.next = 0;
    }

    #[inline]
    pub(super) fn next(&mut self) -> Option<(usize, usize)> {
        let (a, b) = *self.pairs.get(self.next)?;
        self.next += 1;
        Some((a as usize, b as usize))
    }

    pub(super) fn len(&self) -> usize {
        self.pairs.len() - self.next
    }
}

/// Whether a probability is one.
pub(super) fn check_probability(shape: &'static str, found: f64) -> Result<(), ShapeError> {
    if (0.0..=1.0).contains(&found) { Ok(()) } else { Err(ShapeError::NotAProbability { shape, found }) }
}
