//! What was meant: names are resolved, numbers are read, and a shape of a declaration is a link like any other.

use std::collections::HashMap;

use cluster_topology::{Demand, Family};
use proc_macro2::{Ident, TokenStream};
use syn::ext::IdentExt;
use syn::{Attribute, Expr};

use crate::ast::{Count, Head};
use crate::code::code;
use crate::pattern::{Parameter, ParameterKind, Pattern, Value};

/// The input of the macro, without what was refused.
#[derive(Default)]
pub struct Model {
    /// The type that is declared, if one is.
    pub head: Option<Head>,
    /// The kind of the nodes that have no other.
    pub kind: Option<Kind>,
    /// The members of a cluster come after it.
    pub nodes: Vec<Declaration>,
    /// The declarations in each cluster, and at the top.
    pub members: HashMap<Option<usize>, Vec<usize>>,
    pub links: Vec<Link>,
    pub requirements: Vec<Requirement>,
    /// What links and requirements need of the run time. They refer to it by its index.
    pub values: Vec<RunTimeValue>,
}

impl Model {
    /// The declarations in this cluster, or at the top.
    pub fn members(&self, cluster: Option<usize>) -> impl Iterator<Item = usize> {
        self.members.get(&cluster).into_iter().flatten().copied()
    }

    /// The declarations of clusters.
    pub fn clusters(&self) -> impl DoubleEndedIterator<Item = usize> {
        (0..self.nodes.len()).filter(|node| self.nodes[*node].is_cluster)
    }

    /// The declarations of nodes.
    pub fn groups(&self) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(|node| !self.nodes[*node].is_cluster)
    }

    /// A declaration, the cluster that it is in, and so on outwards.
    pub fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node), |node| self.nodes[*node].parent)
    }

    /// The name after those of the clusters around it: `region.gw`.
    pub fn path(&self, node: usize) -> String {
        let mut names: Vec<String> = self.ancestors(node).map(|node| code(&self.nodes[node].name)).collect();
        names.reverse();
        names.join(".")
    }

    /// The paths of all links and requirements.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        let of_requirements = self.requirements.iter().flat_map(|requirement| &requirement.parts);
        self.links.iter().flat_map(Link::parts).chain(of_requirements)
    }
}

/// A node, a cluster, or a group of either.
pub struct Declaration {
    pub docs: Vec<Attribute>,
    pub name: Ident,
    pub count: Count,
    /// The source after the count, without what is in its braces.
    pub rest: String,
    /// The kind of its nodes; of a cluster, that of the nodes in it that have no other.
    pub kind: Option<Kind>,
    pub is_cluster: bool,
    /// The cluster that it is in.
    pub parent: Option<usize>,
}

impl Declaration {
    /// The source, without what is in its braces.
    pub fn written(&self) -> String {
        format!("{}{}{}", code(&self.name), self.count.text(), self.rest)
    }

    /// The source with another count, without what is in its braces.
    pub fn recounted(&self, count: u64) -> String {
        format!("{}[{count}]{}", code(&self.name), self.rest)
    }

    /// What one of it is.
    pub fn noun(&self) -> &'static str {
        if self.is_cluster { "cluster" } else { "node" }
    }

    /// The name as it is shown: `type` for `r#type`.
    pub fn text(&self) -> String {
        self.name.unraw().to_string()
    }
}

pub struct Kind {
    pub written: Expr,
    pub value: TokenStream,
    /// The type, in a named cluster.
    pub ty: Option<TokenStream>,
}

/// An expression that is evaluated once, when the cluster is created.
pub struct RunTimeValue {
    pub expression: Expr,
    /// Whether it is the function of a custom pattern.
    pub is_function: bool,
}

