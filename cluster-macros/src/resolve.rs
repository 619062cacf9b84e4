//! Names to declarations, shapes to links.

use std::collections::HashMap;

use cluster_topology::Shape;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprRange, Ident, RangeLimits};

use crate::ast;
use crate::code::code;
use crate::count;
use crate::errors::Errors;
use crate::messages;
use crate::model::{Bounds, Declared, How, Link, Model, Part, Select, Set};
use crate::number::Number;
use crate::suggest::nearest;

/// Looks up every name. A link with a mistake is reported and left out; a declaration never is.
pub fn resolve(cluster: ast::Cluster, errors: &mut Errors) -> Model {
    let kind = cluster.kind.and_then(|kind| kind.kind);
    let model = Model { kind, nodes: Vec::new(), links: Vec::new(), loose: Vec::new() };
    let mut resolver = Resolver { names: HashMap::new(), model, errors };
    for unresolved in resolver.declare(cluster.statements) {
        resolver.link(unresolved);
    }
    resolver.model
}

struct Resolver<'e> {
    names: HashMap<String, usize>,
    model: Model,
    errors: &'e mut Errors,
}

/// Something to link, in the order in which it was written.
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
}

impl Resolver<'_> {
    /// First all names, as the order of statements does not matter.
    fn declare(&mut self, statements: Vec<ast::Statement>) -> Vec<Unresolved> {
        let mut unresolved = Vec::new();
        for statement in statements {
            match statement {
                ast::Statement::Call(call) => unresolved.push(Unresolved::Call(call)),
                ast::Statement::Arrow(arrow) => unresolved.push(Unresolved::Arrow(arrow)),
                ast::Statement::Declaration(mut declaration) => {
                    let shapes = std::mem::take(&mut declaration.shapes).into_iter();
                    match self.declare_name(*declaration) {
                        Ok(node) => unresolved.extend(shapes.map(|call| Unresolved::Shape { call, node })),
                        Err(node) => unresolved.extend(shapes.map(|call| Unresolved::ShapeOfRepeated { call, node })),
                    }
                }
            }
        }
        unresolved
    }

    /// The declaration's index; as an error that of the declaration which has the name already.
    fn declare_name(&mut self, declaration: ast::Declaration) -> Result<usize, usize> {
        let name = declaration.name.unraw().to_string();
        if name.starts_with("__") {
            self.errors.report(&declaration.name, messages::reserved_name(&name));
        }
        let count = count::read(declaration.count, &name, self.errors);
        if let Some(first) = self.names.get(&name) {
            let (again, before) = (messages::duplicate_name(&name), messages::first_declaration(&name));
            self.errors.report_both(&declaration.name, &again, &self.model.nodes[*first].name, &before);
            return Err(*first);
        }
        let node = self.model.nodes.len();
        self.names.insert(name, node);
        let ast::Declaration { docs, name, kind, .. } = declaration;
        self.model.nodes.push(Declared { docs, name, count, kind });
        Ok(node)
    }

    fn link(&mut self, unresolved: Unresolved) {
        let link = match unresolved {
            Unresolved::Shape { call, node } => self.declared_shape(call, node),
            Unresolved::ShapeOfRepeated { call, node } => self.declared_shape(call, node).and(None),
            Unresolved::Call(call) => self.statement(call),
            Unresolved::Arrow(arrow) => self.arrow(arrow),
        };
        self.model.links.extend(link);
    }

    /// `k[4]: star(a)` is `star(a, k)`.
    fn declared_shape(&mut self, call: ast::Call, node: usize) -> Option<Link> {
        let name = call.name.to_string();
        let shape = Shape::named(&name);
        let sets = self.sets(&call.sets);
        let Some(shape) = shape else {
            let message = match self.names.contains_key(&name) {
                true => messages::node_as_shape(&name),
                false => messages::unknown_shape(&name, nearest(&name, Shape::ALL.map(Shape::name))),
            };
            self.errors.report(&call.name, message);
            return None;
        };
        if call.sets.len() != shape.declaration_sets() || call.parentheses.is_some() && shape.declaration_sets() == 0 {
            self.errors.report(&call, messages::wrong_shape_arguments(shape, call.sets.len()));
            return None;
        }
        let mut sets = sets?;
        let name = self.model.nodes[node].name.clone();
        let written = name.to_token_stream();
        let part = Part { node, name, select: Select::All, written: written.clone() };
        sets.push(Set { parts: vec![part], written });
        let (token, written) = (call.name.to_token_stream(), call.to_token_stream());
        Some(Link { how: How::Shape(shape), token, sets, written, declared: Some(node) })
    }

    fn statement(&mut self, call: ast::Call) -> Option<Link> {
        let name = call.name.to_string();
        let shape = Shape::named(&name);
        let sets = self.sets(&call.sets);
        let Some(shape) = shape else {
            let message = match self.names.contains_key(&name) {
                true => messages::node_as_statement(&name),
                false => messages::unknown_statement(&name, nearest(&name, Shape::ALL.map(Shape::name))),
            };
            self.errors.report(&call.name, message);
            return None;
        };
        if !shape.statement_sets().contains(&call.sets.len()) {
            self.errors.report(&call, messages::wrong_statement_arguments(shape, call.sets.len()));
            return None;
        }
        let (token, written) = (call.name.to_token_stream(), call.to_token_stream());
        Some(Link { how: How::Shape(shape), token, sets: sets?, written, declared: None })
    }

    fn arrow(&mut self, arrow: ast::Arrow) -> Option<Link> {
        let (from, to) = (self.set(&arrow.from), self.set(&arrow.to));
        let written = arrow.to_token_stream();
        Some(Link { how: How::OneWay, token: arrow.arrow, sets: vec![from?, to?], written, declared: None })
    }

    /// All sets, if all are right; the mistakes of each are reported.
    fn sets(&mut self, sets: &[ast::Set]) -> Option<Vec<Set>> {
        let sets: Vec<Option<Set>> = sets.iter().map(|set| self.set(set)).collect();
        sets.into_iter().collect()
    }

    fn set(&mut self, set: &ast::Set) -> Option<Set> {
        let parts = match set {
            ast::Set::Unreadable(_) => return None,
            ast::Set::List { sets, .. } => self.sets(sets)?.into_iter().flat_map(|set| set.parts).collect(),
            ast::Set::Nodes { name, selector, .. } => {
                let select = self.select(selector);
                let written = set.to_token_stream();
                vec![Part { node: self.node(name)?, name: name.clone(), select: select?, written }]
            }
        };
        Some(Set { parts, written: set.to_token_stream() })
    }

    fn node(&mut self, name: &Ident) -> Option<usize> {
        let text = name.unraw().to_string();
        let node = self.names.get(&text).copied();
        if node.is_none() {
            let known = self.model.nodes.iter().map(Declared::text).collect::<Vec<_>>();
            let nearest = nearest(&text, known.iter().map(String::as_str));
            self.errors.report(name, messages::unknown_name(&code(name), nearest));
            self.model.loose.push(name.clone());
        }
        node
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
