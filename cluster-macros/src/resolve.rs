//! Names to declarations, shapes to links.

use std::collections::{HashMap, HashSet};

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::ext::IdentExt;
use syn::{Expr, ExprRange, Ident, RangeLimits};

use crate::ast;
use crate::code::code;
use crate::count;
use crate::errors::Errors;
use crate::kind;
use crate::messages;
use crate::model::{Declaration, Link, Model, Number, Part, Requirement, RunTimeValue, Select, Set, Step};
use crate::number;
use crate::parameter;
use crate::pattern::{Pattern, Position};
use crate::suggest::nearest;

/// Resolves every name. A link with a mistake is reported and left out; a declaration never is.
pub fn resolve(input: ast::Input, errors: &mut Errors) -> Model {
    let ast::Input { head, cluster } = input;
    let kind = cluster.kind.as_ref().and_then(|default| kind::read(default.kind.as_ref()?, head.as_ref(), errors));
    let model = Model {
        head,
        kind,
        nodes: Vec::new(),
        links: Vec::new(),
        requirements: Vec::new(),
        values: Vec::new(),
        unresolved: Vec::new(),
    };
    let mut resolver = Resolver { names: HashMap::new(), linked: HashSet::new(), scope: None, model, errors };
    // All names first, as the order of statements does not matter.
    resolver.declare(&cluster.statements, None);
    resolver.link(&cluster.statements, None);
    resolver.model
}

struct Resolver<'e> {
    /// By the cluster that they are in.
    names: HashMap<(Option<usize>, String), usize>,
    /// Declarations whose shapes are links. A second one of the same name is only checked.
    linked: HashSet<usize>,
    /// The cluster whose statements are linked.
    scope: Option<usize>,
    model: Model,
    errors: &'e mut Errors,
}

