use std::error::Error;
use std::fmt;

use crate::query::Cut;
use crate::topology::Topology;

/// What a test assumes about its network, checked by [`require`](Topology::require).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Requirement<'a> {
    /// Paths lead from every node to every other one: `require connected`.
    Connected,
    /// The most links on the shortest path between two nodes: `require diameter <= 4`. A network that is not connected
    /// has no diameter.
    Diameter(Comparison, usize),
    /// How many links each of these nodes has: `require degree(center, k) >= 3`.
    Degree(&'a [&'a str], Comparison, usize),
    /// The other nodes stay connected, whichever nodes of this number fail: `require survives(1)`.
    Survives(usize),
}

/// A [`Requirement`] before its number and its nodes are known, as it is written in `cluster!`.
#[doc(hidden)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Demand {
    Connected,
    Diameter(Comparison),
    Degree(Comparison),
    Survives,
}

/// How a number is compared with the one that is required.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `==`
    Equal,
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    Greater,
    /// `>=`
    AtLeast,
}

/// What is true instead of a [`Requirement`], in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet(String);

impl Demand {
    /// The requirement with this number. That of a degree is about these nodes.
    pub const fn of<'a>(self, nodes: &'a [&'a str], number: usize) -> Requirement<'a> {
        match self {
            Demand::Connected => Requirement::Connected,
            Demand::Diameter(comparison) => Requirement::Diameter(comparison, number),
            Demand::Degree(comparison) => Requirement::Degree(nodes, comparison, number),
            Demand::Survives => Requirement::Survives(number),
        }
    }
}

impl Topology {
    /// Checks what a test assumes.
    ///
    /// ```
    /// use cluster_topology::{self as topology, Comparison, Requirement, Topology};
    ///
    /// let mut line = Topology::new(["a", "b", "c"]);
    /// topology::line(&[0, 1, 2]).try_for_each(|(a, b)| line.link(*a, *b))?;
    /// assert!(line.require(Requirement::Connected).is_ok());
    /// let unmet = |requirement| line.require(requirement).err().map(|unmet| unmet.to_string());
    /// assert_eq!(
    ///     unmet(Requirement::Diameter(Comparison::AtMost, 1)).as_deref(),
    ///     Some("the diameter is 2: from `a` to `c`")
    /// );
    /// assert_eq!(
    ///     unmet(Requirement::Survives(1)).as_deref(),
    ///     Some("no links lead from `a` to `c` without `b`")
    /// );
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    ///
    /// # Errors
    /// What is true instead.
    pub fn require(&self, requirement: Requirement<'_>) -> Result<(), Unmet> {
        match requirement {
            Requirement::Connected => self.require_connected(),
            Requirement::Diameter(comparison, diameter) => self.require_diameter(comparison, diameter),
            Requirement::Degree(nodes, comparison, degree) => self.require_degree(nodes, comparison, degree),
            Requirement::Survives(failures) => self.cut(failures).map_or(Ok(()), |cut| Err(Unmet(apart(&cut)))),
        }
    }

    fn require_connected(&self) -> Result<(), Unmet> {
        match self.components().as_slice() {
            [] | [_] => Ok(()),
            parts => {
                let shown: Vec<String> = parts.iter().take(3).map(|part| part_of(part)).collect();
                let more = if parts.len() > shown.len() { ", .." } else { "" };
                Err(Unmet(format!("the network is in {} parts: {}{more}", parts.len(), shown.join(", "))))
            }
        }
    }

    fn require_diameter(&self, comparison: Comparison, required: usize) -> Result<(), Unmet> {
        let Some(farthest) = self.farthest() else { return self.require_connected() };
        if comparison.holds(farthest.links, required) {
            return Ok(());
        }
        Err(Unmet(format!("the diameter is {}: from `{}` to `{}`", farthest.links, farthest.from, farthest.to)))
    }

    fn require_degree(&self, nodes: &[&str], comparison: Comparison, required: usize) -> Result<(), Unmet> {
        for name in nodes {
            match self.degree(name) {
                Some(degree) if comparison.holds(degree, required) => {}
                Some(degree) => return Err(Unmet(format!("the degree of `{name}` is {degree}"))),
                None => return Err(Unmet(format!("no node is called `{name}`"))),
            }
        }
        Ok(())
    }
}

/// The failure that leaves two nodes apart.
fn apart(cut: &Cut<'_>) -> String {
    let (a, b) = cut.apart;
    let failed: Vec<String> = cut.nodes.iter().map(|node| format!("`{node}`")).collect();
    match failed.as_slice() {
        [] => format!("no links lead from `{a}` to `{b}`"),
        [others @ .., last] if !others.is_empty() => {
            format!("no links lead from `{a}` to `{b}` without {} and {last}", others.join(", "))
        }
        _ => format!("no links lead from `{a}` to `{b}` without {}", failed.join(", ")),
    }
}

/// A part by its first node.
fn part_of(names: &[&str]) -> String {
    match names {
        [first, _, _, ..] => format!("`{first}` and {} others", names.len() - 1),
        [first, second] => format!("`{first}` and `{second}`"),
        _ => names.iter().map(|name| format!("`{name}`")).collect(),
    }
}

impl Comparison {
    /// Whether the first number is so compared with the second.
    ///
    /// ```
    /// # use cluster_topology::Comparison;
    /// assert!(Comparison::AtMost.holds(3, 4));
    /// ```
    pub const fn holds(self, number: usize, required: usize) -> bool {
        match self {
            Comparison::Equal => number == required,
            Comparison::Less => number < required,
            Comparison::AtMost => number <= required,
            Comparison::Greater => number > required,
            Comparison::AtLeast => number >= required,
        }
    }
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Error for Unmet {}
