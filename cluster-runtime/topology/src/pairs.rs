use crate::index::{self, Draw};
use crate::shape_error::ShapeError;

/// Every item with every later one.
///
#[cfg_attr(doc, doc = include_str!("../pictures/clique.svg"))]
///
/// ```
/// let servers = vec!["a", "b", "c"];
/// for (a, b) in cluster_topology::clique(&servers) {
///     println!("{a} dials {b}");
/// }
/// assert_eq!(cluster_topology::clique(&servers).count(), 3);
/// ```
pub fn clique<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items_of(items, items, index::clique(items.len()))
}

/// Every item with the next one, and the last with the first. Two items are one pair, one is none.
///
#[cfg_attr(doc, doc = include_str!("../pictures/ring.svg"))]
///
/// ```
/// assert!(cluster_topology::ring(&[1, 2, 3]).eq([(&1, &2), (&2, &3), (&3, &1)]));
/// ```
pub fn ring<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items_of(items, items, index::ring(items.len()))
}

/// Every item with the next one.
///
#[cfg_attr(doc, doc = include_str!("../pictures/line.svg"))]
///
/// ```
/// assert!(cluster_topology::line(&[1, 2, 3]).eq([(&1, &2), (&2, &3)]));
/// ```
pub fn line<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items_of(items, items, index::line(items.len()))
}

/// The hub with every other item; the two may be of different types.
///
#[cfg_attr(doc, doc = include_str!("../pictures/star.svg"))]
///
/// ```
/// assert!(cluster_topology::star(&"hub", &[1, 2]).eq([(&"hub", &1), (&"hub", &2)]));
/// ```
pub fn star<'a, H, L>(hub: &'a H, others: &'a [L]) -> impl Iterator<Item = (&'a H, &'a L)> {
    items_of(std::slice::from_ref(hub), others, index::star(others.len()))
}

/// Every item of `a` with every item of `b`; the two may be of different types.
///
#[cfg_attr(doc, doc = include_str!("../pictures/connect.svg"))]
///
/// ```
/// assert!(cluster_topology::connect(&["a", "b"], &[1]).eq([(&"a", &1), (&"b", &1)]));
/// ```
pub fn connect<'a, A, B>(a: &'a [A], b: &'a [B]) -> impl Iterator<Item = (&'a A, &'a B)> {
    items_of(a, b, index::connect(a.len(), b.len()))
}

/// Every item but the first, the root, with its parent.
///
/// Each parent but the last has `arity` children, and the levels fill up from the left.
///
#[cfg_attr(doc, doc = include_str!("../pictures/tree.svg"))]
///
/// ```
/// let tree = cluster_topology::tree(&["root", "a", "b", "a.a"], 2)?;
/// assert!(tree.eq([(&"root", &"a"), (&"root", &"b"), (&"a", &"a.a")]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 2 items, and an arity of 0.
pub fn tree<T>(items: &[T], arity: usize) -> Result<impl Iterator<Item = (&T, &T)>, ShapeError> {
    Ok(items_of(items, items, index::tree(items.len(), arity)?))
}

/// Items in rows of `columns`, each with the next one in its row and in its column: first the rows, then the columns.
///
#[cfg_attr(doc, doc = include_str!("../pictures/grid.svg"))]
///
/// ```
/// assert!(cluster_topology::grid(&[1, 2, 3, 4], 2)?.eq([(&1, &2), (&3, &4), (&1, &3), (&2, &4)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 2 items, no columns, and a number of items that leaves the last row partial.
pub fn grid<T>(items: &[T], columns: usize) -> Result<impl Iterator<Item = (&T, &T)>, ShapeError> {
    Ok(items_of(items, items, index::grid(items.len(), columns)?))
}

/// Items in rows of `columns`, each row and each column a ring, so that every item has four neighbours.
///
#[cfg_attr(doc, doc = include_str!("../pictures/torus.svg"))]
///
/// ```
/// let servers: Vec<u8> = (0..12).collect();
/// assert_eq!(cluster_topology::torus(&servers, 4)?.count(), 24);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 3 rows or 3 columns, and a number of items that leaves the last row partial.
pub fn torus<T>(items: &[T], columns: usize) -> Result<impl Iterator<Item = (&T, &T)>, ShapeError> {
    Ok(items_of(items, items, index::torus(items.len(), columns)?))
}

/// Every item with every one whose index differs from its own in one binary digit: one dimension after the other.
///
#[cfg_attr(doc, doc = include_str!("../pictures/hypercube.svg"))]
///
/// ```
/// assert!(cluster_topology::hypercube(&[1, 2, 3, 4])?.eq([(&1, &2), (&3, &4), (&1, &3), (&2, &4)]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For a number of items other than 2, 4, 8 and so on.
pub fn hypercube<T>(items: &[T]) -> Result<impl Iterator<Item = (&T, &T)>, ShapeError> {
    Ok(items_of(items, items, index::hypercube(items.len())?))
}

/// The first item, the hub, with every other one, then the ring of those others.
///
#[cfg_attr(doc, doc = include_str!("../pictures/wheel.svg"))]
///
/// ```
/// let wheel = cluster_topology::wheel(&["hub", "a", "b", "c"])?;
/// assert!(wheel.skip(3).eq([(&"a", &"b"), (&"b", &"c"), (&"c", &"a")]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 4 items.
pub fn wheel<T>(items: &[T]) -> Result<impl Iterator<Item = (&T, &T)>, ShapeError> {
    Ok(items_of(items, items, index::wheel(items.len())?))
}

