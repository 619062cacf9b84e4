//! What the expansion of `cluster!` calls in addition to the public functions. Not for other use.

use std::fmt::Display;
use std::ops::{Bound, RangeBounds};
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use cluster_topology::{Demand, Family, index, member_name};

use crate::error::{Mistake, Refusal, Result};
use crate::handle::{AnyNode, LinkableWith, Node, Nodes, collect, members};
use crate::kind::Kind;
use crate::net::Conditions;
use crate::node::Conditioned;
use crate::start::{Cluster, Start, declared};
use crate::wiring::{self, group_member, link_pairs};

pub use cluster_macros::cluster_impl;

/// How many nodes a group that is counted at run time has at most.
const MOST_NODES: usize = 1_000_000;

/// The words of a declaration list, for the editor to complete.
#[allow(non_upper_case_globals, missing_docs)]
pub mod words {
    macro_rules! words {
        ($($module:ident: $($word:ident)*;)*) => { $(
            pub mod $module {
                $(pub const $word: () = ();)*
            }
        )* };
    }

    words! {
        shapes: clique ring line star connect tree grid torus hypercube wheel random_regular gnp small_world scale_free shape;
        statements:
            clique ring line star connect tree grid torus hypercube wheel random_regular gnp small_world scale_free shape require;
        requirements: connected diameter degree survives;
    }
}

/// Makes the nodes of all fields part of the cluster.
pub fn add(cluster: &Cluster, fields: &[&dyn Nodes]) {
    for nodes in fields {
        cluster.declare(nodes);
    }
}

/// The node of a kind, by its protocol: of what is no kind this is no type, so that rustc reports it where the node is
/// created and not again at each of its links.
pub type NodeOf<K> = <<K as Kind>::Protocol as Creates<K>>::Node;

/// Every protocol, for [`NodeOf`].
pub trait Creates<K> {
    /// The node of a kind.
    type Node;
    /// The type itself.
    type Same;
}

impl<P: ?Sized, K> Creates<K> for P {
    type Node = Node<K>;
    type Same = K;
}

/// A cluster with nodes of a kind. Of what is no kind it has no type, as [`NodeOf`].
pub fn of_kind<K: Kind, C>(_kind: &K, cluster: C) -> <<K as Kind>::Protocol as Creates<C>>::Same {
    cluster
}

/// A node by itself.
pub fn node<K: Kind>(kind: &K, name: &str) -> NodeOf<K> {
    Node::new(kind, name)
}

/// A group with a constant count.
pub fn array<K: Kind, const N: usize>(kind: &K, name: &str) -> [NodeOf<K>; N] {
    std::array::from_fn(|index| group_member(kind, name, index))
}

/// What makes a struct with a `__cluster` a cluster. In brackets are its generics, its type and what must hold of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_cluster {
    ([$($generics:tt)*] [$($cluster:tt)*] [$($conditions:tt)*]) => {
        #[allow(dead_code)]
        impl $($generics)* $($cluster)* where $($conditions)* {
            /// Starts all nodes.
            pub fn start(self) -> $crate::start::Start<Self> {
                $crate::start::Start::new(self)
            }
        }

        impl $($generics)* ::core::convert::AsRef<$crate::Cluster> for $($cluster)* where $($conditions)* {
            fn as_ref(&self) -> &$crate::Cluster {
                &self.__cluster
            }
        }

        impl $($generics)* ::core::future::IntoFuture for $($cluster)* where $($conditions)* {
            type Output = $crate::Result<Self>;
            type IntoFuture = $crate::__private::Starting<Self>;

            #[track_caller]
            fn into_future(self) -> Self::IntoFuture {
                $crate::__private::Starting::new(::core::clone::Clone::clone(&self.__cluster), self)
            }
        }

        impl $($generics)* ::core::ops::Deref for $($cluster)* where $($conditions)* {
            type Target = $crate::Cluster;

            fn deref(&self) -> &$crate::Cluster {
                &self.__cluster
            }
        }

        impl $($generics)* ::core::fmt::Debug for $($cluster)* where $($conditions)* {
            fn fmt(&self, formatter: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                ::core::fmt::Debug::fmt(&self.__cluster, formatter)
            }
        }
    };
}

