use super::draw::Draw;
use crate::rng::Rng;
use crate::shape_error::ShapeError;

/// The most links of a shape that keeps them in memory.
pub(super) const MOST_LINKS: usize = 1 << 30;

/// A random shape that keeps its links in memory, as later links depend on earlier ones.
pub(super) struct Drawn<F> {
    name: &'static str,
    count: usize,
    connectable: Result<(), ShapeError>,
    rng: Rng,
    draw: F,
    links: Vec<(u32, u32)>,
    next: usize,
}

impl<F: Fn(&mut Rng) -> Vec<(u32, u32)>> Drawn<F> {
    pub(super) fn new(
        name: &'static str,
        count: usize,
        connectable: Result<(), ShapeError>,
        seed: u64,
        draw: F,
    ) -> Drawn<F> {
        let mut rng = Rng::new(seed);
        let links = draw(&mut rng);
        Drawn { name, count, connectable, rng, draw, links, next: 0 }
    }
}

impl<F> Iterator for Drawn<F> {
    type Item = (usize, usize);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (a, b) = *self.links.get(self.next)?;
        self.next += 1;
        Some((a as usize, b as usize))
    }
}

impl<F: Fn(&mut Rng) -> Vec<(u32, u32)>> Draw for Drawn<F> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn nodes(&self) -> usize {
        self.count
    }

    fn check_connectable(&self) -> Result<(), ShapeError> {
        self.connectable.clone()
    }

    fn rewind(&mut self) {
        self.next = 0;
    }

    fn redraw(&mut self) {
        self.links = (self.draw)(&mut self.rng);
        self.rewind();
    }
}
