//! What was meant: names are looked up, numbers are read, and a shape of a declaration is a link like any other.

use cluster_topology::{Comparison, Value};
use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::{Attribute, Expr, ExprRange};

use crate::code::code;
use crate::number::Number;
use crate::pattern::Pattern;

/// A declaration list, as far as it is right.
pub struct Model {
    pub kind: Option<Expr>,
    /// Those of clusters come after their cluster.
    pub nodes: Vec<Declaration>,
    pub links: Vec<Link>,
    /// What must hold of the network.
    pub requirements: Vec<Requirement>,
    /// Names that are in no link, for the editor to complete: those that are not declared.
    pub unresolved: Vec<Ident>,
}

impl Model {
    /// What is declared in this cluster, or at the top.
    pub fn members(&self, cluster: Option<usize>) -> impl Iterator<Item = usize> {
        (0..self.nodes.len()).filter(move |node| self.nodes[*node].parent == cluster)
    }

    /// A declaration, the cluster that it is in, and so on outwards.
    pub fn ancestors(&self, node: usize) -> impl Iterator<Item = usize> {
        std::iter::successors(Some(node), |node| self.nodes[*node].parent)
    }

    /// The name with those of the clusters that it is in: `region.gw`.
    pub fn path(&self, node: usize) -> String {
        let mut names: Vec<String> = self.ancestors(node).map(|node| code(&self.nodes[node].name)).collect();
        names.reverse();
        names.join(".")
    }
}

/// A node, a cluster, or a group of either.
pub struct Declaration {
    pub docs: Vec<Attribute>,
    pub name: Ident,
    pub count: Count,
    /// The kind of its nodes; of a cluster, that of those in it which have none.
    pub kind: Option<Expr>,
    pub is_cluster: bool,
    /// The cluster that it is in.
    pub parent: Option<usize>,
}

impl Declaration {
    /// The name as it is shown: `type` for `r#type`.
    pub fn text(&self) -> String {
        self.name.unraw().to_string()
    }
}

impl Count {
    /// The number, if it is known in the macro.
    pub fn literal(&self) -> Option<u64> {
        match self {
            Count::One => Some(1),
            Count::Literal(count, _) => Some(*count),
            Count::Dyn(count) => match Number::read(count) {
                Number::Literal(count) => Some(count),
                _ => None,
            },
            Count::Constant(_) | Count::Unknown => None,
        }
    }
}

pub enum Count {
    One,
    Literal(u64, Expr),
    Constant(Expr),
    Dyn(Expr),
    /// Already reported.
    Unknown,
}

/// Sets, and how their nodes are linked.
pub struct Link {
    pub pattern: Pattern,
    /// Where a link that cannot be is shown: the shape's name, or the arrow.
    pub token: TokenStream,
    pub sets: Vec<Set>,
    pub arguments: Vec<Argument>,
    /// The whole statement or shape.
    pub written: TokenStream,
    /// The declaration that the shape stands on; its nodes are then the last of the sets.
    pub declared: Option<usize>,
    /// The cluster whose nodes are linked so, in each of its instances.
    pub parent: Option<usize>,
}

/// What is given for a parameter.
pub struct Argument {
    pub parameter: &'static str,
    pub value: ArgumentValue,
    pub written: TokenStream,
}

pub enum ArgumentValue {
    Literal(Value),
    Expression(Box<Expr>),
}

/// What must hold of the network, or of each cluster that it stands in.
pub struct Requirement {
    pub demand: Demand,
    pub written: TokenStream,
    pub parent: Option<usize>,
}

pub enum Demand {
    Connected,
    Diameter(Comparison, Expr),
    Degree(Set, Comparison, Expr),
    Survives(Expr),
}

impl Requirement {
    /// The set that it is about, if it is about one.
    pub fn set(&self) -> Option<&Set> {
        match &self.demand {
            Demand::Degree(set, ..) => Some(set),
            Demand::Connected | Demand::Diameter(..) | Demand::Survives(_) => None,
        }
    }

    /// Its number, if it has one.
    pub fn number(&self) -> Option<&Expr> {
        match &self.demand {
            Demand::Diameter(_, number) | Demand::Degree(_, _, number) | Demand::Survives(number) => Some(number),
            Demand::Connected => None,
        }
    }
}

/// Nodes in an order.
pub struct Set {
    pub parts: Vec<Part>,
    pub written: TokenStream,
}

/// Nodes, or clusters, of one declaration.
pub struct Part {
    /// The way to them: a declaration, then one in that, and so on. There is at least one.
    pub steps: Vec<Step>,
    pub written: TokenStream,
}

impl Part {
    /// The index of the declaration.
    pub fn node(&self) -> usize {
        self.steps[self.steps.len() - 1].node
    }
}

/// What is taken of a declaration.
pub struct Step {
    pub node: usize,
    pub name: Ident,
    pub select: Select,
}

pub enum Select {
    All,
    Index {
        index: Expr,
        literal: Option<u64>,
    },
    Range {
        range: ExprRange,
        literal: Option<Bounds>,
    },
    /// Already reported. No part of a link is.
    Unknown,
}

/// A range of literals, `from..to`; without an end it reaches to the last node.
#[derive(Clone, Copy)]
pub struct Bounds {
    pub from: u64,
    pub to: Option<u64>,
}

impl Link {
    /// Whether it draws other links than the same words elsewhere.
    pub fn is_unseeded(&self) -> bool {
        self.pattern.is_random() && !self.arguments.iter().any(|given| given.parameter == "seed")
    }
}

impl ToTokens for Select {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Select::All | Select::Unknown => {}
            Select::Index { index, .. } => index.to_tokens(tokens),
            Select::Range { range, .. } => range.to_tokens(tokens),
        }
    }
}