/// The start of a cluster that is awaited itself. What is boxed does not contain the struct: of each struct rustc would prove
/// that all that its nodes refer to is `Send`, which was more than half of the time of a check.
pub struct Starting<C> {
    start: <Start<Arc<Cluster>> as IntoFuture>::IntoFuture,
    /// Until it is started.
    declared: Option<C>,
}

impl<C> Starting<C> {
    /// Starts the cluster that `declared` holds.
    #[track_caller]
    pub fn new(cluster: Arc<Cluster>, declared: C) -> Self {
        Self { start: Start::new(cluster).into_future(), declared: Some(declared) }
    }
}

impl<C> Unpin for Starting<C> {}

impl<C> Future for Starting<C> {
    type Output = Result<C>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        ready!(self.start.as_mut().poll(context))?;
        self.declared.take().map_or(Poll::Pending, |declared| Poll::Ready(Ok(declared)))
    }
}

/// What makes a struct one member of a set, whose nodes are those of its fields. In brackets are its generics, these with a
/// protocol, its type and what must hold of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __impl_set {
    (
        [$($generics:tt)*] [$($of_protocol:tt)*] [$($set:tt)*] [$($conditions:tt)*] $($field:ident: $ty:ty,)*
    ) => {
        #[allow(trivial_bounds)]
        impl $($generics)* $crate::Nodes for $($set)* where $($conditions)* $($ty: $crate::Nodes,)* {
            fn for_each_node(&self, visit: &mut dyn ::core::ops::FnMut(&$crate::AnyNode)) {
                $($crate::Nodes::for_each_node(&self.$field, visit);)*
            }

            fn for_each_member(&self, visit: &mut dyn ::core::ops::FnMut(&[$crate::AnyNode])) {
                $crate::__private::one_member(self, visit);
            }
        }

        impl $($of_protocol)* $crate::handle::LinkableWith<__P> for $($set)*
        where
            $($conditions)*
            $($ty: $crate::handle::LinkableWith<__P>,)*
        {
            const BY_TYPES: bool = true $(&& <$ty as $crate::handle::LinkableWith<__P>>::BY_TYPES)*;
        }

        impl $($of_protocol)* $crate::handle::Accepts<__P> for $($set)*
        where
            $($conditions)*
            $($ty: $crate::handle::Accepts<__P>,)*
        {
            const BY_TYPES: bool = true $(&& <$ty as $crate::handle::Accepts<__P>>::BY_TYPES)*;
        }
    };
}

/// The nodes of a cluster as one member of a set.
pub fn one_member(cluster: &impl Nodes, visit: &mut dyn FnMut(&[AnyNode])) {
    visit(&collect(cluster));
}

/// A count, an index or a parameter that is only known at run time.
#[diagnostic::on_unimplemented(
    message = "expected a whole number, found a value of type `{Self}`",
    label = "a whole number is expected here"
)]
pub trait WholeNumber: Copy + Display {
    /// The number, unless it is negative or too large.
    fn to_usize(self) -> Option<usize>;
}

macro_rules! whole_numbers {
    ($($number:ty)*) => { $(
        impl WholeNumber for $number {
            fn to_usize(self) -> Option<usize> {
                self.try_into().ok()
            }
        }
    )* };
}

whole_numbers!(u8 u16 u32 u64 u128 usize i8 i16 i32 i64 i128 isize);

/// A constant count of any whole number's type, as it is.
pub const fn whole<N: WholeNumber>(count: N) -> N {
    count
}

/// A constant count as that of an array. A negative one is 0, which no group may have.
pub const fn count(count: i128) -> usize {
    if count < 0 { 0 } else { count as usize }
}

/// The line of this call.
#[track_caller]
pub fn here() -> &'static Location<'static> {
    Location::caller()
}

/// The name of a member of a cluster.
pub fn joined(cluster: &str, member: &str) -> String {
    format!("{cluster}.{member}")
}