impl Resolver<'_> {
    fn declare(&mut self, statements: &[ast::Statement], parent: Option<usize>) {
        for statement in statements {
            let ast::Statement::Declaration(declaration) = statement else { continue };
            let ast::Declaration { docs, name, count, body, kind, .. } = &**declaration;
            let text = name.unraw().to_string();
            if text.starts_with("__") {
                self.errors.report(name, messages::reserved_name(&text));
            }
            let count = count::read(count, &text, self.errors);
            if let Some(first) = self.names.get(&(parent, text.clone())) {
                let (again, before) = (messages::duplicate_name(&text), messages::first_declaration(&text));
                self.errors.report_both(name, &again, &self.model.nodes[*first].name, &before);
                continue;
            }
            let kind = match body {
                Some(body) => body.kind.as_ref().and_then(|default| default.kind.as_ref()),
                None => kind.as_ref(),
            };
            let kind = kind.and_then(|kind| kind::read(kind, self.model.head.as_ref(), self.errors));
            let node = self.model.nodes.len();
            self.names.insert((parent, text), node);
            let (docs, name, is_cluster) = (docs.clone(), name.clone(), body.is_some());
            self.model.nodes.push(Declaration { docs, name, count, kind, is_cluster, parent });
            if let Some(body) = body {
                self.declare(&body.statements, Some(node));
            }
        }
    }

    /// Links in the order in which they are written.
    fn link(&mut self, statements: &[ast::Statement], scope: Option<usize>) {
        let outer = std::mem::replace(&mut self.scope, scope);
        for statement in statements {
            match statement {
                ast::Statement::Declaration(declaration) => self.shapes(declaration),
                ast::Statement::Call(call) => self.add(|resolver| resolver.call(call, None)),
                ast::Statement::Arrow(arrow) => self.add(|resolver| resolver.arrow(arrow)),
                ast::Statement::Requirement(requirement) => {
                    let requirement = self.attempt(|resolver| resolver.requirement(requirement));
                    self.model.requirements.extend(requirement);
                }
            }
        }
        self.scope = outer;
    }

    /// Adds a link, unless it is refused.
    fn add(&mut self, resolve: impl FnOnce(&mut Self) -> Option<Link>) {
        let link = self.attempt(resolve);
        self.model.links.extend(link);
    }

    /// The run-time values of what is refused are not evaluated.
    fn attempt<T>(&mut self, resolve: impl FnOnce(&mut Self) -> Option<T>) -> Option<T> {
        let values = self.model.values.len();
        let resolved = resolve(self);
        if resolved.is_none() {
            self.model.values.truncate(values);
        }
        resolved
    }

    /// The shapes of a declaration, and the links in its braces.
    fn shapes(&mut self, declaration: &ast::Declaration) {
        let node = self.names[&(self.scope, declaration.name.unraw().to_string())];
        let is_first = self.linked.insert(node);
        for call in &declaration.shapes {
            self.add(|resolver| resolver.call(call, Some(node)).filter(|_| is_first));
        }
        if let Some(body) = declaration.body.as_ref().filter(|_| is_first) {
            self.link(&body.statements, Some(node));
        }
    }

    /// A statement, or a shape of a declaration: `k[4]: star(a)` is `star(a, k)`.
    fn call(&mut self, call: &ast::Call, declaration: Option<usize>) -> Option<Link> {
        let position = if declaration.is_some() { Position::Declaration } else { Position::Statement };
        let sets = self.sets(&call.sets);
        let pattern = self.pattern(&call.name, position)?;
        let arguments = if pattern.takes_parameters() {
            sets.as_ref()?;
            parameter::read(call, pattern, position, &mut self.model.values, self.errors)?
        } else {
            Vec::new()
        };
        if let Some(message) = set_count_message(call, pattern, position) {
            self.errors.report(call, message);
            return None;
        }
        let mut sets = sets?;
        sets.extend(declaration.map(|node| self.all_nodes(node)));
        let (token, written) = (call.name.to_token_stream(), call.to_token_stream());
        Some(Link { pattern, token, sets, arguments, written, declaration, parent: self.scope })
    }

    fn pattern(&mut self, name: &Ident, position: Position) -> Option<Pattern> {
        let text = name.to_string();
        let pattern = Pattern::named(&text);
        if pattern.is_none() {
            let nearest = Pattern::nearest(&text).map(Pattern::name);
            let message = match (position, self.find(&text)) {
                (Position::Declaration, Some(_)) => messages::node_as_shape(&text),
                (Position::Declaration, None) => messages::unknown_shape(&text, nearest),
                (Position::Statement, Some(_)) => messages::node_as_statement(&text),
                (Position::Statement, None) => messages::unknown_statement(&text, nearest),
            };
            self.errors.report(name, message);
        }
        pattern
    }

    /// All nodes of a declaration.
    fn all_nodes(&self, node: usize) -> Set {
        let name = self.model.nodes[node].name.clone();
        let written = name.to_token_stream();
        let step = Step { node, name, select: Select::All, written: TokenStream::new() };
        Set { parts: vec![Part { steps: vec![step], written: written.clone() }], written }
    }

    fn arrow(&mut self, arrow: &ast::Arrow) -> Option<Link> {
        let (from, to) = (self.set(&arrow.from), self.set(&arrow.to));
        Some(Link {
            pattern: Pattern::OneWay,
            token: arrow.arrow.clone(),
            sets: vec![from?, to?],
            arguments: Vec::new(),
            written: arrow.to_token_stream(),
            declaration: None,
            parent: self.scope,
        })
    }

    fn requirement(&mut self, requirement: &ast::Requirement) -> Option<Requirement> {
        let ast::Requirement { demand, sets, number, written } = requirement;
        let parts = self.sets(sets)?.into_iter().flat_map(|set| set.parts).collect();
        let set = Set { parts, written: quote!(#(#sets),*) };
        let number = number.as_ref().map(|number| match number::literal(number) {
            Ok(Some(literal)) => Number::Literal(literal, number.to_token_stream()),
            _ => Number::RunTime(self.evaluate(number.clone())),
        });
        Some(Requirement { demand: *demand, set, number, written: written.clone(), parent: self.scope })
    }

    /// The index of a run-time value.
    fn evaluate(&mut self, expression: Expr) -> usize {
        self.model.values.push(RunTimeValue { expression, is_function: false });
        self.model.values.len() - 1
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
            ast::Set::Path(path) => vec![Part { steps: self.steps(path)?, written: set.to_token_stream() }],
        };
        Some(Set { parts, written: set.to_token_stream() })
    }

    /// Every step of a path. After a mistake in brackets the other steps are still checked.
    fn steps(&mut self, path: &[ast::Step]) -> Option<Vec<Step>> {
        let selects: Vec<Option<Select>> = path.iter().map(|step| self.select(&step.selector)).collect();
        let mut steps: Vec<Step> = Vec::with_capacity(path.len());
        for ast::Step { name, selector, .. } in path {
            let node = match steps.last() {
                None => self.node(name)?,
                Some(before) => self.member(name, before.node)?,
            };
            let written = selector.to_token_stream();
            steps.push(Step { node, name: name.clone(), select: Select::All, written });
        }
        for (step, select) in steps.iter_mut().zip(selects) {
            step.select = select?;
        }
        Some(steps)
    }

    /// The cluster whose statements are linked, those around it, and the top.
    fn scopes(&self) -> impl Iterator<Item = Option<usize>> {
        self.scope.into_iter().flat_map(|cluster| self.model.ancestors(cluster)).map(Some).chain([None])
    }

    /// The innermost declaration of a name.
    fn find(&self, name: &str) -> Option<usize> {
        self.scopes().find_map(|scope| self.names.get(&(scope, name.to_owned())).copied())
    }

    fn node(&mut self, name: &Ident) -> Option<usize> {
        let text = name.unraw().to_string();
        let Some(node) = self.find(&text) else {
            self.errors.report(name, self.unknown_name(name, &text));
            self.model.unresolved.push(name.clone());
            return None;
        };
        if self.scopes().any(|cluster| cluster == Some(node)) {
            self.errors.report(name, messages::cluster_in_itself(&code(name)));
            return None;
        }
        Some(node)
    }

    fn unknown_name(&self, name: &Ident, text: &str) -> String {
        let is_visible = |node: &&Declaration| self.scopes().any(|scope| scope == node.parent);
        let known: Vec<String> = self.model.nodes.iter().filter(is_visible).map(Declaration::text).collect();
        let elsewhere = self.model.nodes.iter().position(|node| node.text() == text);
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
            ast::Selector::Index(index) => match self.index(index)? {
                Some(index) => Select::Index(index),
                None => Select::RunTimeIndex(self.evaluate((**index).clone())),
            },
            ast::Selector::Range(range) => match self.bounds(range)? {
                Some((from, to)) => Select::Range { from, to },
                None => Select::RunTimeRange(self.evaluate(Expr::Range((**range).clone()))),
            },
        })
    }

    /// The literal, if it is one. Outside `None` where a mistake was reported.
    fn index(&mut self, index: &Expr) -> Option<Option<u64>> {
        match number::literal(index) {
            Ok(literal) => Some(literal),
            Err(mistake) => {
                self.errors.report(index, messages::no_whole_number(mistake, "an index", "an index"));
                None
            }
        }
    }

    /// The bounds, if both are literals. Outside `None` where a mistake was reported.
    fn bounds(&mut self, range: &ExprRange) -> Option<Option<(u64, Option<u64>)>> {
        let from = match &range.start {
            Some(start) => self.index(start)?,
            None => Some(0),
        };
        let past_the_end = u64::from(matches!(range.limits, RangeLimits::Closed(_)));
        let to = match &range.end {
            Some(end) => self.index(end)?.map(|end| Some(end.saturating_add(past_the_end))),
            None => Some(None),
        };
        let bounds = from.zip(to);
        if bounds.is_some_and(|(from, to)| to.is_some_and(|to| to <= from)) {
            self.errors.report(range, messages::EMPTY_RANGE);
            return None;
        }
        Some(bounds)
    }
}

/// The message about a number of sets that the pattern does not take.
fn set_count_message(call: &ast::Call, pattern: Pattern, position: Position) -> Option<String> {
    let found = call.sets.len();
    match position {
        Position::Declaration if pattern.takes_parameters() => None,
        Position::Declaration => {
            let expected = pattern.declaration_sets();
            let is_wrong = found != expected || call.parentheses.is_some() && expected == 0;
            is_wrong.then(|| messages::wrong_shape_arguments(pattern, found + call.arguments.len()))
        }
        Position::Statement => {
            let is_wrong = !pattern.statement_sets().contains(&found);
            is_wrong.then(|| messages::wrong_statement_arguments(pattern, found))
        }
    }
}
