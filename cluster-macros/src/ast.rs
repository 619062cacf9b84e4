//! The syntax tree: what was written, before names are resolved. Nodes keep their tokens, so that every error has a span.

use cluster_topology::Demand;
use proc_macro2::{Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, Generics, Token, Type, Visibility};

use crate::code::code;
use crate::literal::{self, without_groups};

/// The whole input of the macro.
pub struct Input {
    pub head: Option<Head>,
    pub cluster: Cluster,
}

/// The head of a named cluster, before its declarations: `pub struct Followers(kind: Octez, n: usize);`
pub struct Head {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub name: Ident,
    pub generics: Generics,
    pub parameters: Punctuated<Parameter, Token![,]>,
}

impl Head {
    /// Whether all parameters have types. Otherwise there is no type to declare.
    pub fn has_types(&self) -> bool {
        !self.parameters.iter().any(|parameter| matches!(parameter.ty, Type::Infer(_)))
    }
}

/// `kind: Octez`
pub struct Parameter {
    pub name: Ident,
    pub ty: Type,
}

/// A declaration list.
#[derive(Default)]
pub struct Cluster {
    pub kind: Option<DefaultKind>,
    pub statements: Vec<Statement>,
    /// What is in the braces.
    pub written: TokenStream,
}

/// `use KIND;`
pub struct DefaultKind {
    pub token: Token![use],
    pub kind: Option<Expr>,
}

pub enum Statement {
    Declaration(Box<Declaration>),
    Call(Call),
    Arrow(Call),
    /// Reported: it is linked with nothing.
    Alone(Set),
    Requirement(Box<Requirement>),
}

/// `NAME[count] = KIND: shape + shape`, or `NAME[count] { statements }: shape + shape`
pub struct Declaration {
    pub docs: Vec<Attribute>,
    pub name: Ident,
    pub count: Count,
    /// The braces of a cluster.
    pub body: Option<Cluster>,
    pub kind: Option<Expr>,
    pub shapes: Vec<Call>,
    /// Whether a mistake in it is reported. Another declaration of its name is none then.
    pub is_broken: bool,
}

/// An array of nodes is moved over the stack: 10,000 worked and 25,000 overflowed a test's 2 MiB.
pub const MOST_NODES_IN_ARRAYS: u64 = 4096;

/// How many nodes or clusters a declaration stands for.
#[derive(Clone)]
pub enum Count {
    /// No brackets.
    One,
    Literal(u64, Expr),
    /// `[expression]`
    Constant(Expr),
    /// `[dyn expression]`
    Dyn(Expr),
    /// Already reported.
    Unknown,
}

impl Count {
    /// The number, if it is known in the macro.
    pub fn literal(&self) -> Option<u64> {
        match self {
            Count::One => Some(1),
            Count::Literal(count, _) => Some(*count),
            Count::Dyn(count) => literal::whole(count).ok().flatten(),
            Count::Constant(_) | Count::Unknown => None,
        }
    }

    /// Whether the nodes are an array, and no `Vec`. One that is too large is reported.
    pub fn is_array(&self) -> bool {
        matches!(self, Count::Literal(..=MOST_NODES_IN_ARRAYS, _) | Count::Constant(_))
    }

    /// The expression in the brackets.
    pub fn written(&self) -> Option<&Expr> {
        match self {
            Count::Literal(_, written) | Count::Constant(written) | Count::Dyn(written) => Some(written),
            Count::One | Count::Unknown => None,
        }
    }

    /// The source, with the brackets.
    pub fn text(&self) -> String {
        let word = if let Count::Dyn(_) = self { "dyn " } else { "" };
        self.written().map_or_else(String::new, |written| format!("[{word}{}]", code(written)))
    }
}

/// `name(set, set)`, as a statement or as a shape of a declaration, which may do without the parentheses; `set -> set`.
pub struct Call {
    /// A word, or the sign of an arrow, of this language or of another.
    pub name: TokenStream,
    pub sets: Vec<Set>,
    /// Parameters and conditions.
    pub arguments: Vec<Argument>,
    pub written: TokenStream,
}

/// `3`, `columns = 3`, `connected` or `latency = 40ms`
pub struct Argument {
    pub name: Option<Ident>,
    pub value: Expr,
    pub written: TokenStream,
}

/// `require degree(set) >= number`
pub struct Requirement {
    pub demand: Demand,
    /// For a degree only.
    pub sets: Vec<Set>,
    pub number: Option<Expr>,
    pub written: TokenStream,
}

/// Nodes in an order: a path, or several in brackets.
#[derive(Clone)]
pub struct Set {
    pub paths: Vec<Path>,
    /// Whether a mistake in it is reported.
    pub is_broken: bool,
    pub written: TokenStream,
}

/// `NAME`, `NAME[index]` or `NAME[range]`, and members of clusters: `NAME.NAME[index]`
#[derive(Clone)]
pub struct Path {
    pub steps: Vec<Step>,
    /// Whether a name is missing after the last `.`, which is reported.
    pub ends_in_dot: bool,
    pub written: TokenStream,
}

/// `NAME[index]`
#[derive(Clone)]
pub struct Step {
    pub name: Ident,
    /// An index or a range.
    pub selector: Option<Expr>,
}

impl Declaration {
    /// The source up to the kind and the shapes: `region[3] { gw }`.
    pub fn source_text(&self) -> String {
        let body = self.body.as_ref().map(|body| format!(" {{ {} }}", code(&body.written)));
        format!("{}{}", self.counted_name(), body.unwrap_or_default())
    }

    /// The source after the count, without what is in the braces: ` { .. }: ring`.
    pub fn rest(&self) -> String {
        let body = if self.body.is_some() { " { .. }" } else { "" };
        let kind = self.kind.as_ref().map(|kind| format!(" = {}", code(kind))).unwrap_or_default();
        let shapes: Vec<String> = self.shapes.iter().map(|shape| code(&shape.written)).collect();
        let colon = if shapes.is_empty() { "" } else { ": " };
        format!("{body}{kind}{colon}{}", shapes.join(" + "))
    }

    /// The name and the count: `k[4]`.
    pub fn counted_name(&self) -> String {
        format!("{}{}", code(&self.name), self.count.text())
    }
}

impl Call {
    /// The text of the word or the sign.
    pub fn word(&self) -> String {
        self.name.to_string().replace(' ', "")
    }
}

impl Set {
    /// What is no set, which is reported.
    pub fn unreadable(written: TokenStream) -> Set {
        Set { paths: Vec::new(), is_broken: true, written }
    }
}

impl Step {
    /// The source.
    pub fn text(&self) -> String {
        let selector = self.selector.iter().map(|selector| format!("[{}]", code(selector)));
        std::iter::once(code(&self.name)).chain(selector).collect()
    }
}

impl Head {
    /// Whether a count is a const parameter, which a const item cannot use.
    pub fn is_generic(&self, count: &Expr) -> bool {
        let Expr::Path(path) = without_groups(count) else { return false };
        self.generics.const_params().any(|parameter| path.path.is_ident(&parameter.ident))
    }
}

impl ToTokens for Parameter {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Parameter { name, ty } = self;
        tokens.extend(quote!(#name: #ty));
    }
}