/// A group of clusters with a constant count.
pub fn clusters<T, const N: usize>(name: &str, mut make: impl FnMut(&str, usize) -> T) -> [T; N] {
    std::array::from_fn(|index| make(&member_name(name, index), index))
}

/// A group that is counted at run time. Its shapes ask for at least so many nodes.
pub fn group<T>(
    cluster: &Cluster,
    location: &Location<'_>,
    name: &str,
    count: impl WholeNumber,
    least: &[(usize, &str)],
    mut make: impl FnMut(&str, usize) -> T,
) -> Vec<T> {
    let short = |number: usize| least.iter().find(|(least, _)| number < *least);
    let mistake = match count.to_usize() {
        None if count.to_string().starts_with('-') => Mistake::NegativeCount,
        Some(0) => Mistake::EmptyGroup,
        Some(number) if number <= MOST_NODES => match short(number) {
            Some((least, shape)) => Mistake::TooFewNodes { shape: (*shape).to_owned(), least: *least },
            None => return (0..number).map(|index| make(&member_name(name, index), index)).collect(),
        },
        _ => Mistake::TooManyNodes { most: MOST_NODES },
    };
    refuse(cluster, location, format!("{name}[dyn {count}]"), mistake, None);
    Vec::new()
}

/// Nodes of one kind that are counted at run time.
pub fn nodes<K: Kind>(
    cluster: &Cluster,
    location: &Location<'_>,
    name: &str,
    count: impl WholeNumber,
    least: &[(usize, &str)],
    kind: &K,
) -> Vec<NodeOf<K>> {
    group(cluster, location, name, count, least, |name, index| Node::member(kind, name, index))
}

/// Links a set as one of the standard topologies, or says which parameter is a mistake. What does not fit refuses the
/// start.
pub fn family<S: Nodes + LinkableWith<S>>(
    cluster: &Cluster,
    location: &Location<'_>,
    written: &str,
    set: S,
    family: impl FnOnce() -> Result<Family, &'static str>,
) {
    let members = members(set);
    let mut family = match family() {
        Ok(family) => family,
        Err(parameter) => {
            let mistake = Mistake::Parameter { parameter: parameter.to_owned() };
            return refuse(cluster, location, written.to_owned(), mistake, None);
        }
    };
    let unseeded = family.seed_mut().filter(|seed| seed.is_none());
    let drawn = unseeded.map(|seed| *seed.insert(cluster.next_seed()));
    match family.pairs(members.len()) {
        Ok(pairs) => link_pairs::<S>(&members, pairs),
        // A group without nodes is refused by itself.
        Err(_) if members.is_empty() => {}
        Err(error) => {
            let seed = drawn.and_then(|_| cluster.drawn_seed());
            refuse(cluster, location, written.to_owned(), error.into(), seed);
        }
    }
}

/// A function of the user's from a size to pairs, of a type of ours: what is no such function is reported here, and not again
/// where it is used.
pub fn pairs<'f, P: IntoIterator<Item = (usize, usize)>>(
    pairs: impl Fn(usize) -> P + 'f,
) -> Box<dyn Fn(usize) -> Vec<(usize, usize)> + 'f> {
    Box::new(move |count| pairs(count).into_iter().collect())
}

/// Links a set by a function of the user's. What does not fit refuses the start.
pub fn shape<S: Nodes + LinkableWith<S>, P: IntoIterator<Item = (usize, usize)>>(
    cluster: &Cluster,
    location: &Location<'_>,
    written: &str,
    set: S,
    pairs: impl Fn(usize) -> P,
) {
    let members = members(set);
    match index::shape(members.len(), pairs) {
        Ok(pairs) => link_pairs::<S>(&members, pairs),
        Err(error) => refuse(cluster, location, written.to_owned(), error.into(), None),
    }
}

/// Gives the links that are declared within the closure these conditions.
pub fn conditioned(location: &'static Location<'static>, conditions: Conditions, links: impl FnOnce()) {
    wiring::conditioned(Conditioned { conditions, place: location }, links);
}

