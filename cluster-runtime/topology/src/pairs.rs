use std::fmt;
use std::iter::FusedIterator;
use std::slice;

use crate::{ShapeError, index};

/// The pairs of a shape over the items of one or two slices: an index shape, looked up.
///
/// Made by the function of each shape, such as [`clique`]. As lazy, and of a length as exact, as the shape's iterator
/// in [`index`]. It borrows the slices, so it is `Send` where they are, and may be held across an `.await`.
pub struct Pairs<'a, A, B, I> {
    first: &'a [A],
    second: &'a [B],
    indices: I,
}

/// Every item with every later one.
///
/// ```
/// let servers = vec!["a", "b", "c"];
/// for (a, b) in cluster_topology::clique(&servers) {
///     println!("{a} dials {b}");
/// }
/// assert_eq!(cluster_topology::clique(&servers).len(), 3);
/// ```
pub fn clique<T>(items: &[T]) -> Pairs<'_, T, T, index::Clique> {
    within(items, index::clique(items.len()))
}

/// Every item with the next one, and the last with the first. Two items are one pair, one is none.
///
/// ```
/// assert!(cluster_topology::ring(&[1, 2, 3]).eq([(&1, &2), (&2, &3), (&3, &1)]));
/// ```
pub fn ring<T>(items: &[T]) -> Pairs<'_, T, T, index::Ring> {
    within(items, index::ring(items.len()))
}

/// Every item with the next one.
///
/// ```
/// assert!(cluster_topology::line(&[1, 2, 3]).eq([(&1, &2), (&2, &3)]));
/// ```
pub fn line<T>(items: &[T]) -> Pairs<'_, T, T, index::Line> {
    within(items, index::line(items.len()))
}

/// The hub with every other item; the two may be of different types.
///
/// ```
/// assert!(cluster_topology::star(&"hub", &[1, 2]).eq([(&"hub", &1), (&"hub", &2)]));
/// ```
pub fn star<'a, H, L>(hub: &'a H, others: &'a [L]) -> Pairs<'a, H, L, index::Star> {
    Pairs { first: slice::from_ref(hub), second: others, indices: index::star(others.len()) }
}

/// Every item of `a` with every item of `b`; the two may be of different types.
///
/// ```
/// assert!(cluster_topology::connect(&["a", "b"], &[1]).eq([(&"a", &1), (&"b", &1)]));
/// ```
pub fn connect<'a, A, B>(a: &'a [A], b: &'a [B]) -> Pairs<'a, A, B, index::Connect> {
    Pairs { first: a, second: b, indices: index::connect(a.len(), b.len()) }
}

/// Every item but the first, the root, with its parent, so that each has up to `arity` children.
///
/// ```
/// let tree = cluster_topology::tree(&["root", "a", "b", "a.a"], 2)?;
/// assert!(tree.eq([(&"root", &"a"), (&"root", &"b"), (&"a", &"a.a")]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::tree`].
pub fn tree<T>(items: &[T], arity: usize) -> Result<Pairs<'_, T, T, index::Tree>, ShapeError> {
    Ok(within(items, index::tree(items.len(), arity)?))
}

/// Items in rows of `columns`, each with the next one in its row and in its column.
///
/// ```
/// assert!(cluster_topology::grid(&[1, 2, 3, 4], 2)?.eq([(&1, &2), (&3, &4), (&1, &3), (&2, &4)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::grid`].
pub fn grid<T>(items: &[T], columns: usize) -> Result<Pairs<'_, T, T, index::Grid>, ShapeError> {
    Ok(within(items, index::grid(items.len(), columns)?))
}

/// Items in rows of `columns`, each row and each column a ring.
///
/// ```
/// let servers: Vec<u8> = (0..12).collect();
/// assert_eq!(cluster_topology::torus(&servers, 4)?.len(), 24);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::torus`].
pub fn torus<T>(items: &[T], columns: usize) -> Result<Pairs<'_, T, T, index::Torus>, ShapeError> {
    Ok(within(items, index::torus(items.len(), columns)?))
}

/// Every item with every one whose place differs from its own in one binary digit.
///
/// ```
/// assert!(cluster_topology::hypercube(&[1, 2, 3, 4])?.eq([(&1, &2), (&3, &4), (&1, &3), (&2, &4)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::hypercube`].
pub fn hypercube<T>(items: &[T]) -> Result<Pairs<'_, T, T, index::Hypercube>, ShapeError> {
    Ok(within(items, index::hypercube(items.len())?))
}

/// The first item, the hub, with every other one, then the ring of those others.
///
/// ```
/// let wheel = cluster_topology::wheel(&["hub", "a", "b", "c"])?;
/// assert!(wheel.skip(3).eq([(&"a", &"b"), (&"b", &"c"), (&"c", &"a")]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::wheel`].
pub fn wheel<T>(items: &[T]) -> Result<Pairs<'_, T, T, index::Wheel>, ShapeError> {
    Ok(within(items, index::wheel(items.len())?))
}

