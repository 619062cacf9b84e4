//! Names to declarations, shapes to links.

use std::collections::HashMap;

use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprRange, Ident, RangeLimits};

use crate::ast;
use crate::code::code;
use crate::count;
use crate::errors::Errors;
use crate::messages;
use crate::model::{Bounds, Declaration, Demand, Link, Model, Part, Requirement, Select, Set, Step};
use crate::number::Number;
use crate::parameter;
use crate::pattern::{Pattern, Position};
use crate::suggest::nearest;

/// Looks up every name. A link with a mistake is reported and left out; a declaration never is.
pub fn resolve(cluster: ast::Cluster, errors: &mut Errors) -> Model {
    let kind = cluster.kind.and_then(|kind| kind.kind);
    let model = Model { kind, nodes: Vec::new(), links: Vec::new(), requirements: Vec::new(), unresolved: Vec::new() };
    let mut resolver = Resolver { names: HashMap::new(), model, errors };
    let mut unresolved = Vec::new();
    resolver.declare(cluster.statements, None, &mut unresolved);
    for Scoped { parent, unresolved } in unresolved {
        resolver.link(unresolved, parent);
    }
    resolver.model
}

struct Resolver<'e> {
    /// By the cluster that they are in.
    names: HashMap<(Option<usize>, String), usize>,
    model: Model,
    errors: &'e mut Errors,
}

/// Something to link, in the order in which it was written, and the cluster whose braces it stands in.
struct Scoped {
    parent: Option<usize>,
    unresolved: Unresolved,
}

enum Unresolved {
    Shape {
        call: ast::Call,
        node: usize,
    },
    /// A shape of a name that is taken: it is read for its mistakes only.
    ShapeOfRepeated {
        call: ast::Call,
        node: usize,
    },
    Call(ast::Call),
    Arrow(ast::Arrow),
    Requirement(Box<ast::Requirement>),
}

