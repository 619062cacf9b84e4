use crate::components::Components;
use crate::shape_error::ShapeError;

const MOST_DRAWS: usize = 1_000;
const LEAST_DRAWS: usize = 20;
/// How many nodes and links are drawn before giving up, [`LEAST_DRAWS`] aside.
const MOST_WORK: usize = 20_000_000;

/// A random shape: the pairs of one network, and then those of another from the same seed.
pub trait Draw: Iterator<Item = (usize, usize)> + Sized {
    /// The shape's name.
    fn name(&self) -> &'static str;

    /// The number of nodes.
    fn nodes(&self) -> usize;

    /// Fails if no draw is ever connected.
    fn check_connectable(&self) -> Result<(), ShapeError>;

    /// Returns to the first pair.
    fn rewind(&mut self);

    /// Draws the next network from the same seed and goes to its first pair. All pairs of the last one must have been
    /// walked.
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