/// A random network in which every item has `degree` neighbours.
///
/// Drawn as Steger and Wormald do ("Generating random regular graphs quickly", 1999): for a small degree every regular
/// network is nearly equally likely.
///
#[cfg_attr(doc, doc = include_str!("../pictures/random_regular.svg"))]
///
/// ```
/// let servers: Vec<u8> = (0..10).collect();
/// assert_eq!(cluster_topology::random_regular(&servers, 3, 7)?.connected()?.count(), 15);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For a degree of 0, one that is not less than the number of items, and an odd degree with an odd number of items.
pub fn random_regular<T>(items: &[T], degree: usize, seed: u64) -> Result<RandomPairs<'_, T, impl Draw>, ShapeError> {
    Ok(RandomPairs { items, indices: index::random_regular(items.len(), degree, seed)? })
}

/// Every item with every later one with the same probability, independently of the others.
///
/// The random graph G(n, p) of Gilbert (1959), often named after Erdős and Rényi. It takes time in proportion to items
/// and pairs, and next to no memory.
///
#[cfg_attr(doc, doc = include_str!("../pictures/gnp.svg"))]
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
/// For fewer than 2 items, and a probability that is not between 0 and 1.
pub fn gnp<T>(items: &[T], probability: f64, seed: u64) -> Result<RandomPairs<'_, T, impl Draw>, ShapeError> {
    Ok(RandomPairs { items, indices: index::gnp(items.len(), probability, seed)? })
}

/// A ring in which every item is linked with its next `neighbours`, half on either side, and the far end of each link
/// is moved with this probability.
///
/// Watts and Strogatz, "Collective dynamics of 'small-world' networks" (1998): a probability of 0 gives the ordered
/// ring, a small one a few shortcuts that bring all items close to each other, and 1 disorder.
///
#[cfg_attr(doc, doc = include_str!("../pictures/small_world.svg"))]
///
/// ```
/// let servers: Vec<u8> = (0..50).collect();
/// assert_eq!(cluster_topology::small_world(&servers, 4, 0.1, 7)?.count(), 100);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For fewer than 3 items, neighbours that are 0, odd or not less than the number of items, and a probability that is
/// not between 0 and 1.
pub fn small_world<T>(
    items: &[T],
    neighbours: usize,
    probability: f64,
    seed: u64,
) -> Result<RandomPairs<'_, T, impl Draw>, ShapeError> {
    Ok(RandomPairs { items, indices: index::small_world(items.len(), neighbours, probability, seed)? })
}

/// Every item with `links` earlier ones, those with many links the most likely, so that a few become hubs.
///
/// The preferential attachment of Barabási and Albert, "Emergence of scaling in random networks" (1999). It begins
/// with a star of the first `links + 1` items, so it is always connected.
///
#[cfg_attr(doc, doc = include_str!("../pictures/scale_free.svg"))]
///
/// ```
/// let servers: Vec<u8> = (0..50).collect();
/// assert_eq!(cluster_topology::scale_free(&servers, 2, 7)?.count(), 96);
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For links that are 0 or not less than the number of items.
pub fn scale_free<T>(items: &[T], links: usize, seed: u64) -> Result<RandomPairs<'_, T, impl Draw>, ShapeError> {
    Ok(RandomPairs { items, indices: index::scale_free(items.len(), links, seed)? })
}

/// A shape of one's own: a function from the number of items to pairs of their indices.
///
#[cfg_attr(doc, doc = include_str!("../pictures/shape.svg"))]
///
/// ```
/// let every_other = |count: usize| (2..count).map(|second| (second - 2, second));
/// assert!(cluster_topology::shape(&["a", "b", "c", "d"], every_other)?.eq([(&"a", &"c"), (&"b", &"d")]));
/// # Ok::<(), cluster_topology::ShapeError>(())
/// ```
///
/// # Errors
/// For a pair with an index that is not less than the number of items, or with the same index twice.
pub fn shape<T, P>(items: &[T], pairs: impl FnOnce(usize) -> P) -> Result<impl Iterator<Item = (&T, &T)>, ShapeError>
where
    P: IntoIterator<Item = (usize, usize)>,
{
    Ok(items_of(items, items, index::shape(items.len(), pairs)?))
}

fn items_of<'a, A, B>(
    a: &'a [A],
    b: &'a [B],
    indices: impl Iterator<Item = (usize, usize)>,
) -> impl Iterator<Item = (&'a A, &'a B)> {
    indices.map(move |(first, second)| (&a[first], &b[second]))
}

/// The pairs of a random shape, which can be drawn again until they are [`connected`](RandomPairs::connected).
pub struct RandomPairs<'a, T, D> {
    items: &'a [T],
    indices: D,
}

impl<T, D: Draw> RandomPairs<'_, T, D> {
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
    /// When no draw can be connected, or none of many was: 1,000 where the network is small, and at least 20.
    pub fn connected(self) -> Result<Self, ShapeError> {
        Ok(RandomPairs { indices: self.indices.connected()?, ..self })
    }
}

impl<'a, T, D: Draw> Iterator for RandomPairs<'a, T, D> {
    type Item = (&'a T, &'a T);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let (a, b) = self.indices.next()?;
        Some((&self.items[a], &self.items[b]))
    }
}