impl Resolver<'_> {
    /// First all names, as the order of statements does not matter.
    fn declare(&mut self, statements: Vec<ast::Statement>, parent: Option<usize>, unresolved: &mut Vec<Scoped>) {
        for statement in statements {
            match statement {
                ast::Statement::Call(call) => unresolved.push(Scoped { parent, unresolved: Unresolved::Call(call) }),
                ast::Statement::Arrow(arrow) => {
                    unresolved.push(Scoped { parent, unresolved: Unresolved::Arrow(arrow) })
                }
                ast::Statement::Requirement(require) => {
                    unresolved.push(Scoped { parent, unresolved: Unresolved::Requirement(require) });
                }
                ast::Statement::Declaration(mut declaration) => {
                    let shapes = std::mem::take(&mut declaration.shapes).into_iter();
                    let body = declaration.body.take();
                    let declared = self.declare_name(*declaration, body.as_ref(), parent);
                    let shape = |call| match declared {
                        Ok(node) => Unresolved::Shape { call, node },
                        Err(node) => Unresolved::ShapeOfRepeated { call, node },
                    };
                    unresolved.extend(shapes.map(|call| Scoped { parent, unresolved: shape(call) }));
                    if let (Ok(node), Some(body)) = (declared, body) {
                        self.declare(body.statements, Some(node), unresolved);
                    }
                }
            }
        }
    }

    /// The declaration's index; as an error that of the declaration which has the name already.
    fn declare_name(
        &mut self,
        declaration: ast::Declaration,
        body: Option<&ast::Cluster>,
        parent: Option<usize>,
    ) -> Result<usize, usize> {
        let name = declaration.name.unraw().to_string();
        if name.starts_with("__") {
            self.errors.report(&declaration.name, messages::reserved_name(&name));
        }
        let count = count::read(declaration.count, &name, self.errors);
        if let Some(first) = self.names.get(&(parent, name.clone())) {
            let (again, before) = (messages::duplicate_name(&name), messages::first_declaration(&name));
            self.errors.report_both(&declaration.name, &again, &self.model.nodes[*first].name, &before);
            return Err(*first);
        }
        let node = self.model.nodes.len();
        self.names.insert((parent, name), node);
        let ast::Declaration { docs, name, kind, .. } = declaration;
        let of_body = body.and_then(|body| body.kind.as_ref()).and_then(|kind| kind.kind.clone());
        let kind = if body.is_some() { of_body } else { kind };
        self.model.nodes.push(Declaration { docs, name, count, kind, is_cluster: body.is_some(), parent });
        Ok(node)
    }

    fn link(&mut self, unresolved: Unresolved, parent: Option<usize>) {
        let link = match unresolved {
            Unresolved::Shape { call, node } => self.shape(call, node, parent),
            Unresolved::ShapeOfRepeated { call, node } => self.shape(call, node, parent).and(None),
            Unresolved::Call(call) => self.statement(call, parent),
            Unresolved::Arrow(arrow) => self.arrow(arrow, parent),
            Unresolved::Requirement(require) => {
                let required = self.requirement(*require, parent);
                self.model.requirements.extend(required);
                None
            }
        };
        self.model.links.extend(link);
    }

    /// `k[4]: star(a)` is `star(a, k)`.
    fn shape(&mut self, call: ast::Call, node: usize, parent: Option<usize>) -> Option<Link> {
        let name = call.name.to_string();
        let sets = self.sets(&call.sets, parent);
        let Some(pattern) = Pattern::named(&name) else {
            let message = match self.find(&name, parent).is_some() {
                true => messages::node_as_shape(&name),
                false => messages::unknown_shape(&name, nearest(&name, Pattern::all().map(Pattern::name))),
            };
            self.errors.report(&call.name, message);
            return None;
        };
        let arguments = if pattern.takes_parameters() {
            sets.as_ref()?;
            parameter::read(&call, pattern, Position::Declaration, self.errors)?
        } else if call.sets.len() != pattern.declaration_sets()
            || call.parentheses.is_some() && pattern.declaration_sets() == 0
        {
            let found = call.sets.len() + call.arguments.len();
            self.errors.report(&call, messages::wrong_shape_arguments(pattern, found));
            return None;
        } else {
            Vec::new()
        };
        let mut sets = sets?;
        let name = self.model.nodes[node].name.clone();
        let written = name.to_token_stream();
        let part = Part { steps: vec![Step { node, name, select: Select::All }], written: written.clone() };
        sets.push(Set { parts: vec![part], written });
        let (token, written) = (call.name.to_token_stream(), call.to_token_stream());
        Some(Link { pattern, token, sets, arguments, written, declared: Some(node), parent })
    }

    fn statement(&mut self, call: ast::Call, parent: Option<usize>) -> Option<Link> {
        let name = call.name.to_string();
        let sets = self.sets(&call.sets, parent);
        let Some(pattern) = Pattern::named(&name) else {
            let message = match self.find(&name, parent).is_some() {
                true => messages::node_as_statement(&name),
                false => messages::unknown_statement(&name, nearest(&name, Pattern::all().map(Pattern::name))),
            };
            self.errors.report(&call.name, message);
            return None;
        };
        let arguments = match pattern.takes_parameters() {
            true => sets.as_ref().and_then(|_| parameter::read(&call, pattern, Position::Statement, self.errors))?,
            false => Vec::new(),
        };
        if !pattern.statement_sets().contains(&call.sets.len()) {
            self.errors.report(&call, messages::wrong_statement_arguments(pattern, call.sets.len()));
            return None;
        }
        let (token, written) = (call.name.to_token_stream(), call.to_token_stream());
        Some(Link { pattern, token, sets: sets?, arguments, written, declared: None, parent })
    }

    fn arrow(&mut self, arrow: ast::Arrow, parent: Option<usize>) -> Option<Link> {
        let (from, to) = (self.set(&arrow.from, parent), self.set(&arrow.to, parent));
        let written = arrow.to_token_stream();
        let sets = vec![from?, to?];
        Some(Link {
            pattern: Pattern::OneWay,
            token: arrow.arrow,
            sets,
            arguments: Vec::new(),
            written,
            declared: None,
            parent,
        })
    }

    fn requirement(&mut self, require: ast::Requirement, parent: Option<usize>) -> Option<Requirement> {
        let ast::Requirement { demand, written } = require;
        let demand = match demand {
            ast::Demand::Connected => Demand::Connected,
            ast::Demand::Diameter(comparison, bound) => Demand::Diameter(comparison, bound),
            ast::Demand::Survives(failures) => Demand::Survives(failures),
            ast::Demand::Degree(sets, comparison, bound) => {
                let written = quote!(#(#sets),*);
                let parts = self.sets(&sets, parent)?.into_iter().flat_map(|set| set.parts).collect();
                Demand::Degree(Set { parts, written }, comparison, bound)
            }
        };
        Some(Requirement { demand, written, parent })
    }

    /// All sets, if all are right; the mistakes of each are reported.
    fn sets(&mut self, sets: &[ast::Set], parent: Option<usize>) -> Option<Vec<Set>> {
        let sets: Vec<Option<Set>> = sets.iter().map(|set| self.set(set, parent)).collect();
        sets.into_iter().collect()
    }

    fn set(&mut self, set: &ast::Set, parent: Option<usize>) -> Option<Set> {
        let parts = match set {
            ast::Set::Unreadable(_) => return None,
            ast::Set::List { sets, .. } => self.sets(sets, parent)?.into_iter().flat_map(|set| set.parts).collect(),
            ast::Set::Path(path) => vec![Part { steps: self.steps(path, parent)?, written: set.to_token_stream() }],
        };
        Some(Set { parts, written: set.to_token_stream() })
    }

    /// Every step of a path; the mistakes in all brackets are reported.
    fn steps(&mut self, path: &[ast::Step], parent: Option<usize>) -> Option<Vec<Step>> {
        let selects: Vec<Option<Select>> = path.iter().map(|step| self.select(&step.selector)).collect();
        let mut steps: Vec<Step> = Vec::with_capacity(path.len());
        for (ast::Step { name, .. }, select) in path.iter().zip(selects) {
            let node = match steps.last() {
                None => self.node(name, parent)?,
                Some(before) => self.member(name, before.node)?,
            };
            // What is wrong in the brackets was reported, and the names after it are still looked up.
            steps.push(Step { node, name: name.clone(), select: select.unwrap_or(Select::Unknown) });
        }
        let readable = steps.iter().all(|step| !matches!(step.select, Select::Unknown));
        readable.then_some(steps)
    }

    /// The declaration of this name in the cluster, or the nearest outside of it.
    fn find(&self, name: &str, parent: Option<usize>) -> Option<usize> {
        let outside = parent.into_iter().flat_map(|cluster| self.model.ancestors(cluster)).map(Some);
        outside.chain([None]).find_map(|scope| self.names.get(&(scope, name.to_owned())).copied())
    }

    fn node(&mut self, name: &Ident, parent: Option<usize>) -> Option<usize> {
        let text = name.unraw().to_string();
        let node = self.find(&text, parent);
        let around = |node| parent.is_some_and(|parent| self.model.ancestors(parent).any(|cluster| cluster == node));
        match node {
            Some(node) if around(node) => {
                self.errors.report(name, messages::cluster_in_itself(&code(name)));
                None
            }
            Some(node) => Some(node),
            None => {
                let message = self.unknown_name(name, &text, parent);
                self.errors.report(name, message);
                self.model.unresolved.push(name.clone());
                None
            }
        }
    }

    fn unknown_name(&self, name: &Ident, text: &str, parent: Option<usize>) -> String {
        let visible = |declared: &&Declaration| {
            declared.parent.is_none()
                || parent
                    .is_some_and(|parent| self.model.ancestors(parent).any(|cluster| Some(cluster) == declared.parent))
        };
        let known: Vec<String> = self.model.nodes.iter().filter(visible).map(Declaration::text).collect();
        let elsewhere = self.model.nodes.iter().position(|declared| declared.text() == text);
        match (nearest(text, known.iter().map(String::as_str)), elsewhere) {
            (None, Some(node)) => messages::member_from_outside(&code(name), &self.model.path(node)),
            (nearest, _) => messages::unknown_name(&code(name), nearest),
        }
    }

    /// The declaration of this name in a cluster.
    fn member(&mut self, name: &Ident, cluster: usize) -> Option<usize> {
        let text = name.unraw().to_string();
        let member = self.names.get(&(Some(cluster), text.clone())).copied();
        if member.is_none() {
            let path = self.model.path(cluster);
            let message = if self.model.nodes[cluster].is_cluster {
                let members: Vec<String> =
                    self.model.members(Some(cluster)).map(|member| self.model.nodes[member].text()).collect();
                let nearest = nearest(&text, members.iter().map(String::as_str));
                messages::unknown_member(&code(name), &path, nearest, &members)
            } else {
                messages::member_of_node(&code(name), &path)
            };
            self.errors.report(name, message);
        }
        member
    }

    fn select(&mut self, selector: &ast::Selector) -> Option<Select> {
        Some(match selector {
            ast::Selector::All => Select::All,
            ast::Selector::Index(index) => Select::Index { index: (**index).clone(), literal: self.index(index)? },
            ast::Selector::Range(range) => Select::Range { range: (**range).clone(), literal: self.bounds(range)? },
        })
    }

    /// Outside `None`: a mistake was reported. Inside: it is not a literal.
    fn index(&mut self, index: &Expr) -> Option<Option<u64>> {
        let message = match Number::read(index) {
            Number::Literal(value) => return Some(Some(value)),
            Number::Expression => return Some(None),
            Number::Negative => messages::NEGATIVE_INDEX,
            Number::Fractional => messages::FRACTIONAL_INDEX,
            Number::TooLarge => messages::TOO_LARGE_NUMBER,
        };
        self.errors.report(index, message);
        None
    }

    fn bounds(&mut self, range: &ExprRange) -> Option<Option<Bounds>> {
        let from = match &range.start {
            Some(start) => self.index(start)?,
            None => Some(0),
        };
        let past_the_end = u64::from(matches!(range.limits, RangeLimits::Closed(_)));
        let to = match &range.end {
            Some(end) => self.index(end)?.map(|end| Some(end.saturating_add(past_the_end))),
            None => Some(None),
        };
        let Some((from, to)) = from.zip(to) else { return Some(None) };
        if to.is_some_and(|to| to <= from) {
            self.errors.report(quote!(#range), messages::EMPTY_RANGE);
            return None;
        }
        Some(Some(Bounds { from, to }))
    }
}
