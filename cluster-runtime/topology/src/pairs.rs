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

fn within<T, I>(items: &[T], indices: I) -> Pairs<'_, T, T, I> {
    Pairs { first: items, second: items, indices }
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
