/// A network that nodes of a kind can form, in the words of `require`. Each connected part of a start's nodes of such kinds is
/// one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Form {
    /// There is a path of links between every two nodes.
    Connected,
    /// Every two nodes of a network are linked.
    Clique,
    /// There is one path of links between every two nodes of a network.
    Tree,
}

impl Form {
    /// What is required, as in an error.
    pub(crate) fn requirement(self) -> &'static str {
        match self {
            Form::Connected => "one connected network",
            Form::Clique => "a clique",
            Form::Tree => "a tree",
        }
    }
}