/// A random network in which every item has `degree` neighbours.
///
/// ```
/// let servers: Vec<u8> = (0..10).collect();
/// assert_eq!(cluster_topology::random_regular(&servers, 3, 7)?.connected()?.len(), 15);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::random_regular`].
pub fn random_regular<T>(
    items: &[T],
    degree: usize,
    seed: u64,
) -> Result<Pairs<'_, T, T, index::RandomRegular>, ShapeError> {
    Ok(within(items, index::random_regular(items.len(), degree, seed)?))
}

/// Every item with every later one with the same probability: the random graph of Gilbert, Erdős and Rényi.
///
/// ```
/// let servers: Vec<u8> = (0..50).collect();
/// for (a, b) in cluster_topology::gnp(&servers, 0.1, 7)?.connected()? {
///     println!("{a} dials {b}");
/// }
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::gnp`].
pub fn gnp<T>(items: &[T], probability: f64, seed: u64) -> Result<Pairs<'_, T, T, index::Gnp>, ShapeError> {
    Ok(within(items, index::gnp(items.len(), probability, seed)?))
}

/// A ring in which every item is linked with its next `neighbours`, half on either side, and the far end of each link
/// is moved with this probability: the small world of Watts and Strogatz.
///
/// ```
/// let servers: Vec<u8> = (0..50).collect();
/// assert_eq!(cluster_topology::small_world(&servers, 4, 0.1, 7)?.len(), 100);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::small_world`].
pub fn small_world<T>(
    items: &[T],
    neighbours: usize,
    probability: f64,
    seed: u64,
) -> Result<Pairs<'_, T, T, index::SmallWorld>, ShapeError> {
    Ok(within(items, index::small_world(items.len(), neighbours, probability, seed)?))
}

/// Every item with `links` earlier ones, those with many links the most likely: the network of Barabási and Albert.
///
/// ```
/// let servers: Vec<u8> = (0..50).collect();
/// assert_eq!(cluster_topology::scale_free(&servers, 2, 7)?.len(), 96);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::scale_free`].
pub fn scale_free<T>(items: &[T], links: usize, seed: u64) -> Result<Pairs<'_, T, T, index::ScaleFree>, ShapeError> {
    Ok(within(items, index::scale_free(items.len(), links, seed)?))
}

/// A shape of one's own: a function from the number of items to pairs of their places, counted from 0.
///
/// ```
/// let every_other = |count: usize| (2..count).map(|second| (second - 2, second));
/// assert!(cluster_topology::shape(&["a", "b", "c", "d"], every_other)?.eq([(&"a", &"c"), (&"b", &"d")]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// As [`index::shape`].
pub fn shape<T, P>(items: &[T], pairs: impl FnOnce(usize) -> P) -> Result<Pairs<'_, T, T, index::Own>, ShapeError>
where
    P: IntoIterator<Item = (usize, usize)>,
{
    Ok(within(items, index::shape(items.len(), pairs)?))
}

fn within<T, I>(items: &[T], indices: I) -> Pairs<'_, T, T, I> {
    Pairs { first: items, second: items, indices }
}

impl<T, I: index::Draw> Pairs<'_, T, T, I> {
    /// The first network from the seed that is connected: this one, if it is, or one that is drawn after it.
    ///
    /// ```
    /// let servers: Vec<u8> = (0..20).collect();
    /// assert!(cluster_topology::gnp(&servers, 0.15, 7)?.connected()?.count() >= 19);
    /// assert!(cluster_topology::gnp(&servers, 0.0, 7)?.connected().is_err());
    /// # Ok::<(), cluster_topology::ShapeError>(())
    /// ```
    ///
    /// # Errors
    /// As [`Draw::connected`](index::Draw::connected).
    pub fn connected(self) -> Result<Self, ShapeError> {
        Ok(Pairs { indices: self.indices.connected()?, ..self })
    }
}

impl<'a, A, B, I: Iterator<Item = (usize, usize)>> Iterator for Pairs<'a, A, B, I> {
    type Item = (&'a A, &'a B);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (a, b) = self.indices.next()?;
        Some((&self.first[a], &self.second[b]))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        self.indices.size_hint()
    }

    #[inline]
    fn fold<R, F>(self, init: R, mut f: F) -> R
    where
        F: FnMut(R, Self::Item) -> R,
    {
        self.indices.fold(init, |result, (a, b)| f(result, (&self.first[a], &self.second[b])))
    }
}

impl<A, B, I: ExactSizeIterator<Item = (usize, usize)>> ExactSizeIterator for Pairs<'_, A, B, I> {}
impl<A, B, I: FusedIterator<Item = (usize, usize)>> FusedIterator for Pairs<'_, A, B, I> {}

impl<A, B, I: Clone> Clone for Pairs<'_, A, B, I> {
    fn clone(&self) -> Self {
        Pairs { first: self.first, second: self.second, indices: self.indices.clone() }
    }
}

impl<A, B, I: fmt::Debug> fmt::Debug for Pairs<'_, A, B, I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Pairs").field(&self.indices).finish()
    }
}
