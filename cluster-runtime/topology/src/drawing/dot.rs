use std::fmt::{self, Write};

use crate::link::Link;
use crate::topology::Topology;

impl Topology {
    /// The topology in the language of Graphviz. One-way links are arrows.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut pair = Topology::new(["boot", "peers.1"]);
    /// pair.link(0, 1)?;
    /// assert_eq!(pair.to_dot(), r#"graph {
    ///   n0 [label="boot"];
    ///   n1 [label="peers.1"];
    ///   n0 -- n1;
    /// }
    /// "#);
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn to_dot(&self) -> String {
        // Only a directed graph has arrows.
        if self.links().any(|link| link.is_one_way()) {
            self.dot("digraph", directed)
        } else {
            self.dot("graph", undirected)
        }
    }

    fn dot(&self, kind: &str, edge: fn(Link<'_>) -> String) -> String {
        let mut dot = format!("{kind} {{\n");
        for (node, name) in self.nodes().enumerate() {
            dot += &format!("  n{node} [label=\"{}\"];\n", Label(name));
        }
        for link in self.links() {
            dot += &format!("  {};\n", edge(link));
        }
        dot + "}\n"
    }
}

fn undirected(link: Link<'_>) -> String {
    let (a, b) = link.indices();
    format!("n{a} -- n{b}")
}

fn directed(link: Link<'_>) -> String {
    let (a, b) = link.indices();
    let attributes = if link.is_one_way() { "" } else { " [dir=none]" };
    format!("n{a} -> n{b}{attributes}")
}

/// A name inside a quoted label, where `\` begins an escape and `&` an entity.
struct Label<'a>(&'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.chars().try_for_each(|char| match char {
            '"' => f.write_str("\\\""),
            '\\' => f.write_str("\\\\"),
            '\n' => f.write_str("\\n"),
            '&' => f.write_str("&amp;"),
            // Graphviz ends its input at a zero byte, and the others have no picture.
            _ if char.is_control() => f.write_char(char::REPLACEMENT_CHARACTER),
            _ => f.write_char(char),
        })
    }
}
