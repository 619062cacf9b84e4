use std::fmt::{self, Write};

use crate::topology::Topology;

impl Topology {
    /// The topology as a Mermaid flowchart, which many viewers of Markdown draw. One-way links are arrows.
    ///
    /// ```
    /// # use cluster_topology::Topology;
    /// let mut three = Topology::new(["boot", "peers.1", "peers.2"]);
    /// three.link(0, 1)?;
    /// three.link_one_way(0, 2)?;
    /// assert_eq!(three.to_mermaid(), r#"flowchart LR
    ///   n0["boot"]
    ///   n1["peers.1"]
    ///   n2["peers.2"]
    ///   n0 --- n1
    ///   n0 --> n2
    /// "#);
    /// # Ok::<(), cluster_topology::LinkError>(())
    /// ```
    pub fn to_mermaid(&self) -> String {
        let mut mermaid = String::from("flowchart LR\n");
        for (node, name) in self.nodes().enumerate() {
            mermaid += &format!("  n{node}[\"{}\"]\n", Label(name));
        }
        for link in self.links() {
            let (a, b) = link.indices();
            let arrow = if link.is_one_way() { "-->" } else { "---" };
            mermaid += &format!("  n{a} {arrow} n{b}\n");
        }
        mermaid
    }
}

/// A name inside a quoted label, where much punctuation means something: all but the harmless becomes an entity.
struct Label<'a>(&'a str);

impl fmt::Display for Label<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A label may not be empty.
        if self.0.is_empty() {
            return f.write_str("#32;");
        }
        self.0.chars().try_for_each(|char| match char {
            '.' | '_' | '-' => f.write_char(char),
            _ if char.is_alphanumeric() => f.write_char(char),
            _ => write!(f, "#{};", u32::from(char)),
        })
    }
}
