//! The syntax tree: what was written, before names are resolved. Nodes keep their tokens, so that every error has a span.

use cluster_topology::Comparison;
use proc_macro2::{Group, Ident, TokenStream};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprRange, Generics, Token, Type, Visibility};

use crate::code::code;
use crate::expression::without_groups;

/// The whole input of the macro.
pub struct Input {
    pub head: Option<Head>,
    pub cluster: Cluster,
}

/// The head of a named cluster, before its declarations: `pub struct Followers(kind: Octez, n: usize);`
pub struct Head {
    pub attributes: Vec<Attribute>,
    pub visibility: Visibility,
    pub token: Token![struct],
    pub name: Ident,
    pub generics: Generics,
    pub parameters: Punctuated<Parameter, Token![,]>,
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
    Arrow(Arrow),
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

pub enum Count {
    /// No brackets: one node or one cluster.
    Single,
    /// `[expression]`
    Constant(Expr),
    /// `[dyn expression]`
    Dyn(Expr),
    /// Already reported.
    Unreadable,
}

/// `name(set, set)`, as a statement or as a shape of a declaration; a shape may do without the parentheses.
pub struct Call {
    pub name: Ident,
    pub parentheses: Option<Group>,
    pub sets: Vec<Set>,
    /// Parameters and conditions.
    pub arguments: Vec<Argument>,
}

/// `3`, `columns = 3`, `connected` or `latency = 40ms`
pub struct Argument {
    pub name: Option<Ident>,
    pub value: Expr,
}

/// `set -> set (latency = 40ms)`, or another sign between two sets, which is a mistake.
pub struct Arrow {
    pub from: Set,
    pub arrow: TokenStream,
    pub to: Set,
    pub parentheses: Option<Group>,
    pub arguments: Vec<Argument>,
}

/// `require degree(set) >= number`
pub struct Requirement {
    pub demand: Demand,
    /// For a degree only.
    pub sets: Vec<Set>,
    pub number: Option<Expr>,
    pub written: TokenStream,
}

#[derive(Clone, Copy)]
pub enum Demand {
    Connected,
    Diameter(Comparison),
    Degree(Comparison),
    Survives,
}

#[derive(Clone)]
pub enum Set {
    /// `NAME`, `NAME[index]` or `NAME[range]`, and members of clusters: `NAME.NAME[index]`
    Path(Vec<Step>),
    /// The same with a `.` at its end, which is reported.
    Incomplete(Vec<Step>),
    /// `[set, set]`
    List { brackets: Group, sets: Vec<Set> },
    /// Already reported.
    Unreadable(TokenStream),
}

/// `NAME[index]`, after a `.` unless it is the first of its path.
#[derive(Clone)]
pub struct Step {
    pub dot: Option<Token![.]>,
    pub name: Ident,
    pub brackets: Option<Group>,
    pub selector: Selector,
}

#[derive(Clone)]
pub enum Selector {
    All,
    Index(Box<Expr>),
    Range(Box<ExprRange>),
}

impl Declaration {
    /// The source up to the kind and the shapes: `region[3] { gw }`.
    pub fn source_text(&self) -> String {
        let body = self.body.as_ref().map(|body| format!(" {{ {} }}", code(&body.written)));
        format!("{}{}", self.counted_name(), body.unwrap_or_default())
    }

    /// The same, with dots for what is in the braces.
    pub fn head_text(&self) -> String {
        format!("{}{}", self.counted_name(), if self.body.is_some() { " { .. }" } else { "" })
    }

    fn counted_name(&self) -> String {
        let name = code(&self.name);
        match &self.count {
            Count::Constant(count) => format!("{name}[{}]", code(count)),
            Count::Dyn(count) => format!("{name}[dyn {}]", code(count)),
            Count::Single | Count::Unreadable => name,
        }
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

impl ToTokens for Call {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        self.name.to_tokens(tokens);
        self.parentheses.to_tokens(tokens);
    }
}

impl ToTokens for Argument {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Argument { name, value } = self;
        match name {
            Some(name) => tokens.extend(quote!(#name = #value)),
            None => value.to_tokens(tokens),
        }
    }
}

impl ToTokens for Arrow {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Arrow { from, arrow, to, parentheses, .. } = self;
        tokens.extend(quote!(#from #arrow #to #parentheses));
    }
}

impl ToTokens for Set {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Set::Path(steps) | Set::Incomplete(steps) => tokens.extend(quote!(#(#steps)*)),
            Set::List { brackets, .. } => brackets.to_tokens(tokens),
            Set::Unreadable(unreadable) => unreadable.to_tokens(tokens),
        }
    }
}

impl ToTokens for Step {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let Step { dot, name, brackets, .. } = self;
        tokens.extend(quote!(#dot #name #brackets));
    }
}

impl ToTokens for Selector {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Selector::All => {}
            Selector::Index(index) => index.to_tokens(tokens),
            Selector::Range(range) => range.to_tokens(tokens),
        }
    }
}