/// Refuses the start if nodes are not linked as it is required of them.
pub fn require(
    cluster: &Cluster,
    location: &Location<'_>,
    written: &str,
    nodes: impl Nodes,
    demand: Demand,
    number: impl WholeNumber,
) {
    let Some(limit) = number.to_usize() else {
        let mistake = Mistake::Number { number: number.to_string() };
        return refuse(cluster, location, written.to_owned(), mistake, None);
    };
    // A network that is not as declared is refused for that.
    if cluster.has_refusals() {
        return;
    }
    let nodes = collect(nodes);
    let names: Vec<&str> = nodes.iter().map(|node| node.name()).collect();
    // The links of a node may lead out of its cluster.
    let network = if let Demand::Degree(_) = demand { cluster.topology() } else { declared(&nodes) };
    if let Err(unmet) = network.require(demand.of(&names, limit)) {
        cluster.refuse_unmet(written, location.to_string(), unmet.into());
    }
}

/// A whole number for a parameter, or the parameter's name.
///
/// # Errors
/// When it is negative or too large.
pub fn integer(parameter: &'static str, number: impl WholeNumber) -> Result<usize, &'static str> {
    number.to_usize().ok_or(parameter)
}

/// A seed for a parameter, or the parameter's name.
///
/// # Errors
/// When it is negative or too large.
pub fn seed(parameter: &'static str, number: impl WholeNumber) -> Result<Option<u64>, &'static str> {
    integer(parameter, number).map(|number| Some(number as u64))
}

/// The node of a group at an index that is only known at run time.
pub fn at<'a, T>(
    cluster: &Cluster,
    location: &Location<'_>,
    group: &'a [T],
    name: &str,
    index: impl WholeNumber,
) -> &'a [T] {
    let found = index.to_usize().and_then(|index| group.get(index..=index));
    found.unwrap_or_else(|| out_of_bounds(cluster, location, group, name, &index.to_string()))
}

/// The nodes of a group in a range that is only known at run time.
pub fn slice<'a, T, I: WholeNumber>(
    cluster: &Cluster,
    location: &Location<'_>,
    group: &'a [T],
    name: &str,
    range: impl RangeBounds<I>,
) -> &'a [T] {
    let bounds = (range.start_bound(), range.end_bound());
    let selected = to_usize(bounds.0).zip(to_usize(bounds.1)).and_then(|bounds| group.get(bounds));
    match selected {
        Some([]) | None => out_of_bounds(cluster, location, group, name, &written(bounds)),
        Some(nodes) => nodes,
    }
}

fn to_usize(bound: Bound<&impl WholeNumber>) -> Option<Bound<usize>> {
    Some(match bound {
        Bound::Included(index) => Bound::Included(index.to_usize()?),
        Bound::Excluded(index) => Bound::Excluded(index.to_usize()?),
        Bound::Unbounded => Bound::Unbounded,
    })
}

/// As Rust writes it. A range in brackets never leaves its start out.
fn written(bounds: (Bound<&impl Display>, Bound<&impl Display>)) -> String {
    let start = match bounds.0 {
        Bound::Included(start) | Bound::Excluded(start) => start.to_string(),
        Bound::Unbounded => String::new(),
    };
    match bounds.1 {
        Bound::Included(end) => format!("{start}..={end}"),
        Bound::Excluded(end) => format!("{start}..{end}"),
        Bound::Unbounded => format!("{start}.."),
    }
}

fn out_of_bounds<'a, T>(cluster: &Cluster, location: &Location<'_>, group: &[T], name: &str, index: &str) -> &'a [T] {
    // An empty group is refused by itself.
    if !group.is_empty() {
        let mistake = Mistake::OutOfBounds { group: name.to_owned(), count: group.len() };
        refuse(cluster, location, format!("{name}[{index}]"), mistake, None);
    }
    &[]
}

fn refuse(cluster: &Cluster, location: &Location<'_>, written: String, mistake: Mistake, seed: Option<u64>) {
    cluster.refuse(Refusal::Declaration { written, location: location.to_string(), mistake, seed });
}

/// Makes all faults of a cluster be without effect, to test that their proofs notice.
pub fn make_faults_idle(cluster: &Cluster) {
    cluster.view().home().faults().make_idle();
}