/// Sets, and how their nodes are linked.
pub struct Link {
    pub pattern: Pattern,
    /// Where kinds that cannot be linked are shown: at the shape's name, or the arrow.
    pub token: TokenStream,
    pub sets: Vec<Set>,
    pub arguments: Vec<Argument>,
    pub conditions: Vec<Argument>,
    /// The whole statement or shape.
    pub written: TokenStream,
    /// The declaration that the shape is part of; its nodes are the last of the sets.
    pub declaration: Option<usize>,
    /// The cluster whose braces it is in; it is made in each of its instances.
    pub parent: Option<usize>,
}

impl Link {
    /// All nodes that it links.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.sets.iter().flat_map(|set| &set.parts)
    }

    /// One side, whose nodes are linked among themselves, or two, where each node is linked with those of the other.
    pub fn sides(&self) -> Vec<Vec<&Part>> {
        match self.sets.split_first() {
            Some((first, others)) if self.pattern.has_two_sides() => {
                vec![first.parts.iter().collect(), others.iter().flat_map(|set| &set.parts).collect()]
            }
            _ => vec![self.parts().collect()],
        }
    }

    /// The standard topology that it is, if the parameters that must be given are literals.
    pub fn family(&self) -> Option<Family> {
        self.pattern.family(|name| match self.argument(name)?.value {
            Known::Literal(value) => Some(value),
            Known::RunTime(_) => None,
        })
    }

    /// What is given for a parameter.
    pub fn argument(&self, name: &str) -> Option<&Argument> {
        self.arguments.iter().find(|argument| argument.parameter.name == name)
    }

    /// Whether its links are drawn from a seed that is not given.
    pub fn is_unseeded(&self) -> bool {
        let is_given = self.arguments.iter().any(|argument| argument.parameter.kind == ParameterKind::Seed);
        self.pattern.is_random() && !is_given
    }

    /// The source text, with the declaration of a shape.
    pub fn source_text(&self) -> String {
        match (self.declaration, self.sets.last()) {
            (Some(_), Some(declared)) => format!("{}: {}", code(&declared.written), code(&self.written)),
            _ => code(&self.written),
        }
    }
}

/// The value of a parameter or of a condition.
pub struct Argument {
    pub parameter: Parameter,
    pub value: Known<Value>,
    pub written: TokenStream,
}

/// What is known in the macro, or the index of a run-time value.
#[derive(PartialEq)]
pub enum Known<T> {
    Literal(T),
    RunTime(usize),
}

/// What must hold of the network, or of each instance of the cluster whose braces it is in.
pub struct Requirement {
    pub demand: Demand,
    /// The nodes that it is about, for a degree only.
    pub parts: Vec<Part>,
    pub number: Option<Known<u64>>,
    pub written: TokenStream,
    pub parent: Option<usize>,
}

/// Nodes in an order.
pub struct Set {
    pub parts: Vec<Part>,
    pub written: TokenStream,
}

/// A path to nodes, or clusters, of one declaration.
pub struct Part {
    /// A declaration, then a member of it, and so on. There is at least one.
    pub steps: Vec<Step>,
    pub written: TokenStream,
}

impl Part {
    /// The declaration that the path leads to.
    pub fn node(&self) -> usize {
        self.steps[self.steps.len() - 1].node
    }
}

/// What a path selects of one declaration.
pub struct Step {
    pub node: usize,
    pub name: Ident,
    pub select: Select,
    /// The index or the range.
    pub written: TokenStream,
}

#[derive(Clone, Copy)]
pub enum Select {
    All,
    Index(u64),
    /// `from..to`, or `from..` to the last.
    Range {
        from: u64,
        to: Option<u64>,
    },
    RunTimeIndex(usize),
    RunTimeRange(usize),
}

impl Select {
    /// From the first index to before the last, or to the end of the group, if they are literals.
    pub fn indices(self) -> Option<(u64, Option<u64>)> {
        match self {
            Select::All => Some((0, None)),
            Select::Index(index) => Some((index, Some(index.saturating_add(1)))),
            Select::Range { from, to } => Some((from, to)),
            Select::RunTimeIndex(_) | Select::RunTimeRange(_) => None,
        }
    }
}
