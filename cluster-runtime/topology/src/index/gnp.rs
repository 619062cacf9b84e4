use super::draw::Draw;
use super::geometric::Geometric;
use super::probability;
use crate::rng::Rng;
use crate::shape_error::ShapeError;

const NAME: &str = "gnp";
const MOST_NODES: usize = u32::MAX as usize;

/// Every index below `count` with every greater one with the same probability, ordered by the greater one.
///
/// Lazy: it draws how many pairs to leave out before the next one (Batagelj and Brandes, "Efficient generation of
/// large random networks", 2005), so it takes time in proportion to nodes and links, and next to no memory.
///
/// ```
/// # use cluster_topology::index;
/// assert!(index::gnp(4, 1.0, 7)?.eq([(0, 1), (0, 2), (1, 2), (0, 3), (1, 3), (2, 3)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
pub fn gnp(count: usize, probability: f64, seed: u64) -> Result<impl Draw, ShapeError> {
    check(count, probability)?;
    let rng = Rng::new(seed);
    Ok(Gnp { count, probability, gaps: Geometric::new(probability), start: rng.clone(), rng, first: 0, second: 1 })
}

pub(crate) fn check(count: usize, probability: f64) -> Result<(), ShapeError> {
    probability::check(NAME, probability)?;
    if count < 2 {
        return Err(ShapeError::TooFewNodes { shape: NAME, least: 2, count });
    }
    if count > MOST_NODES {
        return Err(ShapeError::TooManyNodes { shape: NAME, most: MOST_NODES, count });
    }
    Ok(())
}

pub(crate) fn check_connectable(probability: f64) -> Result<(), ShapeError> {
    if probability == 0.0 {
        return Err(ShapeError::CannotBeConnected { shape: NAME, parameter: "probability", found: probability });
    }
    Ok(())
}

struct Gnp {
    count: usize,
    probability: f64,
    gaps: Geometric,
    /// As it was before the first pair.
    start: Rng,
    rng: Rng,
    /// The next pair that may be left out.
    first: usize,
    second: usize,
}

impl Iterator for Gnp {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        if self.second >= self.count {
            return None;
        }
        let mut first = self.gaps.draw(&mut self.rng).saturating_add(self.first as u64);
        while first >= self.second as u64 {
            first -= self.second as u64;
            self.second += 1;
            if self.second == self.count {
                return None;
            }
        }
        let first = first as usize;
        self.first = first + 1;
        Some((first, self.second))
    }
}

impl Draw for Gnp {
    fn name(&self) -> &'static str {
        NAME
    }

    fn nodes(&self) -> usize {
        self.count
    }

    fn check_connectable(&self) -> Result<(), ShapeError> {
        check_connectable(self.probability)
    }

    fn rewind(&mut self) {
        self.rng = self.start.clone();
        (self.first, self.second) = (0, 1);
    }

    fn redraw(&mut self) {
        self.start = self.rng.clone();
        (self.first, self.second) = (0, 1);
    }
}
