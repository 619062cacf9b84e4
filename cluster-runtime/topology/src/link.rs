use std::fmt;

/// Two nodes of a [`Topology`](crate::Topology) that are each other's peers.
///
/// In a one-way link only [`a`](Link::a) dials. It displays as `a - b`, a one-way link as `a -> b`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Link<'a> {
    pub(crate) a: &'a str,
    pub(crate) b: &'a str,
    pub(crate) indices: (usize, usize),
    pub(crate) one_way: bool,
}

impl<'a> Link<'a> {
    /// The name of one end: of the one that dials, if the link is one-way, else of the one declared first.
    pub fn a(&self) -> &'a str {
        self.a
    }

    /// The name of the other end.
    pub fn b(&self) -> &'a str {
        self.b
    }

    /// The indices of `a` and `b` among the [`nodes`](crate::Topology::nodes).
    pub fn indices(&self) -> (usize, usize) {
        self.indices
    }

    /// Whether only `a` dials.
    pub fn is_one_way(&self) -> bool {
        self.one_way
    }
}

impl fmt::Display for Link<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let arrow = if self.one_way { "->" } else { "-" };
        write!(f, "{} {arrow} {}", self.a, self.b)
    }
}
